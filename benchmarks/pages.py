"""Server time and query count of home, boards, search and detail, asked for the way a browser asks. Prints JSON."""

import json
import sys
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import ready
from yicun.base.models import Account
from yicun.base.pages import today
from yicun.base.tenancy import scoped
from yicun.force.queries import actor_for
from yicun.matters import queries
from yicun.matters.terms import Board

__all__ = ["ready"]
ROUNDS = 20


def measure(client: Client, viewer: str, path: str) -> dict[str, Any]:
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        response = client.get(path)
        spent.append((time.perf_counter() - began) * 1_000)
        assert response.status_code == 200, (viewer, path, response.status_code)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    spent.sort()
    p95 = spent[int(ROUNDS * 0.95) - 1]
    return {
        "viewer": viewer,
        "page": path,
        "p50_ms": round(spent[ROUNDS // 2], 1),
        "p95_ms": round(p95, 1),
        "queries": len(asked),
    }


def newest(account: Account) -> str:
    """The address of the newest matter this person sees."""
    moment = account.created_at
    actor = actor_for(account.pk, today(moment))
    with scoped(actor):
        page = queries.page_of(queries.board_for(actor, Board.ALL, {}, moment), Board.ALL, "", 1)
        return f"/matters/{page.matters[0].pk}/"


def main(viewers: list[str], boards: list[str]) -> None:
    measured = []
    for viewer in viewers:
        account = Account.objects.get(username=viewer)
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(account)
        paths = ["/", *(f"/matters/?board={board}" for board in boards), newest(account)]
        measured += [measure(client, viewer, path) for path in paths]
    json.dump(measured, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2].split(","))
