"""What the database itself promises about demands and meetings, each promise broken once behind the services' back."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from django.db.models import F

from tests.cast import NOW, SYSTEM, TODAY
from tests.orglife.conftest import Room, room
from tests.relief.conftest import Desk
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.orglife.models import AgendaItem, Attendance, Decision, Meeting, WorkSystem
from yicun.relief.models import Addressee, Definition, Demand, DemandEntry, Fulfilment
from yicun.relief.rules.flow import WORKFLOW

__all__ = ["room"]


def broken_by(deed: Callable[[], object]) -> str:
    """The name of the constraint that stops the deed."""
    with pytest.raises(IntegrityError) as error, scoped(SYSTEM):
        deed()
    cause: Any = error.value.__cause__
    return str(cause.diag.constraint_name)


def stored(row: Any, **changed: Any) -> Callable[[], object]:
    """A second row like this one, under a key of its own."""
    names = [field.attname for field in row._meta.concrete_fields]
    copy = type(row)(**{name: getattr(row, name) for name in names} | {"id": uuid7()} | changed)
    return lambda: type(row).objects.bulk_create([copy])


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"list_name": "pushed"}, "demand_list_is_stored"),
        ({"state": "lost"}, "demand_state_known"),
        ({"cadence": "hourly"}, "demand_cadence_known"),
        ({"authority": ""}, "demand_has_an_authority"),
        ({"authority_kind": "rumour"}, "demand_has_an_authority"),
        ({"expires_on": date(2020, 1, 1)}, "demand_period_runs_forward"),
        ({"defence": "wall"}, "demand_defence_known"),
        ({"state": "expired"}, "demand_ended_when_it_ended"),
        ({"ended_at": NOW}, "demand_ended_when_it_ended"),
    ],
)
def test_demand_that_cannot_be_is_not_stored(desk: Desk, changed: dict[str, Any], constraint: str) -> None:
    assert broken_by(stored(desk.propose(), **changed)) == constraint


def test_rows_of_a_demand_are_stored_once(desk: Desk) -> None:
    demand = desk.running(
        defence="publicity", counted={"kinds": ["service"]}, units=(desk.cast.unit("zhukou_station"),)
    )
    desk.do("wang_jianguo", "fulfil", demand, text="做了")
    with scoped(SYSTEM):
        addressee, met, definition = (
            Addressee.objects.get(), Fulfilment.objects.get(), Definition.objects.get(),
        )  # fmt: skip
    assert broken_by(stored(addressee)) == "addressee_once"
    assert broken_by(stored(met)) == "fulfilment_once_per_period"
    changed = {"period_starts_on": TODAY + timedelta(days=1), "source": "matter"}
    assert broken_by(stored(met, **changed)) == "fulfilment_names_its_source"
    assert broken_by(stored(definition)) == "definition_version_once"
    assert broken_by(stored(definition, version=0)) == "definition_counts_from_one"


def test_children_carry_the_scope_of_their_parent(desk: Desk) -> None:
    demand = desk.running(
        defence="publicity", counted={"kinds": ["service"]}, units=(desk.cast.unit("zhukou_station"),)
    )
    desk.do("wang_jianguo", "fulfil", demand, text="做了")
    with scoped(SYSTEM):
        entry = DemandEntry.objects.order_by("id").first()
        definition, met = Definition.objects.get(), Fulfilment.objects.get()
    other = desk.cast.unit("xiaqu_station")
    assert broken_by(stored(entry, handling_unit_id=other)) == "demand_entry_follows_demand"
    assert broken_by(stored(definition, version=2, handling_unit_id=other)) == "definition_follows_demand"
    later = TODAY + timedelta(days=1)
    assert (
        broken_by(stored(met, period_starts_on=later, handling_unit_id=other))
        == "fulfilment_follows_addressee"
    )


def test_the_scopes_that_children_point_to_are_unique(desk: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'u' AND conname = ANY(%s) ORDER BY 1",
            [["demand_scope_for_children", "addressee_scope_for_children", "meeting_scope_for_children"]],
        )
        assert [row[0] for row in cursor.fetchall()] == [
            "addressee_scope_for_children", "demand_scope_for_children", "meeting_scope_for_children",
        ]  # fmt: skip


@pytest.mark.parametrize("table", ["relief_fulfilment", "relief_demandentry", "relief_definition"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET area_code = area_code", "DELETE FROM {}"])
def test_what_was_done_or_said_is_only_added(desk: Desk, table: str, deed: str) -> None:
    desk.running()
    with pytest.raises(ProgrammingError), scoped(SYSTEM), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


def test_a_state_follows_the_workflow_one_version_at_a_time(desk: Desk) -> None:
    demand = desk.propose()
    found = Demand.objects.filter(pk=demand.pk)
    ahead = {"version": F("version") + 1}
    assert broken_by(lambda: found.update(state="running", **ahead)) == "demand_state_follows_workflow"
    assert broken_by(lambda: found.update(title="x")) == "demand_one_version_at_a_time"


def test_the_database_knows_every_move_of_the_table(desk: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'demand_moves_along'")
        source = cursor.fetchone()[0]
    moves = {f"'{state}>{step.to}'" for step in WORKFLOW.steps if step.to for state in step.states}
    assert set(re.findall("'[a-z]+>[a-z]+'", source)) == moves


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"people": 0}, "meeting_cost_possible"),
        ({"minutes_spent": 1_441}, "meeting_cost_possible"),
        ({"covers_from": TODAY + timedelta(days=2)}, "meeting_covers_the_past"),
    ],
)
def test_meeting_that_cannot_be_is_not_stored(room: Room, changed: dict[str, Any], constraint: str) -> None:
    assert broken_by(stored(room.hold(), **changed)) == constraint


def test_lines_of_a_meeting_are_stored_once_in_its_scope(room: Room) -> None:
    meeting = room.hold(agenda=("本周警情",), offices=("邻县派出所",))
    room.decide(meeting)
    other = room.cast.unit("xiaqu_station")
    with scoped(SYSTEM):
        line, item, decision = Attendance.objects.get(), AgendaItem.objects.get(), Decision.objects.get()
        system = WorkSystem.objects.order_by("id").first()
    assert broken_by(stored(line)) == "attendance_line_once"
    assert broken_by(stored(line, position=2, office="")) == "attendance_is_unit_or_office"
    assert broken_by(stored(item)) == "agenda_line_once"
    assert broken_by(stored(decision)) in ("decision_line_once", "decision_matter_once")
    assert broken_by(stored(decision, position=2)) == "decision_matter_once"
    assert broken_by(stored(line, position=2, handling_unit_id=other)) == "attendance_follows_meeting"
    assert broken_by(stored(item, position=2, handling_unit_id=other)) == "agenda_follows_meeting"
    moved = {"position": 2, "matter_id": uuid7(), "handling_unit_id": other}
    assert broken_by(stored(decision, **moved)) == "decision_follows_meeting"
    assert broken_by(stored(system)) == "work_system_once"
    assert broken_by(stored(system, code="x", cadence="hourly")) == "work_system_cadence_known"
    assert Meeting.objects.filter(pk=meeting.pk).count() == 1
