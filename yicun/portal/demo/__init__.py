"""`yicun demo`: a working county on an empty machine, and the same county again the next time."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils import timezone

from yicun.kernel.refusals import Refused
from yicun.kernel.words import half_width
from yicun.portal.commands import terms
from yicun.portal.commands.deeds.children import Children
from yicun.portal.commands.deeds.loading import load_all
from yicun.portal.commands.opening import program
from yicun.portal.demo.people import SIGN_INS, ensure_people, known_people
from yicun.portal.demo.stories import tell_stories

Say = Callable[[Mapping[str, Any], Iterable[str]], None]
ADDRESS = "127.0.0.1"
STARTED_WITHIN = 90.0
ASKED_EVERY = 0.3
COLUMNS = ("username", "name", "password", "role_label", "unit")


def run(*, data: Path, port: int, say: Say) -> None:
    """Until told to stop; then everything that was started here is stopped again."""
    file = data / SIGN_INS
    with Children(log=data / "log") as children:
        children.do("migrate", "--data", str(data))
        known_people(file=file, data=data)
        load_all()
        members = _fill(file, data)
        connections.close_all()
        url = f"http://{ADDRESS}:{port}/"
        children.start("worker", program("worker", "--data", str(data)))
        children.start(
            "serve", program("serve", "--data", str(data), "--port", str(port)), YICUN_IS_DEMO="true"
        )
        _await_ready(port, children)
        say({"url": url, "members": members}, _lines(url, members, file))
        children.keep()
        sys.stderr.write(f"{terms.DEMO_STOPPING}\n")


def _fill(file: Path, data: Path) -> list[dict[str, Any]]:
    now = timezone.now()
    members = ensure_people(file=file, data=data, now=now)
    tell_stories(now=now)
    return members


def _await_ready(port: int, children: Children) -> None:
    ends = time.monotonic() + STARTED_WITHIN
    while not _answers(port):
        if fallen := children.fallen():
            raise Refused("demo.not_started", reason=fallen, log=str(children.log))
        if time.monotonic() > ends or children.is_ended:
            raise Refused("demo.not_started", reason=str(port), log=str(children.log))
        time.sleep(ASKED_EVERY)


def _answers(port: int) -> bool:
    asked = HTTPConnection(ADDRESS, port, timeout=5)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == HTTPStatus.OK
    except (HTTPException, OSError):
        return False
    finally:
        asked.close()


def _lines(url: str, members: list[dict[str, Any]], file: Path) -> Iterator[str]:
    table = [terms.DEMO_HEAD, *(tuple(str(one[name]) for name in COLUMNS) for one in members)]
    widths = [max(_width(row[at]) for row in table) for at in range(len(COLUMNS))]
    for row in table:
        yield "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
    yield terms.DEMO_TOKENS.format(file=file)
    yield terms.DEMO_READY.format(url=url)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(1 if sign.isascii() else 2 for sign in half_width(text))
