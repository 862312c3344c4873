"""Who sees which demands and meetings, without our own queries: what the database shows each of the cast."""

import re
from collections.abc import Iterable
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client

from tests.cast import SYSTEM, Cast
from tests.matters.visits import SignIn
from tests.orglife.conftest import Room, now_room, room
from tests.relief.conftest import Desk
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor

__all__ = ["now_room", "room"]
TABLES = {
    "relief_demand": ("id", "handling_unit_id"),
    "relief_addressee": ("id", "issuer_unit_id"),
    "relief_fulfilment": ("addressee_id", "issuer_unit_id"),
    "relief_demandentry": ("demand_id", "handling_unit_id"),
    "relief_definition": ("demand_id", "handling_unit_id"),
    "orglife_meeting": ("id", "handling_unit_id"),
    "orglife_attendance": ("meeting_id", "handling_unit_id"),
    "orglife_agendaitem": ("meeting_id", "handling_unit_id"),
    "orglife_decision": ("meeting_id", "handling_unit_id"),
}
Row = tuple[UUID, int, int, int]


@pytest.fixture
def busy_county(room: Room) -> Cast:
    """Demands of the bureau, a station and a partner body, let in and not; meetings of two stations."""
    desk = Desk(room.cast, room.loop)
    counted = {"defence": "publicity", "counted": {"kinds": ["service"]}}
    zhukou, shancheng = room.cast.unit("zhukou_station"), room.cast.unit("shancheng_station")
    for username in ("zhao_min", "xu_lixin"):
        both = desk.running(username, is_no_duplicate=True, **counted)
        desk.do("wang_jianguo", "fulfil", both, text="做了")
        desk.do("fan_jinsheng", "fulfil", both, text="做了")
        desk.propose(username, is_no_duplicate=True)
    own = desk.running("chen_zhiming", units=(zhukou,), is_no_duplicate=True)
    desk.do("wang_jianguo", "fulfil", own, text="做了")
    for username, guests in (("chen_zhiming", (shancheng,)), ("qiu_wenbin", ())):
        meeting = room.hold(
            username, system_code="border", unit_ids=guests, offices=("邻县",), agenda=("治安",)
        )
        room.decide(meeting, username)
    return room.cast


def rows(table: str) -> list[Row]:
    key, issuer = TABLES[table]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, area_code, handling_unit_id, {issuer} FROM {table} ORDER BY 1, 2, 3, 4"
        )
        return list(cursor.fetchall())


def shared(actor: Actor) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id FROM base_grant WHERE unit_id = ANY(%s)", [list(actor.unit_ids)])
        return {row[0] for row in cursor.fetchall()}


def expected(actor: Actor, everything: Iterable[Row], granted: set[UUID]) -> list[Row]:
    return [
        row
        for row in everything
        if {row[2], row[3]} & set(actor.unit_ids)
        or row[0] in granted
        or any(post.covers(row[1]) for post in actor.posts)
    ]


def wrong_tables(cast: Cast) -> list[str]:
    """Tables that show somebody of the cast other rows than his postings open."""
    with scoped(SYSTEM):
        everything = {table: rows(table) for table in TABLES}
    wrong = set()
    for username in cast.accounts:
        actor = cast.actor(username)
        with scoped(actor):
            granted = shared(actor)
            wrong |= {one for one in TABLES if rows(one) != expected(actor, everything[one], granted)}
    return sorted(wrong)


def test_every_member_sees_the_rows_of_his_postings_and_no_others(busy_county: Cast) -> None:
    assert wrong_tables(busy_county) == []
    with scoped(SYSTEM):
        assert [table for table in TABLES if not rows(table)] == []


def test_one_station_does_not_read_what_another_did(busy_county: Cast) -> None:
    with scoped(busy_county.actor("chen_zhiming")):
        units = {row[2] for row in rows("relief_fulfilment")}
        demands = len(rows("relief_demand"))
    assert units == {busy_county.unit("zhukou_station")}
    assert demands == 3
    with scoped(busy_county.actor("xu_lixin")):
        assert {row[2] for row in rows("relief_fulfilment")} == {
            busy_county.unit("zhukou_station"), busy_county.unit("shancheng_station"),
        }  # fmt: skip
    with scoped(busy_county.actor("he_meizhen")):
        assert rows("relief_demand") == []


@pytest.mark.parametrize("table", TABLES)
def test_a_dropped_policy_is_noticed(
    own_database: None, table: str, busy_county: Cast, owner_connection: psycopg.Connection
) -> None:
    """The check above must be able to fail: without its policy each table shows too much."""
    owner_connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    owner_connection.commit()
    assert wrong_tables(busy_county) == [table]


PAGES = ("/", "/tasks/", "/tasks/?over=1", "/tasks/?list=prescribed", "/meetings/", "/inbox/")


@pytest.mark.parametrize("username", ["chen_zhiming", "wang_jianguo", "he_meizhen", "xu_lixin"])
def test_no_list_changes_by_what_another_station_asks_or_decides(
    now_desk: Desk, now_room: Room, signed_in: SignIn, username: str
) -> None:
    """Each page before and after: the same bytes for whoever may not see it, others for whoever may."""
    client, own = signed_in(username), signed_in("qiu_wenbin")
    before, seen_before = ([shown(one, path) for path in PAGES] for one in (client, own))
    now_desk.running("qiu_wenbin", units=(now_desk.cast.unit("shancheng_station"),))
    now_room.hold("qiu_wenbin")
    assert [path for path, was in zip(PAGES, before, strict=True) if shown(client, path) != was] == []
    changed = [path for path, was in zip(PAGES, seen_before, strict=True) if shown(own, path) != was]
    assert {"/", "/tasks/", "/meetings/"} <= set(changed)


def shown(client: Client, path: str) -> bytes:
    """A page without its tokens."""
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(rb"(csrfmiddlewaretoken|X-CSRFToken)[^>]+>", b"", answer.content)
