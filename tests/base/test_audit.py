"""The audit trail: written with what it records, never changed, read only by those in charge."""

from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from tests.cast import COUNTY, NOW, SYSTEM, ZHUKOU, Cast
from tests.databases import Clone
from yicun.base import audit
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.ids import uuid7

VISITOR = Actor(ActorKind.PUBLIC, "群众")


def write(actor: Actor = SYSTEM, **given: Any) -> None:
    values: dict[str, Any] = {"verb": "note", "subject": "tests.thing", "subject_id": 1} | given
    audit.record(**values, actor=actor, now=NOW)


def test_entry_says_who_did_what_when_and_in_which_request(cast: Cast) -> None:
    actor = cast.actor("lin_xiaowen")
    with scoped(actor):
        write(actor, area_code=ZHUKOU, unit_id=7, facts={"甲": uuid7(), "at": NOW})
        write(actor, area_code=ZHUKOU, verb="second")
        first, second = AuditEntry.objects.order_by("id")
    assert (first.actor_kind, first.account_id, first.actor_label) == (
        "member",
        actor.account_id,
        actor.label,
    )
    assert (first.happened_at, first.area_code, first.unit_id) == (NOW, ZHUKOU, 7)
    assert set(first.facts) == {"甲", "at"}
    assert first.request_id == second.request_id
    assert first.logged_at <= second.logged_at
    assert first.xid == second.xid


def test_entries_of_two_requests_carry_two_numbers(cast: Cast) -> None:
    for _ in range(2):
        with scoped(SYSTEM):
            write(area_code=COUNTY)
    with scoped(SYSTEM):
        assert len(set(AuditEntry.objects.values_list("request_id", flat=True))) == 2


def test_entry_is_rolled_back_with_its_write(cast: Cast) -> None:
    with scoped(SYSTEM):
        write(area_code=COUNTY)
        transaction.set_rollback(True)
    with scoped(SYSTEM):
        assert not AuditEntry.objects.exists()


# area of the entry, who wrote it, who reads it
READERS = [
    (ZHUKOU, "lin_xiaowen", {"lin_xiaowen", "chen_zhiming", "sun_li"}),
    (COUNTY, "luo_xiaomei", {"luo_xiaomei", "sun_li"}),
    (None, "luo_xiaomei", {"luo_xiaomei"}),
    (None, None, set()),
]


@pytest.mark.parametrize(("area_code", "writer", "readers"), READERS)
def test_trail_is_read_by_its_area_and_by_its_writer(
    cast: Cast, area_code: int | None, writer: str | None, readers: set[str]
) -> None:
    actor = cast.actor(writer) if writer else VISITOR
    with scoped(actor):
        write(actor, area_code=area_code)
    seeing = set()
    for username in ("lin_xiaowen", "chen_zhiming", "sun_li", "luo_xiaomei", "gao_yuming"):
        with scoped(cast.actor(username)):
            if AuditEntry.objects.exists():
                seeing.add(username)
    assert seeing == readers


def test_one_deed_on_many_records_leaves_an_entry_for_each(own_database: Clone) -> None:
    lines = [audit.Line(number, COUNTY, None, {"number": f"{number}%"}) for number in range(1_001)]
    with scoped(SYSTEM):
        audit.record_many(verb="note", subject="tests.thing", lines=lines, actor=SYSTEM, now=NOW)
    with scoped(SYSTEM):
        told = AuditEntry.objects.filter(verb="note").order_by("id").values_list("subject_id", "facts")
        assert list(told) == [(str(number), {"number": f"{number}%"}) for number in range(1_001)]
        audit.record_many(verb="note", subject="tests.thing", lines=[], actor=SYSTEM, now=NOW)
        assert AuditEntry.objects.count() == 1_001


CHANGES = [
    "UPDATE base_auditentry SET verb = 'other'",
    "DELETE FROM base_auditentry",
    "TRUNCATE base_auditentry",
    "UPDATE base_auditblock SET digest = ''",
    "DELETE FROM base_auditblock",
    "TRUNCATE base_auditblock",
]


@pytest.mark.parametrize("role", ["app", "jobs", "sealer", "owner"])
def test_nobody_changes_the_trail(own_database: Clone, role: str) -> None:
    with scoped(SYSTEM):
        write(area_code=COUNTY)
    with psycopg.connect(own_database.urls[role], autocommit=True) as someone:
        for change in CHANGES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                someone.execute(change)
    with scoped(SYSTEM):
        assert [entry.verb for entry in AuditEntry.objects.all()] == ["note"]


def test_the_application_seals_nothing(own_database: Clone) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied") as error:
        cursor.execute("INSERT INTO base_auditblock VALUES (1, 0, 1, 0, '', now())")
    assert isinstance(error.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("role", ["app", "jobs"])
@pytest.mark.parametrize("shift", [-1, 1_000_000])
def test_no_entry_claims_another_transaction_than_its_own(own_database: Clone, role: str, shift: int) -> None:
    """Below, it would break a sealed block; above, the sealer would wait for it for ever."""
    forged = (
        "INSERT INTO base_auditentry (xid, happened_at, logged_at, request_id, actor_kind, actor_label, verb,"
        " subject, subject_id, facts) VALUES (pg_current_xact_id()::text::bigint + %s, now(), now(),"
        " gen_random_uuid(), 'system', 'x', 'note', 'tests.thing', '1', '{}')"
    )
    with psycopg.connect(own_database.urls[role], autocommit=True) as someone:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            someone.execute(forged, [shift])
        someone.execute(forged, [0])
