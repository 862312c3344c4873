"""Writing down the arithmetic of a clock while it is counted, neighbouring days of one kind as one line."""

from datetime import date, datetime, timedelta

from yicun.kernel.clocks.ledger import extensions, reasons_within
from yicun.kernel.clocks.model import (
    ClockStep,
    Due,
    Ledger,
    Span,
    StepKind,
    Unit,
    at_midnight,
)
from yicun.kernel.workdays import ONE_DAY, SHANGHAI, Calendar

ONE_HOUR = timedelta(hours=1)
COUNTING = frozenset({StepKind.COUNTED, StepKind.MAKE_UP})


def _extended(unit: Unit, ledger: Ledger) -> list[ClockStep]:
    return [
        ClockStep(
            StepKind.EXTENDED,
            entry.at.astimezone(SHANGHAI),
            None,
            unit,
            entry.amount,
            who=entry.approved_by_label,
        )
        for entry in extensions(ledger)
    ]


class DayTally:
    """Counts days one after another, beginning with the day after the event."""

    def __init__(self, event: date, unit: Unit, ledger: Ledger) -> None:
        self.counted = 0
        self._unit = unit
        self._ledger = ledger
        self._steps = [ClockStep(StepKind.EVENT_DAY, event, event, unit), *_extended(unit, ledger)]
        self._first = event
        self._last = event
        self._kind: StepKind | None = None
        self._names: dict[str, None] = {}

    def add(self, day: date, kind: StepKind, name: str) -> None:
        if kind is not self._kind:
            self._close()
            self._first, self._kind = day, kind
        self._last = day
        if name:
            self._names[name] = None
        self.counted += kind in COUNTING

    def _close(self) -> None:
        """Turn the days gathered so far into a line."""
        kind, first, last = self._kind, self._first, self._last
        if kind is None:
            return
        names = tuple(self._names)
        if kind is StepKind.PAUSED:
            names = reasons_within(self._ledger, Span(at_midnight(first), at_midnight(last + ONE_DAY)))
        days = (last - first).days + 1 if kind in COUNTING else 0
        self._steps.append(ClockStep(kind, first, last, self._unit, days, self.counted, names))
        self._kind = None
        self._names = {}

    def rolled_over(self, last: date, onto: date) -> None:
        self._close()
        self._steps.append(ClockStep(StepKind.ROLLED_OVER, last, onto, self._unit, total=self.counted))

    def expires(self, on: date, guessed: tuple[int, ...]) -> Due:
        self._close()
        self._steps.append(ClockStep(StepKind.EXPIRES_ON, on, on, self._unit, total=self.counted))
        return self._answer(at_midnight(on + ONE_DAY).astimezone(SHANGHAI), on, guessed)

    def unknown_from(self, day: date, guessed: tuple[int, ...]) -> Due:
        self._close()
        names = reasons_within(self._ledger, Span(at_midnight(day), None))
        self._steps.append(
            ClockStep(StepKind.PAUSED_OPEN, day, None, self._unit, total=self.counted, codes=names)
        )
        return self._answer(None, None, guessed)

    def _answer(self, due_at: datetime | None, due_on: date | None, guessed: tuple[int, ...]) -> Due:
        if guessed:
            first, last = date(guessed[0], 1, 1), date(guessed[-1], 12, 31)
            years = tuple(str(year) for year in guessed)
            self._steps.append(ClockStep(StepKind.PROVISIONAL, first, last, self._unit, codes=years))
        return Due(due_at, due_on, tuple(self._steps), bool(guessed))


def not_announced(first: date, last: date, calendar: Calendar) -> tuple[int, ...]:
    return tuple(year for year in range(first.year, last.year + 1) if not calendar.is_official(year))


class HourTally:
    """Counts hours through nights and holidays."""

    def __init__(self, begins: datetime, ledger: Ledger) -> None:
        self._so_far = timedelta()
        self._ledger = ledger
        self._steps = [_moment_step(StepKind.EVENT_MOMENT, begins, None), *_extended(Unit.HOUR, ledger)]

    def run(self, starts: datetime, length: timedelta) -> None:
        if length:
            self._so_far += length
            self._steps.append(
                _moment_step(StepKind.COUNTED, starts, starts + length, length / ONE_HOUR, self._hours)
            )

    @property
    def _hours(self) -> float:
        return self._so_far / ONE_HOUR

    def pause(self, span: Span) -> None:
        kind = StepKind.PAUSED_OPEN if span.ends is None else StepKind.PAUSED
        names = reasons_within(self._ledger, span)
        self._steps.append(_moment_step(kind, span.starts, span.ends, 0, self._hours, names))

    def expires(self, at: datetime) -> Due:
        self._steps.append(_moment_step(StepKind.EXPIRES_AT, at, at, 0, self._hours))
        local = at.astimezone(SHANGHAI)
        return Due(local, local.date(), tuple(self._steps), is_provisional=False)

    def unknown(self) -> Due:
        return Due(None, None, tuple(self._steps), is_provisional=False)


def _moment_step(
    kind: StepKind,
    starts: datetime,
    ends: datetime | None,
    counted: float = 0,
    total: float = 0,
    codes: tuple[str, ...] = (),
) -> ClockStep:
    local_end = None if ends is None else ends.astimezone(SHANGHAI)
    return ClockStep(kind, starts.astimezone(SHANGHAI), local_end, Unit.HOUR, counted, total, codes)
