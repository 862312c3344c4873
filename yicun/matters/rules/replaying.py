"""What a replay tells: which bodies answered, how many in time, and how long it took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median
from typing import Any

from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.workdays import Calendar, workdays_between

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a board, with the answer once given to it."""

    number: int
    key: str
    title: str
    body: str
    reporter: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Handled:
    """A matter that was answered: by which body, due when, answered when."""

    unit: str
    asked_at: datetime
    due_at: datetime | None
    answered_at: datetime

    @property
    def is_on_time(self) -> bool:
        return self.due_at is not None and self.answered_at < self.due_at

    @property
    def days(self) -> float:
        return (self.answered_at - self.asked_at).total_seconds() / DAY

    def working_days(self, calendar: Calendar) -> int:
        asked, answered = (at.astimezone(SHANGHAI).date() for at in (self.asked_at, self.answered_at))
        return workdays_between(asked, answered, calendar)


def message_of(number: int, values: Mapping[str, Any]) -> Message:
    return Message(
        number=number,
        key=values["source_key"],
        title=values.get("title") or "",
        body=values.get("body") or "",
        reporter=values.get("reporter") or "",
        asked_at=values["happened_at"],
        answer=values.get("answer") or "",
        answered_at=values.get("answered_at"),
    )


def check_answer(message: Message) -> None:
    """Without a believable answer the matter stays with the body it was sent to."""
    if not message.answer.strip() or message.answered_at is None:
        raise Refused("replay.answer_missing")
    if message.answered_at < message.asked_at:
        written = {
            "asked": f"{message.asked_at:%Y-%m-%d %H:%M}",
            "answered": f"{message.answered_at:%Y-%m-%d %H:%M}",
        }
        raise Refused("replay.answer_too_early", **written)


def figures(handled: Sequence[Handled], calendar: Calendar) -> dict[str, Any]:
    """Counts, share in time, median and 95th percentile (nearest rank) in days and in working days."""
    on_time = sum(one.is_on_time for one in handled)
    spans: dict[str, Sequence[float]] = {
        "days": [round(one.days, 2) for one in handled],
        "working_days": [one.working_days(calendar) for one in handled],
    }
    return {
        "answered": len(handled),
        "on_time": on_time,
        "on_time_share": round(on_time / len(handled), 4) if handled else None,
        **{f"median_{name}": _median(values) for name, values in spans.items()},
        **{f"p95_{name}": percentile(values, 95) for name, values in spans.items()},
    }


def by_body(handled: Iterable[Handled], calendar: Calendar) -> list[dict[str, Any]]:
    """The same for each body, the one with the most answers first."""
    bodies: dict[str, list[Handled]] = {}
    for one in handled:
        bodies.setdefault(one.unit, []).append(one)
    ordered = sorted(bodies.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [{"body": unit, **figures(rows, calendar)} for unit, rows in ordered]


def percentile(values: Sequence[float], share: int) -> float | None:
    ranked = sorted(values)
    return ranked[ceil(len(ranked) * share / 100) - 1] if ranked else None


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 2) if values else None
