"""Meetings as lists and pages show them; decisions with the live state of their matters."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters import queries as matters
from yicun.matters.terms import Kind, State
from yicun.orglife import terms
from yicun.orglife.models import AgendaItem, Attendance, Decision, Meeting
from yicun.orglife.queries.access import meeting_of, visible_to
from yicun.orglife.rules import HOLDER_ROLES, hours
from yicun.territory import queries as territory

PAGE = 30
MOST_LEFT = 100


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """`state` is the matter's own, at this moment; a matter out of sight says so and nothing else."""

    decision: Decision
    unit: str
    number: str
    state: str
    tone: str
    is_open: bool
    is_late: bool
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Briefing:
    """What came in since the last meeting, each number a list."""

    first: date
    last: date
    kinds: list[tuple[str, str, int]]
    villages: list[tuple[int, str, int]]
    total: int


@dataclass(frozen=True, slots=True)
class Detail:
    meeting: Meeting
    unit: str
    spent: str
    attendance: list[str]
    agenda: list[AgendaItem]
    decisions: list[DecisionRow]
    briefing: Briefing
    is_host: bool


def page_of(actor: Actor, page: int) -> tuple[list[Meeting], bool]:
    """Newest first; and whether another page follows."""
    start = PAGE * (page - 1)
    found = list(visible_to(actor).order_by("-held_on", "-id")[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def burden_of(actor: Actor, unit_id: int, on: date) -> dict[str, Any]:
    """This month's meetings of one unit: how many, and hours of all together. Never of one person."""
    found = visible_to(actor).filter(
        handling_unit_id=unit_id, held_on__gte=on.replace(day=1), held_on__lte=on
    )
    summed = found.aggregate(number=Count("pk"), spent=Sum(F("minutes_spent") * F("people")))
    return {"number": summed["number"], "hours": hours(summed["spent"] or 0, 1)}


def detail_of(meeting_id: UUID, actor: Actor, now: datetime) -> Detail:
    meeting = meeting_of(meeting_id, actor)
    on = now.astimezone(SHANGHAI).date()
    lines = Attendance.objects.filter(meeting_id=meeting.pk).order_by("position")
    decisions = list(Decision.objects.filter(meeting_id=meeting.pk).order_by("position"))
    return Detail(
        meeting=meeting,
        unit=territory.unit_row(meeting.handling_unit_id).name,
        spent=spent_words(meeting),
        attendance=[line.office or matters.unit_name(line.unit_id or 0) for line in lines],
        agenda=list(AgendaItem.objects.filter(meeting_id=meeting.pk).order_by("position")),
        decisions=decision_rows(decisions, actor, on),
        briefing=briefing_of(actor, meeting.handling_unit_id, meeting.covers_from, meeting.held_on),
        is_host=any(
            post.role in HOLDER_ROLES and post.unit_id == meeting.handling_unit_id for post in actor.posts
        ),
    )


def spent_words(meeting: Meeting) -> str:
    return terms.SPENT.format(
        minutes=meeting.minutes_spent,
        people=meeting.people,
        hours=hours(meeting.minutes_spent, meeting.people),
    )


def decision_rows(decisions: list[Decision], actor: Actor, on: date) -> list[DecisionRow]:
    """One query for all their matters."""
    found = matters.visible_to(actor).filter(pk__in=[one.matter_id for one in decisions])
    by_id = {matter.pk: matter for matter in found}
    return [_row(one, by_id.get(one.matter_id), on) for one in decisions]


def unresolved(actor: Actor, unit_id: int, system_code: str, on: date) -> list[DecisionRow]:
    """What earlier meetings of this kind decided and nobody has carried out, the oldest first."""
    held = visible_to(actor).filter(handling_unit_id=unit_id, system_code=system_code).values("pk")
    recent = Decision.objects.filter(handling_unit_id=unit_id, meeting_id__in=held).order_by("-id")[
        :MOST_LEFT
    ]
    rows = decision_rows(list(recent), actor, on)
    return [row for row in reversed(rows) if row.is_open]


def briefing_of(actor: Actor, unit_id: int, first: date, last: date) -> Briefing:
    """By kind and by village, over what the actor sees of the unit's places; one query."""
    kinds: dict[str, int] = defaultdict(int)
    villages: dict[int, int] = defaultdict(int)
    counted = period_matters(actor, unit_id, first, last).order_by().values_list("kind", "area_code")
    for kind, code, number in counted.annotate(number=Count("pk")):
        kinds[kind] += number
        village = code - code % 1_000
        villages[village if territory.has_area(village) else code] += number
    return Briefing(
        first=first,
        last=last,
        kinds=[(kind.value, str(kind.label), kinds[kind.value]) for kind in Kind if kinds[kind.value]],
        villages=[(code, territory.short_path_of(code), villages[code]) for code in sorted(villages)],
        total=sum(kinds.values()),
    )


def period_matters(actor: Actor, unit_id: int, first: date, last: date) -> QuerySet[Any]:
    """Recorded in these days, and received at the unit's desk; for the county's units, everything."""
    found = matters.visible_to(actor).filter(
        recorded_at__gte=_midnight(first), recorded_at__lt=_midnight(last + timedelta(days=1))
    )
    unit = territory.unit_row(unit_id)
    return found.filter(desk_unit_id=unit_id) if unit.kind == "station" else found


def _row(decision: Decision, matter: Any, on: date) -> DecisionRow:
    unit = matters.unit_name(decision.unit_id)
    if matter is None:
        return DecisionRow(decision, unit, "", terms.OUT_OF_SIGHT, "neutral", False, False, False)
    row = str(State(matter.state).label)
    is_open = matter.ended_at is None
    is_late = is_open and decision.due_on < on
    return DecisionRow(
        decision, unit, matter.number, row, matters.tone_of(matter.state), is_open, is_late, True
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
