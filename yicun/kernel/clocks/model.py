"""What a clock is made of: the limit, the entries of its ledger, and the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeAlias

from yicun.kernel.refusals import Refused
from yicun.kernel.words import date_within
from yicun.kernel.workdays import ONE_DAY, SHANGHAI

EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)


class Unit(StrEnum):
    HOUR = "hour"
    NATURAL_DAY = "natural_day"
    WORKING_DAY = "working_day"


TEN_YEARS: Mapping[Unit, int] = {Unit.HOUR: 87_600, Unit.NATURAL_DAY: 3_650, Unit.WORKING_DAY: 3_650}


def _check_amount(amount: int, most: int) -> None:
    if not 1 <= amount <= most:
        raise Refused("clock.amount_out_of_range", amount=amount, most=most)


def at_midnight(day: date) -> datetime:
    """The moment this day begins in Shanghai, in UTC: moments are compared and added there."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def local_day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def as_moment(value: date | datetime) -> datetime:
    """The moment in UTC; a date is its first moment in Shanghai. A time without a zone is refused."""
    if not isinstance(value, datetime):
        return at_midnight(date_within(value, earliest=EARLIEST, latest=LATEST))
    if value.tzinfo is None:
        raise Refused("clock.time_without_zone", text=value.isoformat())
    date_within(value.date(), earliest=EARLIEST, latest=LATEST)
    return value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """At most so many extensions, together no longer than `most` of the limit's unit."""

    times: int
    most: int


@dataclass(frozen=True, slots=True)
class Limit:
    """`pauses` are the reasons that may pause it, `extension` None: it cannot be extended.

    `rolls_over`: natural days that would end on a rest day end on the next working day.
    """

    unit: Unit
    amount: int
    pauses: frozenset[str] = frozenset()
    extension: ExtensionRule | None = None
    rolls_over: bool = True
    article: str = ""

    def __post_init__(self) -> None:
        _check_amount(self.amount, TEN_YEARS[self.unit])


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to, not including, another; None: still going on."""

    starts: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Given as moments, or as dates that are both inside it. A limit in days loses every day it touches."""

    starts: date | datetime
    ends: date | datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        span = self.span
        # The day before the first one ends where the first one begins: not an empty pause but two dates swapped.
        is_swapped = not isinstance(self.ends, datetime) and span.ends == span.starts
        if span.ends is not None and (span.ends < span.starts or is_swapped):
            raise Refused("clock.pause_reversed", starts=self.starts.isoformat(), ends=str(self.ends))

    @property
    def span(self) -> Span:
        if self.ends is None:
            return Span(as_moment(self.starts), None)
        ends = as_moment(self.ends)
        if not isinstance(self.ends, datetime):
            ends = at_midnight(self.ends + ONE_DAY)
        return Span(as_moment(self.starts), ends)


@dataclass(frozen=True, slots=True)
class Extension:
    amount: int
    at: datetime
    approved_by_label: str = ""

    def __post_init__(self) -> None:
        _check_amount(self.amount, max(TEN_YEARS.values()))
        as_moment(self.at)


Entry: TypeAlias = Pause | Extension
Ledger: TypeAlias = Sequence[Entry]


class StepKind(StrEnum):
    EVENT_DAY = "event_day"
    EVENT_MOMENT = "event_moment"
    COUNTED = "counted"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    PAUSED_OPEN = "paused_open"
    EXTENDED = "extended"
    ROLLED_OVER = "rolled_over"
    EXPIRES_ON = "expires_on"
    EXPIRES_AT = "expires_at"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One line of the arithmetic: first and last day (both inside), or from one moment to another.

    `total` is the count so far; `codes` are holidays, pause reasons or years; `who` approved an extension.
    """

    kind: StepKind
    starts: date | datetime
    ends: date | datetime | None
    unit: Unit
    counted: float = 0
    total: float = 0
    codes: tuple[str, ...] = ()
    who: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """`due_at` and `due_on` are None while an open pause keeps them unknown."""

    due_at: datetime | None
    due_on: date | None
    steps: tuple[ClockStep, ...]
    is_provisional: bool
