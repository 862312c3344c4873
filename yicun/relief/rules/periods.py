"""The periods of a demand that comes again: calendar weeks, months, quarters, years between its first and last day."""

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from yicun.relief.terms import Cadence

MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}
WEEK = 7


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it; what is asked is due by the end of the last."""

    starts_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Account:
    """How one unit stands: the period of today (None before the first day and after the last), and what is owed."""

    current: Period | None
    is_done: bool
    missed: tuple[Period, ...]

    @property
    def is_owed(self) -> bool:
        return bool(self.missed) or (self.current is not None and not self.is_done)

    @property
    def due_on(self) -> date | None:
        """The day that presses most."""
        if self.missed:
            return self.missed[0].due_on
        return self.current.due_on if self.current and not self.is_done else None


def periods(cadence: str, starts_on: date, expires_on: date, until: date) -> Iterator[Period]:
    """Those that have begun by `until`, oldest first. The first and the last may be shorter than the others."""
    first = starts_on
    while first <= min(expires_on, until):
        last = min(_last_day(cadence, first, expires_on), expires_on)
        yield Period(first, last)
        first = last + timedelta(days=1)


def period_at(cadence: str, starts_on: date, expires_on: date, on: date) -> Period | None:
    """The period that the day lies in."""
    if not starts_on <= on <= expires_on:
        return None
    return next(found for found in periods(cadence, starts_on, expires_on, on) if found.due_on >= on)


def account(cadence: str, starts_on: date, expires_on: date, met: Collection[date], on: date) -> Account:
    """`met`: the first days of the periods that were met."""
    current, missed = None, []
    for period in periods(cadence, starts_on, expires_on, on):
        if period.due_on >= on:
            current = period
        elif period.starts_on not in met:
            missed.append(period)
    return Account(current, current is not None and current.starts_on in met, tuple(missed))


def _last_day(cadence: str, first: date, expires_on: date) -> date:
    if cadence == Cadence.ONCE:
        return expires_on
    if cadence == Cadence.WEEKLY:
        return first + timedelta(days=WEEK - 1 - first.weekday())
    months = MONTHS[Cadence(cadence)]
    month = (first.month - 1) // months * months + months
    return date(first.year, month, monthrange(first.year, month)[1])
