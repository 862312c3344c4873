"""Starting, ending and moving the one running clock of a matter. Called by the services, never from outside."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Greatest

from yicun.kernel import clocks as law
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters.models import Clock, ClockEvent, Matter
from yicun.matters.queries.reference import calendar, limit_row, limit_rows, rungs
from yicun.matters.rules.limits import LedgerEvent, LimitRow, is_paused, ledger_of, pick
from yicun.matters.rules.oversight import height_at
from yicun.matters.terms import LedgerKind, PauseReason

LONGEST_REASON = 4_000


def _limit_of(matter: Matter, name: str, now: datetime) -> tuple[LimitRow, datetime | None]:
    on = now.astimezone(SHANGHAI).date()
    row = pick(
        limit_rows(), clock=name, kind=matter.kind, urgency=matter.urgency, channel=matter.channel, on=on
    )
    return row, law.due(row.limit, now, (), calendar()).due_at


def _started(matter: Matter, name: str, now: datetime, row: LimitRow, due_at: datetime | None) -> Clock:
    matter.running_clock = name
    matter.due_at = due_at
    matter.supervision = 0
    return Clock(
        matter_id=matter.pk,
        area_code=matter.area_code,
        handling_unit_id=matter.handling_unit_id,
        name=name,
        limit_id=row.id,
        started_at=now,
        due_at=due_at,
    )


def opened_together(matters: Sequence[Matter], *, name: str, now: datetime) -> list[Clock]:
    """Clocks not yet stored, each deadline written onto its matter.

    The limit and its arithmetic are the same for all of one kind, urgency and channel.
    """
    found: dict[tuple[str, str, str], tuple[LimitRow, datetime | None]] = {}
    running = []
    for matter in matters:
        alike = (matter.kind, matter.urgency, matter.channel)
        if alike not in found:
            found[alike] = _limit_of(matter, name, now)
        running.append(_started(matter, name, now, *found[alike]))
    return running


def end(matters: Sequence[Matter], *, now: datetime) -> None:
    """Their running clocks, if any; a matter then has no deadline until another clock starts.

    Of two steps at the same moment the second may carry the earlier time: a clock never ends before it started.
    """
    keys = [matter.pk for matter in matters]
    Clock.objects.filter(matter_id__in=keys, ended_at__isnull=True).update(
        ended_at=Greatest("started_at", Value(now))
    )
    for matter in matters:
        matter.running_clock = ""
        matter.due_at = None
        matter.supervision = 0


def take_up(
    matter: Matter, clock: Clock, *, since: datetime, now: datetime, by: str, supervision: int
) -> None:
    """A clock that ended before its time goes on with what it had used up; the time since then was a pause.

    If it already stood still when it ended, it goes on standing still, and the ledger needs no further line.
    """
    Clock.objects.filter(pk=clock.pk).update(ended_at=None)
    clock.ended_at = None
    matter.running_clock = clock.name
    matter.due_at = clock.due_at
    if not is_paused(ledger_events(clock)):
        move(matter, clock, kind=LedgerKind.PAUSE, now=since, by=by, reason=PauseReason.MERGED)
        move(matter, clock, kind=LedgerKind.RESUME, now=max(since, now), by=by)
    matter.supervision = min(supervision, height_at(rungs(now), matter.due_at, now))


def running(matter: Matter) -> tuple[Clock, LimitRow, list[LedgerEvent]]:
    clock = Clock.objects.filter(matter_id=matter.pk, ended_at__isnull=True).first()
    if clock is None:
        raise Refused("clock.not_running")
    return clock, limit_row(clock.limit_id), ledger_events(clock)


def ledger_events(clock: Clock) -> list[LedgerEvent]:
    rows = ClockEvent.objects.filter(clock=clock).order_by("at", "id")
    return [LedgerEvent(row.kind, row.at, row.reason, row.amount, row.by) for row in rows]


def move(
    matter: Matter,
    clock: Clock,
    *,
    kind: LedgerKind,
    now: datetime,
    by: str,
    reason: str = "",
    amount: int = 0,
) -> None:
    """Write a ledger row and work the deadline out anew from the whole ledger.

    A matter that is no longer late comes down the ladder, so that it can be reminded of its new deadline.
    """
    ClockEvent.objects.bulk_create(
        [
            ClockEvent(
                matter_id=matter.pk,
                area_code=matter.area_code,
                handling_unit_id=matter.handling_unit_id,
                clock=clock,
                kind=kind,
                at=now,
                reason=clean_text(reason, LONGEST_REASON),
                amount=amount,
                by=by,
            )
        ]
    )
    row = limit_row(clock.limit_id)
    due = law.due(row.limit, clock.started_at, ledger_of(ledger_events(clock)), calendar())
    clock.due_at = due.due_at
    Clock.objects.filter(pk=clock.pk).update(due_at=due.due_at)
    matter.due_at = due.due_at
    matter.supervision = min(matter.supervision, height_at(rungs(now), due.due_at, now))
