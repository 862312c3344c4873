"""Reading the ledger of a clock, and what may be entered into it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yicun.kernel.clocks.model import Extension, Ledger, Limit, Pause, Span, as_moment, local_day
from yicun.kernel.refusals import Refused

_INSTANT = timedelta(microseconds=1)


def paused(ledger: Ledger) -> tuple[Span, ...]:
    """All pauses in order, overlapping and adjoining ones as one."""
    merged: list[Span] = []
    spans = [entry.span for entry in ledger if isinstance(entry, Pause)]
    for span in sorted(spans, key=lambda span: span.starts):
        last = merged[-1] if merged else None
        if span.starts == span.ends:
            continue
        if last is None or (last.ends is not None and last.ends < span.starts):
            merged.append(span)
        elif last.ends is not None and (span.ends is None or span.ends > last.ends):
            merged[-1] = Span(last.starts, span.ends)
    return tuple(merged)


def is_paused(ledger: Ledger, at: datetime) -> bool:
    moment = as_moment(at)
    return any(span.starts <= moment and (span.ends is None or moment < span.ends) for span in paused(ledger))


@dataclass(frozen=True, slots=True)
class PausedDays:
    """The days of Shanghai that pauses touch: none of them counts."""

    closed: tuple[tuple[date, date], ...]
    open_from: date | None

    def has(self, day: date) -> bool:
        return self.is_open_on(day) or any(first <= day <= last for first, last in self.closed)

    def is_open_on(self, day: date) -> bool:
        return self.open_from is not None and day >= self.open_from


def paused_days(ledger: Ledger) -> PausedDays:
    spans = paused(ledger)
    return PausedDays(
        tuple((local_day(s.starts), local_day(s.ends - _INSTANT)) for s in spans if s.ends is not None),
        next((local_day(s.starts) for s in spans if s.ends is None), None),
    )


def reasons_within(ledger: Ledger, within: Span) -> tuple[str, ...]:
    """Why the clock stood still in this span, each reason once."""
    pauses = [entry for entry in ledger if isinstance(entry, Pause) and entry.reason]
    return tuple(
        dict.fromkeys(
            pause.reason
            for pause in pauses
            if (within.ends is None or pause.span.starts < within.ends)
            and (pause.span.ends is None or pause.span.ends > within.starts)
        )
    )


def extensions(ledger: Ledger) -> tuple[Extension, ...]:
    return tuple(entry for entry in ledger if isinstance(entry, Extension))


def total_amount(limit: Limit, ledger: Ledger) -> int:
    return limit.amount + sum(extension.amount for extension in extensions(ledger))


def allow_pause(limit: Limit, reason: str) -> None:
    """Judged when a pause is entered; a pause once entered stands, whatever the rule says later."""
    if reason not in limit.pauses:
        raise Refused("clock.pause_not_allowed", reason=reason, allowed=sorted(limit.pauses))


def allow_extension(limit: Limit, ledger: Ledger, amount: int) -> None:
    """Judged when an extension is asked for, with those already in the ledger."""
    rule, earlier = limit.extension, extensions(ledger)
    if rule is None or len(earlier) >= rule.times:
        raise Refused("clock.extension_not_allowed", times=rule.times if rule else 0)
    room = rule.most - sum(extension.amount for extension in earlier)
    if amount > room:
        raise Refused("clock.extension_too_long", most=rule.most, room=max(room, 0), amount=amount)
