"""What the database itself promises about matters, each promise broken once behind the services' back."""

import logging
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from tests.cast import NOW, SYSTEM
from tests.databases import Clone
from tests.matters.conftest import Loop
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.matters.models import (
    Approval,
    ApprovalLine,
    Attachment,
    Category,
    Clock,
    ClockEvent,
    CoHandler,
    Entry,
    Instruction,
    Lineage,
    Matter,
    Party,
    RoutingWord,
    Supervision,
    TimeLimit,
)
from yicun.matters.rules.bulk import moves_back
from yicun.matters.rules.flow import WORKFLOW


def broken_by(deed: Callable[[], object]) -> str:
    """The name of the constraint that stops the deed."""
    with pytest.raises(IntegrityError) as error, scoped(SYSTEM):
        deed()
    cause: Any = error.value.__cause__
    return str(cause.diag.constraint_name)


def like(row: Any, **changed: Any) -> Any:
    """A second row like this one, under a key of its own."""
    names = [field.attname for field in row._meta.concrete_fields]
    return type(row)(**{name: getattr(row, name) for name in names} | {"id": uuid7()} | changed)


def stored(row: Any, **changed: Any) -> Callable[[], object]:
    return lambda: type(row).objects.bulk_create([like(row, **changed)])


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"kind": "rumour"}, "matter_kind_known"),
        ({"channel": "smoke"}, "matter_channel_known"),
        ({"title": ""}, "matter_has_a_title"),
        ({"state": "closed"}, "matter_ended_when_it_ended"),
        ({"ended_at": NOW}, "matter_ended_when_it_ended"),
        ({"state": "merged", "ended_at": NOW}, "matter_merged_into_another"),
        ({"merged_into_id": "self"}, "matter_merged_into_another"),
        ({"channel": "board", "source_key": "4326"}, "matter_source_once"),
    ],
)
def test_matter_that_cannot_be_is_not_stored(loop: Loop, changed: dict[str, Any], constraint: str) -> None:
    matter = loop.record("li_xiuying", channel="board", source_key="4326")
    values = {"number": "QZ2026-999999", "source_key": ""} | changed
    if changed.get("merged_into_id"):
        values["merged_into_id"] = matter.pk
    assert broken_by(stored(matter, **values)) == constraint


def test_state_outside_the_list_is_not_stored(own_database: Clone, loop: Loop) -> None:
    """Two other promises stand before this one: the owner takes them away for a moment."""
    matter = loop.record("li_xiuying")
    lo, hi = SYSTEM.widest or (1, 0)
    with psycopg.connect(own_database.urls["owner"]) as owner:
        owner.execute(
            "SELECT set_config('yicun.lo', %s, true), set_config('yicun.hi', %s, true)", [str(lo), str(hi)]
        )
        owner.execute("ALTER TABLE matters_matter DROP CONSTRAINT matter_ended_when_it_ended")
        owner.execute("ALTER TABLE matters_matter DISABLE TRIGGER matter_moves_along")
        with pytest.raises(psycopg.errors.CheckViolation) as error:
            owner.execute("UPDATE matters_matter SET state = 'lost' WHERE id = %s", [matter.pk])
    assert error.value.diag.constraint_name == "matter_state_known"


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"version": F("version")}, "matter_one_version_at_a_time"),
        ({"version": F("version") + 2}, "matter_one_version_at_a_time"),
        ({"title": "另一件"}, "matter_one_version_at_a_time"),
        ({"version": F("version") + 1, "state": "handling"}, "matter_state_follows_workflow"),
        ({"version": F("version") + 1, "state": "closed"}, "matter_state_follows_workflow"),
        ({"version": F("version") + 1, "state": "lost"}, "matter_state_follows_workflow"),
    ],
)
def test_matter_changes_one_version_and_one_step_at_a_time(
    loop: Loop, changed: dict[str, Any], constraint: str
) -> None:
    matter = loop.record("li_xiuying")
    assert broken_by(lambda: Matter.objects.filter(pk=matter.pk).update(**changed)) == constraint


def test_database_knows_the_moves_of_the_workflow_and_no_others(loop: Loop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'matter_moves_along'")
        allowed = set(re.findall(r"'(\w+>\w+)'", cursor.fetchone()[0]))
    moves = {(state, to) for step in WORKFLOW.steps for state in step.states for to in step.leads_to}
    assert allowed == {f"{state}>{to}" for state, to in moves if state != to} | moves_back()


def test_clock_runs_alone_and_forward(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    with scoped(SYSTEM):
        clock = Clock.objects.get(matter_id=matter.pk)
    assert broken_by(stored(clock)) == "clock_one_running"
    backwards = clock.started_at - timedelta(seconds=1)
    assert broken_by(stored(clock, ended_at=backwards)) == "clock_runs_forward"


def test_unit_is_a_co_handler_once(loop: Loop) -> None:
    matter = loop.reach("handling")
    loop.do("wang_jianguo", "add_co_handler", matter, unit_id=loop.cast.unit("fire_rescue"), text="看")
    with scoped(SYSTEM):
        row = CoHandler.objects.get()
    assert broken_by(stored(row)) == "co_handler_once"


@pytest.mark.parametrize(
    ("model", "changed", "constraint"),
    [
        (TimeLimit, {}, "time_limit_once"),
        (TimeLimit, {"amount": 0, "starts_on": date(2027, 1, 1)}, "time_limit_positive"),
        (Supervision, {}, "supervision_once"),
        (Category, {}, "category_once"),
        (RoutingWord, {}, "routing_word_once"),
    ],
)
def test_reference_row_exists_once_and_makes_sense(
    loop: Loop, model: Any, changed: dict[str, Any], constraint: str
) -> None:
    assert broken_by(stored(model.objects.all()[0], **changed)) == constraint


ASKED: dict[str, Any] = {
    "kind": "deferral", "asked_label": "x", "asked_unit_id": 1, "asked_at": NOW, "reason": "x",
}  # fmt: skip


def child_rows(matter: Matter, clock: Clock, other: Matter) -> dict[str, Any]:
    own = {"matter_id": matter.pk, "area_code": matter.area_code, "handling_unit_id": matter.handling_unit_id}
    return {
        "entry": Entry(**own, verb="note", at=NOW, actor_label="x"),
        "clock": like(clock, ended_at=clock.started_at),
        "clockevent": ClockEvent(**own, clock=clock, kind="pause", at=NOW, by="x"),
        "cohandler": CoHandler(**own, unit_id=1, task="x", added_at=NOW),
        "lineage": Lineage(
            **own,
            into_id=other.pk,
            sameness="same_event",
            state_before="recorded",
            clock=clock,
            merged_at=NOW,
        ),
        "instruction": Instruction(**own, text="x", given_by="x", given_at=NOW),
        "party": Party(**own, role="party", name_masked="x", sealed=b"x", purpose="visit", expires_on=NOW),
        "approval": Approval(**own, **ASKED),
        "approvalline": ApprovalLine(**own, approval_id=uuid7(), round=1, deed="submit", at=NOW, by="x"),
        "attachment": Attachment(**own, file_id="0" * 64, name="x", added_at=NOW, added_by="x"),
    }


def test_child_that_names_other_hands_than_its_matter_is_not_stored(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    with scoped(SYSTEM):
        clock = Clock.objects.get()
    for name, row in child_rows(matter, clock, loop.record("li_xiuying")).items():
        for changed in (
            {"handling_unit_id": matter.handling_unit_id + 1},
            {"area_code": matter.area_code + 1},
        ):
            assert broken_by(stored(row, **changed)) == f"{name}_follows_matter"


def test_every_childs_key_hangs_on_the_scope_of_its_matter_and_cascades(loop: Loop) -> None:
    keys = """
        SELECT conname FROM pg_constraint WHERE contype = 'f' AND confupdtype = 'c'
        AND conindid = 'matter_scope_for_children'::regclass
        AND starts_with(conrelid::regclass::text, 'matters_') ORDER BY conname"""
    matter = loop.record("li_xiuying")
    with scoped(SYSTEM):
        children = child_rows(matter, Clock.objects.get(), matter)
    with connection.cursor() as cursor:
        cursor.execute(keys)
        found = [name for (name,) in cursor.fetchall()]
    assert found == sorted(f"{name}_follows_matter" for name in children)
    assert "lineage_follows_matter" in found


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"kind": "wish"}, "approval_kind_known"),
        ({"state": "lost"}, "approval_state_known"),
        ({"state": "approved"}, "approval_decided_when_decided"),
        ({"decided_at": NOW}, "approval_decided_when_decided"),
        ({"kind": "closing"}, "approval_one_open"),
    ],
)
def test_approval_that_cannot_be_is_not_stored(loop: Loop, changed: dict[str, Any], constraint: str) -> None:
    matter = loop.record("li_xiuying")
    own = {"matter_id": matter.pk, "area_code": matter.area_code, "handling_unit_id": matter.handling_unit_id}
    with scoped(SYSTEM):
        Approval.objects.create(**own, **ASKED | {"kind": "closing"})
    assert broken_by(stored(Approval(**own, **ASKED), **changed)) == constraint


def test_line_of_an_approval_is_written_once_for_ever(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    own = {"matter_id": matter.pk, "area_code": matter.area_code, "handling_unit_id": matter.handling_unit_id}
    with scoped(SYSTEM):
        approval = Approval.objects.create(**own, **ASKED)
        line = ApprovalLine.objects.create(
            **own, approval=approval, round=1, deed="submit", at=NOW, by="x", text="原话"
        )
    assert broken_by(lambda: ApprovalLine.objects.update(text="别的话")) == "approval_line_stays"
    assert broken_by(lambda: ApprovalLine.objects.all().delete()) == "approval_line_stays"
    assert broken_by(stored(line, deed="burn")) == "approval_deed_known"


def test_reply_is_accepted_only_once_it_was_given(loop: Loop) -> None:
    row = child_rows(loop.record("li_xiuying"), Clock(), Matter())["instruction"]
    assert broken_by(stored(row, accepted_at=NOW)) == "instruction_accepted_once_replied"


def test_failed_write_leaves_nothing_behind(loop: Loop) -> None:
    matter = loop.record("li_xiuying")

    def half_way() -> None:
        Entry.objects.bulk_create([like(child_rows(matter, Clock.objects.get(), matter)["entry"])])
        Matter.objects.filter(pk=matter.pk).update(state="closed")

    assert broken_by(half_way) == "matter_one_version_at_a_time"
    with scoped(SYSTEM):
        assert [entry.verb for entry in Entry.objects.all()] == ["record"]


def test_what_the_database_says_of_a_row_does_not_reach_the_log(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    written_down: Any = settings.LOGGING
    told = written_down["formatters"]["line"]
    line = import_string(told["()"])(told["format"])
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO force_member (id, name, phone) VALUES (gen_random_uuid(), %s, '13800000000')",
            ["张三\n\n李四"],
        )
    with caplog.at_level(logging.ERROR, "tests"):
        logging.getLogger("tests").error("500", exc_info=error.value)
    (record,) = caplog.records
    assert "13800000000" in logging.Formatter().format(record), "else there is nothing to leave out"
    written = line.format(record)
    assert "not-null constraint" in written
    assert not [word for word in ("13800000000", "张三", "李四") if word in written]
