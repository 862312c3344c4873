"""Counting: when a limit ends, how much of it is used, how much is left."""

from datetime import UTC, date, datetime, timedelta

from yicun.kernel.clocks.ledger import PausedDays, paused, paused_days, total_amount
from yicun.kernel.clocks.model import Due, Ledger, Limit, Span, StepKind, Unit, as_moment, local_day
from yicun.kernel.clocks.steps import COUNTING, ONE_HOUR, DayTally, HourTally, not_announced
from yicun.kernel.workdays import ONE_DAY, Calendar, is_weekend


def due(limit: Limit, start: date | datetime, ledger: Ledger, calendar: Calendar) -> Due:
    """When the limit ends.

    Days: the day after the event is the first, the end is 24:00 of the last (`due_at` is the midnight after
    `due_on`); paused days do not count. Hours run from the event's own moment (a date: its 00:00), through
    nights and holidays. An end not reached before an open pause is unknown.
    """
    if limit.unit is Unit.HOUR:
        return _due_by_hours(limit, as_moment(start), ledger)
    return _due_by_days(limit, local_day(as_moment(start)), ledger, calendar)


def _due_by_hours(limit: Limit, begins: datetime, ledger: Ledger) -> Due:
    tally = HourTally(begins, ledger)
    at, need = begins, ONE_HOUR * total_amount(limit, ledger)
    for span in paused(ledger):
        if span.ends is not None and span.ends <= at:
            continue
        run = max(span.starts - at, timedelta())
        if run >= need:
            break
        tally.run(at, run)
        tally.pause(Span(max(span.starts, at), span.ends))
        if span.ends is None:
            return tally.unknown()
        at, need = span.ends, need - run
    tally.run(at, need)
    return tally.expires(at + need)


def _due_by_days(limit: Limit, event: date, ledger: Ledger, calendar: Calendar) -> Due:
    tally, still = DayTally(event, limit.unit, ledger), paused_days(ledger)
    is_working = limit.unit is Unit.WORKING_DAY
    day, total = event, total_amount(limit, ledger)
    while tally.counted < total:
        day += ONE_DAY
        if still.is_open_on(day):
            return tally.unknown_from(day, not_announced(event, day, calendar) if is_working else ())
        kind = _kind(day, limit.unit, still, calendar)
        tally.add(day, kind, calendar.holiday(day) if kind is StepKind.HOLIDAY else "")
    if is_working:
        return tally.expires(day, not_announced(event + ONE_DAY, day, calendar))
    if not limit.rolls_over:
        return tally.expires(day, ())
    return _rolled_over(tally, day, still, calendar)


def _rolled_over(tally: DayTally, last: date, still: PausedDays, calendar: Calendar) -> Due:
    onto = last
    while not calendar.is_workday(onto) or still.has(onto):
        onto += ONE_DAY
        if still.is_open_on(onto):
            return tally.unknown_from(onto, not_announced(last, onto, calendar))
    if onto != last:
        tally.rolled_over(last, onto)
    return tally.expires(onto, not_announced(last, onto, calendar))


def _kind(day: date, unit: Unit, still: PausedDays, calendar: Calendar) -> StepKind:
    if still.has(day):
        return StepKind.PAUSED
    if unit is Unit.NATURAL_DAY:
        return StepKind.COUNTED
    if calendar.is_workday(day):
        return StepKind.MAKE_UP if is_weekend(day) else StepKind.COUNTED
    return StepKind.HOLIDAY if calendar.holiday(day) else StepKind.WEEKEND


def used(limit: Limit, start: date | datetime, until: datetime, ledger: Ledger, calendar: Calendar) -> float:
    """How much has elapsed, whatever the limit's amount: whole days, or hours and parts of them.

    An open pause stands until `until`.
    """
    begins, ends = as_moment(start), as_moment(until)
    if limit.unit is Unit.HOUR:
        return _hours_used(begins, max(begins, ends), ledger)
    still, day = paused_days(ledger), local_day(begins) + ONE_DAY
    today, counted = local_day(ends), 0
    while day < today:
        counted += _kind(day, limit.unit, still, calendar) in COUNTING
        day += ONE_DAY
    return counted


def _hours_used(begins: datetime, ends: datetime, ledger: Ledger) -> float:
    elapsed = ends - begins
    for span in paused(ledger):
        overlap = min(span.ends or ends, ends) - max(span.starts, begins)
        elapsed -= max(overlap, timedelta())
    return elapsed / ONE_HOUR


def left(limit: Limit, start: date | datetime, now: datetime, ledger: Ledger, calendar: Calendar) -> float:
    """What remains, in the limit's unit, today included; 0 on the rest days a limit is rolled over."""
    return max(0, total_amount(limit, ledger) - used(limit, start, now, ledger, calendar))


def is_overdue(due: Due, now: datetime) -> bool:
    return due.due_at is not None and now.astimezone(UTC) >= due.due_at
