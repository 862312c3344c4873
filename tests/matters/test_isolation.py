"""Who sees which rows, said once more without our own queries: what the database shows each of the cast.

The expectation is worked out here from postings alone. A table whose policy is missing, dropped or too wide fails.
"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from tests.cast import CHENGDONG, NOW, SYSTEM, XIAQU, ZHUKOU_VILLAGE, Cast
from tests.matters.conftest import Loop
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor
from yicun.matters import services

CHILDREN = (
    "matters_entry",
    "matters_clock",
    "matters_clockevent",
    "matters_cohandler",
    "matters_instruction",
    "matters_lineage",
    "matters_party",
    "matters_attachment",
    "matters_approval",
    "matters_approvalline",
)
TABLES = {"matters_matter": "id", **dict.fromkeys(CHILDREN, "matter_id")}


@pytest.fixture
def busy_county(loop: Loop, settings: Any, tmp_path: Path) -> Loop:
    settings.DATA = tmp_path
    return filled(loop)


def filled(loop: Loop) -> Loop:
    """Matters in three towns and without a place, at desks, with partner bodies and shared with co-handlers."""
    dispute = {"kind": "dispute", "details": {"dispute_type": "0902"}}
    for place in (ZHUKOU_VILLAGE, CHENGDONG, XIAQU, None):
        loop.record("zhou_yulan", area_code=place)
        sent_on = loop.record("zhou_yulan", area_code=place, **dispute)
        loop.do("zhou_yulan", "accept", sent_on)
        loop.do("zhou_yulan", "assess", sent_on, urgency="ordinary", grade="yellow")
        loop.do("zhou_yulan", "assign", sent_on, unit_id=loop.cast.unit("zhukou_judicial"))
        loop.do("he_meizhen", "take", sent_on)
        loop.do("he_meizhen", "pause", sent_on, pause_reason="materials", text="等待材料")
        loop.do(
            "he_meizhen", "add_co_handler", sent_on, unit_id=loop.cast.unit("housing_bureau"), text="请协助"
        )
        loop.do("zhao_min", "instruct", sent_on, text="请抓紧")
        loop.do("he_meizhen", "ask_approval", sent_on, ask="deferral", reason="等鉴定")
        with_party_and_file(loop, sent_on.pk)
        loop.do("zhou_yulan", "merge", loop.record("zhou_yulan", area_code=place), into_id=sent_on.pk)
    return loop


def with_party_and_file(loop: Loop, matter_id: UUID) -> None:
    actor = loop.cast.actor("zhou_yulan")
    with scoped(actor):
        services.attach(
            matter_id=matter_id, file=BytesIO("笔录".encode()), name="笔录.txt", actor=actor, now=loop.now
        )
        services.add_party(
            matter_id=matter_id, role="party", name="张三", phone="13800000000", actor=actor, now=NOW
        )


def rows(table: str, key: str) -> list[tuple[UUID, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, area_code, handling_unit_id FROM {table} ORDER BY 1, 2, 3")
        return list(cursor.fetchall())


def shared(actor: Actor) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id FROM base_grant WHERE unit_id = ANY(%s)", [list(actor.unit_ids)])
        return {row[0] for row in cursor.fetchall()}


def expected(
    actor: Actor, everything: Iterable[tuple[UUID, int, int]], granted: set[UUID]
) -> list[tuple[UUID, int, int]]:
    return [
        row
        for row in everything
        if row[2] in actor.unit_ids or row[0] in granted or any(post.covers(row[1]) for post in actor.posts)
    ]


def wrong_tables(cast: Cast) -> list[str]:
    """Tables that show somebody of the cast other rows than his postings open."""
    with scoped(SYSTEM):
        everything = {table: rows(table, key) for table, key in TABLES.items()}
    wrong = set()
    for username in cast.accounts:
        actor = cast.actor(username)
        with scoped(actor):
            granted = shared(actor)
            for table, key in TABLES.items():
                if rows(table, key) != expected(actor, everything[table], granted):
                    wrong.add(table)
    return sorted(wrong)


def test_every_member_sees_the_rows_of_his_postings_and_no_others(busy_county: Loop) -> None:
    assert wrong_tables(busy_county.cast) == []
    with scoped(SYSTEM):
        empty = [table for table, key in TABLES.items() if not rows(table, key)]
    assert empty == []


def test_partner_bodies_see_only_what_was_sent_to_them(busy_county: Loop) -> None:
    with scoped(busy_county.cast.actor("he_meizhen")):
        sent = rows("matters_matter", "id")
    with scoped(busy_county.cast.actor("gao_yuming")):
        shared_with_housing = rows("matters_matter", "id")
    with scoped(busy_county.cast.actor("xu_lixin")):
        of_others = rows("matters_matter", "id")
    assert len(sent) == 4
    assert shared_with_housing == sent
    assert of_others == []


def test_nothing_is_visible_without_a_scope(busy_county: Loop) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('yicun.lo', '', true), set_config('yicun.hi', '', true),"
            " set_config('yicun.codes', '', true), set_config('yicun.units', '', true),"
            " set_config('yicun.account', '', true)"
        )
    assert [rows(table, key) for table, key in TABLES.items()] == [[] for _ in TABLES]


@pytest.mark.parametrize("table", TABLES)
def test_a_dropped_policy_is_noticed(
    own_database: None, table: str, busy_county: Loop, owner_connection: psycopg.Connection
) -> None:
    """The check above must be able to fail: without its policy each table shows too much."""
    owner_connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    owner_connection.commit()
    assert wrong_tables(busy_county.cast) == [table]


def test_every_table_of_ours_is_under_policy_or_named_as_open_to_all(database: None) -> None:
    open_to_all = {
        "base_account", "base_apitoken", "base_auditblock", "base_cache", "base_edition", "base_storedfile",
        "force_absence", "force_delegation", "force_member", "force_posting",
        "matters_calendarday",
        "matters_category", "matters_columnmapping", "matters_routingword", "matters_supervision", "matters_timelimit",
        "orglife_worksystem",
        "territory_area", "territory_jurisdiction", "territory_marketday", "territory_unit",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relnamespace = 'yicun'::regnamespace AND relkind IN ('r', 'p')"
            " AND split_part(relname, '_', 1)"
            " IN ('base', 'territory', 'force', 'registry', 'matters', 'relief', 'orglife', 'triage', 'portal')"
        )
        unprotected = {name for name, is_protected in cursor.fetchall() if not is_protected}
    assert unprotected == open_to_all
