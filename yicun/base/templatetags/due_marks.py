"""What the mark of a deadline says at a given moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal, Protocol

from yicun.kernel.clocks import SHANGHAI

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Kind = Literal["none", "paused", "done", "done_late", "overdue", "today", "tomorrow", "this_year", "later"]
SHAPES: dict[Kind, str] = {
    "none": "far",
    "paused": "paused",
    "done": "done",
    "done_late": "late",
    "overdue": "late",
    "today": "soon",
    "tomorrow": "far",
    "this_year": "far",
    "later": "far",
}


class Clock(Protocol):
    """What a page needs to know of a deadline; `due_at` is None while a pause keeps it unknown."""

    @property
    def name(self) -> str: ...
    @property
    def article(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def is_paused(self) -> bool: ...
    @property
    def arithmetic(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class ListedClock:
    """A deadline in a list: the moment alone, without its sum."""

    due_at: datetime | None
    ended_at: datetime | None = None
    is_paused: bool = False
    name: str = ""
    article: str = ""
    arithmetic: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A deadline as it is shown: which sentence, how much of which unit, which shape."""

    kind: Kind
    amount: int = 0
    unit: str = ""
    time: str = ""
    due_at: datetime | None = None
    has_sum: bool = False

    @property
    def shape(self) -> str:
        return SHAPES[self.kind]


def _amount(late_by: timedelta) -> tuple[int, str]:
    if late_by >= DAY:
        return late_by // DAY, "day"
    if late_by >= HOUR:
        return late_by // HOUR, "hour"
    return max(1, late_by // timedelta(minutes=1)), "minute"


def _last_day(due_at: datetime) -> tuple[datetime, str]:
    """The day on which a deadline falls: midnight belongs to the day before, as its 24:00."""
    local = due_at.astimezone(SHANGHAI)
    if local.time() == time(0):
        return local - DAY, "24:00"
    return local, f"{local:%H:%M}"


def _ahead(days: int, is_this_year: bool) -> Kind:
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    return "this_year" if is_this_year else "later"


def due_mark(clock: Clock | None, now: datetime, *, is_plain: bool = False) -> Mark:
    """Work out what to say about a deadline now."""
    if clock is None:
        return Mark("none")
    has_sum = not is_plain and bool(clock.article or clock.arithmetic)
    if clock.due_at is None:
        return Mark("paused" if clock.is_paused else "none", has_sum=has_sum)
    last_day, clock_time = _last_day(clock.due_at)
    shown = Mark("done", time=clock_time, due_at=last_day, has_sum=has_sum)
    reached = clock.ended_at or now
    if clock.is_paused and clock.ended_at is None:
        return replace(shown, kind="paused")
    if reached >= clock.due_at:
        late, unit = _amount(reached - clock.due_at)
        return replace(shown, kind="done_late" if clock.ended_at else "overdue", amount=late, unit=unit)
    if clock.ended_at:
        return shown
    today = now.astimezone(SHANGHAI)
    days = (last_day.date() - today.date()).days
    return replace(shown, kind=_ahead(days, last_day.year == today.year), amount=days, unit="day")
