"""The working systems in force, and how a unit stands with each: held, due, or missed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.words import date_words
from yicun.orglife import terms
from yicun.orglife.models import Meeting, WorkSystem
from yicun.orglife.queries.access import visible_to
from yicun.orglife.rules import holding_unit, may_hold
from yicun.relief import queries as relief
from yicun.relief.terms import Cadence
from yicun.territory import queries as territory

LOOKED_BACK = timedelta(days=400)
FOREVER = date(2099, 12, 31)
USUAL_SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SystemRow:
    code: str
    name: str
    cadence: str
    takes_part: str
    source: str
    last_on: date | None
    due_on: date | None
    words: str
    tone: str
    is_due: bool


def systems_at(on: date) -> list[WorkSystem]:
    """Known to everybody: no county data in them."""
    in_force = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    return list(WorkSystem.objects.filter(in_force).order_by("starts_on", "id"))


def standing_of(actor: Actor, now: datetime) -> list[SystemRow]:
    """The systems that the actor's unit holds; empty for somebody who records none."""
    if not may_hold(actor):
        return []
    on = now.astimezone(SHANGHAI).date()
    unit_id = holding_unit(actor)
    kind = territory.unit_row(unit_id).kind
    held: dict[str, list[date]] = defaultdict(list)
    recent = visible_to(actor).filter(handling_unit_id=unit_id, held_on__gte=on - LOOKED_BACK)
    for code, day in recent.order_by("held_on").values_list("system_code", "held_on"):
        held[code].append(day)
    return [_row(system, held[system.code], on) for system in systems_at(on) if kind in system.held_by]


def todo_for(actor: Actor, now: datetime) -> list[SystemRow]:
    """Meetings that this period still owes."""
    return [row for row in standing_of(actor, now) if row.is_due]


def covered_from(unit_id: int, system: WorkSystem, held_on: date, actor: Actor) -> date:
    """Since the meeting before it; the first one looks back over its own period."""
    earlier = visible_to(actor).filter(handling_unit_id=unit_id, system_code=system.code, held_on__lt=held_on)
    last: Meeting | None = earlier.order_by("-held_on").first()
    if last is not None:
        return max(last.held_on, held_on - LOOKED_BACK)
    if system.cadence:
        period = relief.period_at(system.cadence, held_on - LOOKED_BACK, FOREVER, held_on)
        if period is not None and period.starts_on < held_on:
            return period.starts_on
    return held_on - USUAL_SPAN


def _row(system: WorkSystem, held: list[date], on: date) -> SystemRow:
    words, tone, due_on, is_due = _standing(system, held, on)
    return SystemRow(
        code=system.code,
        name=system.name,
        cadence=str(Cadence(system.cadence).label) if system.cadence else terms.AS_NEEDED,
        takes_part=system.takes_part,
        source=system.source,
        last_on=held[-1] if held else None,
        due_on=due_on,
        words=words,
        tone=tone,
        is_due=is_due,
    )


def _standing(system: WorkSystem, held: list[date], on: date) -> tuple[str, str, date | None, bool]:
    """Counted from the first meeting on record: what was before nobody wrote down."""
    if not system.cadence:
        return "", "neutral", None, False
    if not held:
        current = relief.period_at(system.cadence, date(on.year, 1, 1), FOREVER, on)
        return terms.NEVER_HELD, "warn", current.due_on if current else None, True
    found = [relief.period_at(system.cadence, date(held[0].year, 1, 1), FOREVER, day) for day in held]
    met = {period.starts_on for period in found if period is not None}
    stands = relief.account(system.cadence, min(met), FOREVER, met, on)
    if stands.missed:
        return terms.LATE_NOW.format(count=len(stands.missed)), "fire", stands.due_on, True
    if stands.is_done or stands.current is None:
        return terms.HELD, "ok", None, False
    day = date_words(stands.current.due_on, on.year)
    return terms.DUE_NOW.format(day=day), "warn", stands.current.due_on, True
