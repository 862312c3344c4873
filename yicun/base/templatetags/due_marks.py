"""What the mark of a deadline says at a given moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON_DAYS = 1

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
    """What a page needs to know of a deadline; `ended_at` and `paused_at` are None while it runs."""

    name: str
    due_at: datetime
    ended_at: datetime | None
    paused_at: datetime | None
    article: str
    lines: Sequence[str]
    is_provisional: bool


@dataclass(frozen=True)
class Mark:
    """A deadline as it is shown: which sentence, how much of which unit, which shape."""

    kind: Kind
    shape: str
    amount: int = 0
    unit: str = ""
    time: str = ""
    due_at: datetime | None = None
    has_sum: bool = False


def _amount(late_by: timedelta) -> tuple[int, str]:
    if late_by >= DAY:
        return late_by // DAY, "day"
    if late_by >= HOUR:
        return late_by // HOUR, "hour"
    return max(1, late_by // timedelta(minutes=1)), "minute"


def _last_day(due_at: datetime) -> tuple[datetime, str]:
    """The day on which a deadline falls: midnight belongs to the day before, as its 24:00."""
    local = due_at.astimezone(LOCAL)
    if local.time() == time(0):
        return local - DAY, "24:00"
    return local, f"{local:%H:%M}"


def _kind(clock: Clock, now: datetime, days: int, is_this_year: bool) -> Kind:
    if clock.ended_at is not None:
        return "done" if clock.ended_at <= clock.due_at else "done_late"
    if clock.paused_at is not None:
        return "paused"
    if now > clock.due_at:
        return "overdue"
    if days <= SOON_DAYS:
        return "today" if days == 0 else "tomorrow"
    return "this_year" if is_this_year else "later"


def due_mark(clock: Clock | None, now: datetime, *, is_plain: bool = False) -> Mark:
    """Work out what to say about a deadline now."""
    if clock is None:
        return Mark("none", SHAPES["none"])
    last_day, clock_time = _last_day(clock.due_at)
    today = now.astimezone(LOCAL)
    days = (last_day.date() - today.date()).days
    kind = _kind(clock, now, days, last_day.year == today.year)
    reached = clock.ended_at or now
    amount, unit = _amount(reached - clock.due_at) if reached > clock.due_at else (days, "day")
    has_sum = not is_plain and bool(clock.article or clock.lines)
    return Mark(kind, SHAPES[kind], amount, unit, clock_time, last_day, has_sum)
