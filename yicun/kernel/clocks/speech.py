"""The arithmetic of a clock in Chinese sentences."""

from collections.abc import Mapping
from datetime import date, datetime

from yicun.kernel import words
from yicun.kernel.clocks.model import ClockStep, Due, StepKind


def explain(due: Due, reasons: Mapping[str, str] | None = None) -> list[str]:
    """One sentence per step. `reasons` are the Chinese words of pause reasons; others are left out."""
    year = due.steps[0].starts.year
    return [say(step, year, reasons or {}) for step in due.steps]


def say(step: ClockStep, this_year: int, reasons: Mapping[str, str]) -> str:
    why = words.listed(reasons[code] for code in step.codes if code in reasons)
    return words.CLOCK_STEPS[step.kind].format(
        span=_span(step, this_year),
        onto="" if step.ends is None else _moment(step.ends, this_year),
        unit=words.UNITS[step.unit],
        counted=_number(step.counted),
        total=_number(step.total),
        days=_days(step),
        names=words.listed(words.HOLIDAYS[code] for code in step.codes if code in words.HOLIDAYS),
        why=words.WHY.format(reasons=why) if why else "",
        approval=words.APPROVED.format(who=step.who) if step.who else "",
        years=_years(step.codes),
    )


def _years(codes: tuple[str, ...]) -> str:
    """Many years are named by the first and the last."""
    return words.listed(codes) if len(codes) < 3 else words.SPAN.format(first=codes[0], last=codes[-1])


def _number(value: float) -> str:
    return f"{round(value, 2):.12g}"


def _days(step: ClockStep) -> int:
    return 0 if step.ends is None else (step.ends - step.starts).days + 1


def _moment(value: date | datetime, this_year: int) -> str:
    if isinstance(value, datetime):
        return f"{words.date_with_weekday(value.date(), this_year)}{value:%H:%M}"
    return words.date_with_weekday(value, this_year)


def _span(step: ClockStep, this_year: int) -> str:
    first, ends = _moment(step.starts, this_year), step.ends
    if ends is None or ends == step.starts or step.kind is StepKind.ROLLED_OVER:
        return first
    return words.SPAN.format(first=first, last=_moment(ends, this_year))
