"""Nothing half-stored: every service is stopped at its last statement, and the county is as it was before.

The database itself refuses the audit entry, which each service writes at the end: whatever was stored before it must
be gone, in every table, and the same step must pass once the entry is let in.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from tests.cast import SYSTEM, Cast
from tests.databases import Clone
from tests.matters.conftest import Loop
from yicun.base.tenancy import scoped
from yicun.matters import services
from yicun.matters.models import Matter
from yicun.matters.rules.drafting import Draft, PartyDraft

REFUSE = """
    CREATE FUNCTION yicun.no_entry() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no entry today' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER no_entry BEFORE INSERT ON yicun.base_auditentry EXECUTE FUNCTION yicun.no_entry();
    ALTER TABLE yicun.base_auditentry DISABLE TRIGGER no_entry;
    GRANT EXECUTE ON FUNCTION yicun.no_entry() TO yicun_app;
"""
Step = tuple[str, str, str, dict[str, Any]]

# the state it starts from, who, the step, what is given
STEPS: list[Step] = [
    ("recorded", "lin_xiaowen", "accept", {}),
    ("recorded", "lin_xiaowen", "decline", {"reason": "不属实"}),
    ("accepted", "lin_xiaowen", "assess", {"urgency": "urgent"}),
    ("assessed", "lin_xiaowen", "assign", {"unit_id": "fire_rescue"}),
    ("assigned", "wang_jianguo", "take", {}),
    ("assigned", "wang_jianguo", "return_back", {"reason": "不归我们"}),
    ("handling", "wang_jianguo", "add_co_handler", {"unit_id": "fire_rescue", "text": "请协助"}),
    ("handling", "wang_jianguo", "pause", {"pause_reason": "materials", "text": "等待材料"}),
    ("handling", "wang_jianguo", "request_extension", {"amount": 2, "reason": "路远"}),
    ("handling", "wang_jianguo", "feed_back", {"result": "办妥"}),
    ("handling", "chen_zhiming", "instruct", {"text": "抓紧"}),
    ("handling", "wang_jianguo", "note", {"text": "去过"}),
    ("fed_back", "lin_xiaowen", "verify", {}),
    ("fed_back", "lin_xiaowen", "rework", {"reason": "没办好"}),
    ("verified", "lin_xiaowen", "close", {}),
    ("closed", "lin_xiaowen", "reopen", {"reason": "又来"}),
]


class Gate:
    """The audit trail, open or shut."""

    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self.owner = owner
        owner.execute(REFUSE)

    @contextmanager
    def shut(self) -> Iterator[None]:
        self.owner.execute("ALTER TABLE yicun.base_auditentry ENABLE TRIGGER no_entry")
        try:
            yield
        finally:
            self.owner.execute("ALTER TABLE yicun.base_auditentry DISABLE TRIGGER no_entry")


@pytest.fixture
def gate(own_database: Clone, owner_connection: psycopg.Connection[Any]) -> Gate:
    return Gate(owner_connection)


def county_as_it_is() -> dict[str, str]:
    """A hash of every table's rows, under the scope of the whole county."""
    with scoped(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yicun.units', array_agg(id)::text, true) FROM territory_unit")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'yicun'::regnamespace AND relkind = 'r'"
            " AND split_part(relname, '_', 1) IN ('base', 'matters', 'registry', 'force') ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def stopped(gate: Gate, deed: Callable[[], object]) -> list[str]:
    """Tables that the stopped deed changed all the same."""
    before = county_as_it_is()
    with gate.shut(), pytest.raises(DatabaseError, match="no entry today"):
        deed()
    after = county_as_it_is()
    assert {"base_grant", "base_notice", "matters_matter", "matters_clock", "matters_entry"} <= set(after)
    return [table for table in after if after[table] != before[table]]


def test_no_step_is_half_stored(gate: Gate, loop: Loop) -> None:
    for state, username, action, given in STEPS:
        matter = loop.reach(state)
        filled = loop.filled(given)
        assert stopped(gate, partial(loop.do, username, action, matter, **filled)) == [], action
        assert loop.do(username, action, matter, **filled).version == matter.version + 1


def test_no_record_party_or_file_is_half_stored(
    gate: Gate, loop: Loop, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    actor = cast.actor("li_xiuying")
    parties = (PartyDraft("reporter", "张三", "13800000000"),)
    drafts = [Draft(kind="help", title=title, parties=parties) for title in ("老人走失", "小孩走失")]
    matter = loop.record("li_xiuying")

    def scoped_deed(deed: Callable[..., object], **given: Any) -> Callable[[], object]:
        def run() -> object:
            with scoped(actor):
                return deed(**given, actor=actor, now=loop.now)

        return run

    party = {"role": "party", "name": "李四", "phone": "13900000000"}
    file = {"file": BytesIO(b"text"), "name": "x.txt"}
    deeds = [
        scoped_deed(services.record_all, drafts=drafts),
        scoped_deed(services.add_party, matter_id=matter.pk, **party),
        scoped_deed(services.attach, matter_id=matter.pk, **file),
    ]
    assert [stopped(gate, deed) for deed in deeds] == [[], [], []]
    with scoped(SYSTEM):
        assert Matter.objects.count() == 1
