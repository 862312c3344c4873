"""Every address that names a record, every method, everybody of the cast: a record of somebody else's area is answered
byte for byte like one that does not exist.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import CHENGDONG, NOW, SYSTEM
from tests.matters.conftest import Loop, loop
from tests.orglife.conftest import Room
from tests.relief.conftest import Desk
from yicun.base import pages
from yicun.base.accounts import issue_token
from yicun.base.inbox import put
from yicun.base.models import Account, Notice
from yicun.base.tenancy import scoped
from yicun.force.services import delegate, note_absence
from yicun.matters import services
from yicun.matters.models import Approval, Attachment, Matter, Party
from yicun.matters.queries import visible_to
from yicun.orglife import services as orglife
from yicun.portal import signing

__all__ = ["loop"]
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
NOBODYS = UUID("018f0000-0000-7000-8000-00000000dead")
ACTIONS = sorted(services.stepping.WAYS)
LIBRARIES = ("account/",)
UUID_IN_PATH = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FULL = {
    "text": "x", "reason": "x", "result": "x", "urgency": "urgent", "unit_id": 1, "amount": 1, "purpose": "visit",
    "pause_reason": "materials", "satisfaction": "satisfied", "into_id": str(NOBODYS), "version": 1,
}  # fmt: skip


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern) and "_id>" in (route := before + str(pattern.pattern)):
            yield route.replace("<uuid:", "<").replace("<slug:", "<")


def addresses(keys: dict[str, UUID]) -> list[str]:
    """Each route with each action, filled with these keys."""
    found = []
    for route in routes(get_resolver().url_patterns):
        if route.startswith(LIBRARIES):
            continue
        path = "/" + route
        for name, key in keys.items():
            path = path.replace(f"<{name}>", str(key))
        path = path.replace("<deed>", "rename")
        path = path.replace("<source>", "matters")
        if "<act>" in path:
            found += [path.replace("<act>", act) for act in signing.ACTS]
            continue
        found += [path.replace("<action>", action) for action in ACTIONS] if "<action>" in path else [path]
        path = path.replace("<offset>", "0")
        assert "_id>" not in path, path
    return sorted(set(found))


def is_first_of_its_route(path: str) -> bool:
    """All actions are one route: each is posted, the other methods need one of them only."""
    return path.rstrip("/").rpartition("/")[2] not in ACTIONS[1:]


@pytest.fixture
def foreign(loop: Loop, settings: Any, tmp_path: Path) -> dict[str, UUID]:
    """A record in another town with a party, a file and a notice, and who sees it."""
    settings.DATA = tmp_path
    matter = loop.record("luo_xiaomei", area_code=CHENGDONG, title="城东的事")
    actor = loop.cast.actor("luo_xiaomei")
    with scoped(actor):
        services.add_party(
            matter_id=matter.pk, role="reporter", name="张三", phone="13800000000", actor=actor, now=NOW
        )
        file = BytesIO("笔录".encode())
        services.attach(matter_id=matter.pk, file=file, name="笔录.txt", actor=actor, now=NOW)
        attachment = Attachment.objects.get(matter_id=matter.pk)
        put(kind="reminded", lines=[], now=NOW, unit_id=loop.cast.unit("shancheng_station"))
        party = Party.objects.get(matter_id=matter.pk)
        kept = services.save_filter(name="城东", board="all", filters={}, actor=actor, now=NOW)
        prepared = services.prepare_bulk(matter_ids=[matter.pk], filters={}, actor=actor, now=NOW)
        services.ask_approval(matter_id=matter.pk, ask="declining", reason="不属本县", actor=actor, now=NOW)
        approval = Approval.objects.get(matter_id=matter.pk)
        notice = Notice.objects.filter(unit_id=loop.cast.unit("shancheng_station")).latest("changed_at")
    return {
        "matter_id": matter.pk,
        "party_id": party.pk,
        "notice_id": notice.pk,
        "attachment_id": attachment.pk,
        "approval_id": approval.pk,
        "paper_id": approval.pk,
        "absence_id": away(loop),
        "delegation_id": handed_on(loop),
        "upload_id": NOBODYS,
        "filter_id": kept.pk,
        "bulk_id": prepared.pk,
        "demand_id": _own_demand(loop),
        "meeting_id": _own_meeting(loop),
    }


def _own_demand(loop: Loop) -> UUID:
    """What a chief asks of his own station alone."""
    desk = Desk(loop.cast, loop)
    return desk.running("qiu_wenbin", units=(loop.cast.unit("shancheng_station"),)).pk


def _own_meeting(loop: Loop) -> UUID:
    with scoped(SYSTEM):
        orglife.load_systems(actor=SYSTEM, now=NOW)
    return Room(loop.cast, loop).hold("qiu_wenbin").pk


def away(loop: Loop) -> UUID:
    now, today = datetime.now(UTC), pages.today(datetime.now(UTC))
    return note_absence(
        member_id=loop.cast.members["luo_xiaomei"],
        kind="leave",
        starts_on=today,
        ends_on=today + timedelta(days=1),
        actor=SYSTEM,
        now=now,
    )


def handed_on(loop: Loop) -> UUID:
    """The chief of the other town lets the bureau sign for him."""
    now, actor = datetime.now(UTC), loop.cast.actor("qiu_wenbin")
    with scoped(actor):
        return delegate(
            delegate_id=loop.cast.members["zhao_min"],
            reason="leave",
            starts_on=pages.today(now),
            ends_on=pages.today(now) + timedelta(days=1),
            actor=actor,
            now=now,
        )


def client_of(loop: Loop, username: str, *, by_token: bool) -> Client:
    account_id = loop.cast.accounts[username]
    client = Client(raise_request_exception=True)
    if by_token:
        with scoped(SYSTEM):
            token = issue_token(account_id=account_id, name="isolation", actor=SYSTEM, now=NOW)
        return Client(headers={"Authorization": f"Bearer {token}"})
    client.force_login(Account.objects.get(pk=account_id))
    return client


def outsiders(loop: Loop, matter_id: UUID) -> list[str]:
    found = []
    for username in loop.cast.accounts:
        actor = loop.cast.actor(username)
        with scoped(actor):
            if (
                not visible_to(actor).filter(pk=matter_id).exists()
                and not Matter.objects.filter(pk=matter_id).exists()
            ):
                found.append(username)
    return found


Answer = tuple[int, bytes, dict[str, str], dict[str, str]]


def asked(client: Client, method: str, path: str) -> Answer:
    """Status, bytes, every header and every cookie; the keys that the path names are the one thing taken out."""
    body = (
        {"data": json.dumps(FULL), "content_type": "application/json"}
        if path.startswith("/api/")
        else {"data": FULL}
    )
    has_body = method not in ("get", "head", "options")
    if has_body and method != "post":
        body = {"data": json.dumps(FULL), "content_type": "application/json"}
    response = getattr(client, method)(path, **(body if has_body else {}))
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {name: without_keys(value, path) for name, value in response.headers.items()}
    cookies = {name: morsel.OutputString() for name, morsel in response.cookies.items()}
    return response.status_code, content, headers, cookies


def without_keys(text: str, path: str) -> str:
    for key in UUID_IN_PATH.findall(path):
        text = text.replace(key, "KEY")
    return text


@pytest.mark.parametrize("by_token", [False, True], ids=["session", "token"])
def test_a_foreign_record_is_answered_like_one_that_does_not_exist(
    loop: Loop, foreign: dict[str, UUID], by_token: bool
) -> None:
    """Programs come with a token to the API, people with a session to the pages."""
    real, none = (
        [path for path in addresses(keys) if path.startswith("/api/") == by_token]
        for keys in (foreign, dict.fromkeys(foreign, NOBODYS))
    )
    assert len(real) == len(none) > len(ACTIONS)
    others = outsiders(loop, foreign["matter_id"])
    assert {"wang_jianguo", "chen_zhiming", "he_meizhen", "xu_lixin"} <= set(others)
    different = []
    for username in others:
        client = client_of(loop, username, by_token=by_token)
        client.get("/me/")  # the first answer of a session carries its cookie
        for path, nowhere in zip(real, none, strict=True):
            for method in METHODS if is_first_of_its_route(path) else ("post",):
                if asked(client, method, path) != asked(client, method, nowhere):
                    different.append((username, method, path))
    assert different == []


LISTS = (
    "/signing/", "/leave/",
    "/", "/inbox/", "/matters/?board=all", "/matters/?board=all&q=城东的事", "/matters/?board=untouched",
    "/matters/duplicates?body=城东的事要处理&area={area}", "/matters/export?board=all&q=城东的事",
    "/api/v1/matters?board=all&q=城东的事", "/api/v1/matters?board=all&limit=200",
    "/tasks/", "/tasks/?list=pushed", "/tasks/?over=1", "/tasks/export", "/meetings/",
    "/api/v1/demands", "/api/v1/meetings",
)  # fmt: skip


@pytest.mark.parametrize("username", ["wang_jianguo", "chen_zhiming", "he_meizhen", "xu_lixin"])
def test_no_list_count_search_or_suggestion_changes_by_a_foreign_record(loop: Loop, username: str) -> None:
    """Each page before the record exists and after it does: the same bytes, for whoever may not see it."""
    client = client_of(loop, username, by_token=False)
    paths = [path.format(area=CHENGDONG) for path in LISTS]
    before = [shown(client, path) for path in paths]
    loop.record("luo_xiaomei", area_code=CHENGDONG, title="城东的事要处理")
    assert [path for path, was in zip(paths, before, strict=True) if shown(client, path) != was] == []
    seeing = client_of(loop, "luo_xiaomei", by_token=False)
    assert "城东的事要处理".encode() in shown(seeing, "/matters/?board=all&q=城东的事")[0]


def shown(client: Client, path: str) -> list[Any]:
    """A page without its tokens, or the cells of a sheet."""
    response: Any = client.get(path)
    assert response.status_code == 200
    if response.streaming:
        book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
        return [list(sheet.values) for sheet in book]
    return [re.sub(rb"(csrfmiddlewaretoken|X-CSRFToken)[^>]+>", b"", response.content)]


def test_whoever_may_see_it_gets_another_answer(loop: Loop, foreign: dict[str, UUID]) -> None:
    """The comparison above must be able to fail."""
    client = client_of(loop, "luo_xiaomei", by_token=False)
    status, content, *_ = asked(client, "get", f"/matters/{foreign['matter_id']}/")
    nowhere, nothing, *_ = asked(client, "get", f"/matters/{NOBODYS}/")
    assert (status, nowhere) == (200, 404)
    assert "城东的事".encode() in content
    assert "城东的事".encode() not in nothing
    file = asked(client, "get", f"/matters/{foreign['matter_id']}/files/{foreign['attachment_id']}")
    assert (file[0], file[1]) == (200, "笔录".encode())
