"""Many at once for programs: prepared, confirmed once, read, taken back; and what is not told comes as a problem."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import NOW, SYSTEM
from tests.matters.conftest import Loop
from yicun.base.accounts import issue_token
from yicun.base.tenancy import scoped
from yicun.matters.models import Matter

JSON = "application/json"
BULKS = "/api/v1/bulks"


def program(loop: Loop, username: str) -> Client:
    with scoped(SYSTEM):
        token = issue_token(account_id=loop.cast.accounts[username], name="program", actor=SYSTEM, now=NOW)
    return Client(headers={"Authorization": f"Bearer {token}"})


def sent(client: Client, path: str, **body: Any) -> tuple[int, Any]:
    answer = client.post(path, json.dumps(body, default=str), JSON)
    return answer.status_code, answer.json()


def test_program_does_a_batch_and_takes_it_back(loop: Loop) -> None:
    desk = program(loop, "lin_xiaowen")
    keys = [loop.record("li_xiuying").pk for _ in range(2)]
    status, prepared = sent(desk, BULKS, matter_ids=[*keys, uuid4()])
    assert (status, prepared["chosen"]) == (201, 3)
    assert prepared["offers"][0]["able"] == 2
    assert [reason["count"] for reason in prepared["offers"][0]["refused"]] == [1]
    address = f"{BULKS}/{prepared['id']}"
    status, done = sent(desk, f"{address}/accept", text="请先核实")
    assert (status, done["done"], done["refused"], done["waiting"]) == (200, 2, 1, 0)
    assert sent(desk, f"{address}/accept")[1]["code"] == "bulk.confirmed_already"
    assert desk.get(address).json() == done
    status, back = sent(desk, f"{address}/undo")
    assert (status, back["undone"], back["kept"]) == (200, 2, 0)
    with scoped(SYSTEM):
        assert set(Matter.objects.values_list("state", flat=True)) == {"recorded"}


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("merge", {}, "bulk.not_offered"),
        ("assign", {"unit_id": "here"}, "request.malformed"),
        ("accept", {"grade": "red"}, "request.malformed"),
    ],
)
def test_what_cannot_be_done_to_many_is_a_problem(
    loop: Loop, action: str, body: dict[str, Any], code: str
) -> None:
    desk = program(loop, "lin_xiaowen")
    prepared = sent(desk, BULKS, matter_ids=[loop.record("li_xiuying").pk])[1]
    status, told = sent(desk, f"{BULKS}/{prepared['id']}/{action}", **body)
    assert (status, told["code"]) == (422, code)


def test_program_of_another_station_finds_nothing(loop: Loop) -> None:
    prepared = sent(program(loop, "lin_xiaowen"), BULKS, matter_ids=[loop.record("li_xiuying").pk])[1]
    stranger = program(loop, "luo_xiaomei")
    for tail in ("", "/undo", "/accept"):
        theirs, nothing = f"{BULKS}/{prepared['id']}{tail}", f"{BULKS}/{uuid4()}{tail}"
        ask = stranger.get if not tail else lambda path: stranger.post(path, "{}", JSON)
        assert ask(theirs).status_code == 404
        assert ask(theirs).content == ask(nothing).content
