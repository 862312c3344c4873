"""After a change of the calendar: the running clocks are counted anew, so that lists and arithmetic agree."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yicun.base import audit
from yicun.kernel import clocks as law
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import Unit
from yicun.matters.models import Clock, ClockEvent, Matter
from yicun.matters.queries.access import open_for
from yicun.matters.queries.reference import calendar, limit_row, rungs
from yicun.matters.rules.limits import LedgerEvent, ledger_of
from yicun.matters.rules.oversight import height_at
from yicun.matters.services.taking import write_entry
from yicun.territory import queries as territory

VERB = "recount"


def recount(*, actor: Actor, now: datetime) -> int:
    """How many deadlines moved. Each move is a line of its matter's history; running it twice moves nothing."""
    with transaction.atomic():
        locked = open_for(actor).exclude(running_clock="").select_for_update(of=("self",))
        matters = {matter.pk: matter for matter in locked.order_by("id")}
        clocks = list(Clock.objects.filter(matter_id__in=matters, ended_at__isnull=True))
        ledgers = _ledgers(clocks)
        moved = sum(_moved(matters[one.matter_id], one, ledgers[one.pk], actor, now) for one in clocks)
        if moved:
            audit.record(
                verb="recount",
                subject="matters.sweep",
                subject_id=moved,
                actor=actor,
                now=now,
                area_code=territory.home_county(),
                facts={"moved": moved},
            )
    return moved


def _ledgers(clocks: list[Clock]) -> dict[UUID, list[LedgerEvent]]:
    events: dict[UUID, list[LedgerEvent]] = defaultdict(list)
    for row in ClockEvent.objects.filter(clock__in=clocks).order_by("at", "id"):
        events[row.clock_id].append(LedgerEvent(row.kind, row.at, row.reason, row.amount, row.by))
    return events


def _moved(matter: Matter, clock: Clock, events: list[LedgerEvent], actor: Actor, now: datetime) -> bool:
    limit = limit_row(clock.limit_id).limit
    if limit.unit is Unit.HOUR:
        return False
    due_at = law.due(limit, clock.started_at, ledger_of(events), calendar()).due_at
    if due_at == clock.due_at:
        return False
    before, clock.due_at, matter.due_at = clock.due_at, due_at, due_at
    clock.save(update_fields=["due_at"])
    matter.supervision = min(matter.supervision, height_at(rungs(now), due_at, now))
    matter.version += 1
    matter.changed_by = actor.label
    matter.save(update_fields=["due_at", "supervision", "version", "changed_by"])
    facts = {"before": str(before), "due_at": str(due_at)}
    write_entry(matter, verb=VERB, actor=actor, now=now, text="", facts=facts)
    return True
