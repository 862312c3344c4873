"""Matters as the lists show them: places, units and states in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yicun.matters.models import Matter
from yicun.matters.rules.flow import ENDED
from yicun.matters.terms import Channel, Grade, Kind, Level, State, Urgency
from yicun.territory import queries as territory

TONES = {
    State.RECORDED: "warn",
    State.ACCEPTED: "info",
    State.ASSESSED: "info",
    State.ASSIGNED: "warn",
    State.HANDLING: "info",
    State.FED_BACK: "info",
    State.VERIFIED: "ok",
    State.CLOSED: "ok",
}
LADDER = tuple(Level)


@dataclass(frozen=True, slots=True)
class MatterRow:
    id: UUID
    number: str
    title: str
    kind: str
    place: str
    state: str
    tone: str
    handler: str
    due_at: datetime | None
    ended_at: datetime | None
    is_paused: bool
    is_late: bool
    is_urgent: bool
    level: str
    bounces: int
    reworks: int
    has_open_instruction: bool
    recorded_at: datetime


def rows_of(matters: Iterable[Matter], now: datetime) -> list[MatterRow]:
    return [_row(matter, now) for matter in matters]


def beside_of(matter: Matter, now: datetime) -> dict[str, Any]:
    """A matter as it is read beside another one."""
    return {
        "number": matter.number,
        "recorder": matter.recorder_label,
        "body": matter.body,
        "is_ended": matter.state in ENDED,
        "row": _row(matter, now),
    }


def tone_of(state: str) -> str:
    return TONES.get(State(state), "neutral")


def level_of(matter: Matter) -> str:
    """The rung of supervision in words; empty for none."""
    return str(LADDER[matter.supervision - 1].label) if matter.supervision else ""


def unit_name(unit_id: int) -> str:
    unit = territory.unit_row(unit_id)
    return unit.short_name or unit.name


def place_of(matter: Matter) -> str:
    """Town, village and place; people write the village again before the place, a page need not."""
    path, place = territory.short_path_of(matter.area_code), matter.place_text
    for area in path.split():
        place = place.removeprefix(area).lstrip()
    return f"{path} {place}".strip()


def sheet_rows(matters: Iterable[Matter]) -> Iterator[dict[str, Any]]:
    """Rows of an export, by column name."""
    for matter in matters:
        yield {
            "number": matter.number,
            "kind": Kind(matter.kind).label,
            "title": matter.title,
            "body": matter.body,
            "place": place_of(matter),
            "channel": Channel(matter.channel).label,
            "state": State(matter.state).label,
            "urgency": Urgency(matter.urgency).label,
            "grade": Grade(matter.grade).label if matter.grade else "",
            "unit": unit_name(matter.handling_unit_id),
            "handler": matter.handler_label,
            "recorded_at": matter.recorded_at,
            "due_at": matter.due_at,
            "ended_at": matter.ended_at,
            "answer": matter.answer,
        }


def _row(matter: Matter, now: datetime) -> MatterRow:
    return MatterRow(
        id=matter.pk,
        number=matter.number,
        title=matter.title,
        kind=str(Kind(matter.kind).label),
        place=place_of(matter),
        state=str(State(matter.state).label),
        tone=tone_of(matter.state),
        handler=matter.handler_label or unit_name(matter.handling_unit_id),
        due_at=matter.due_at,
        ended_at=matter.ended_at,
        is_paused=bool(matter.running_clock) and matter.due_at is None,
        is_late=matter.due_at is not None and matter.due_at <= now and matter.state not in ENDED,
        is_urgent=matter.urgency == Urgency.URGENT,
        level=level_of(matter),
        bounces=matter.bounces,
        reworks=matter.reworks,
        has_open_instruction=matter.has_open_instruction,
        recorded_at=matter.recorded_at,
    )
