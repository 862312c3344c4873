"""Which time limit applies: the most specific row in force. And which ledger a clock's events amount to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yicun.kernel.clocks import Extension, ExtensionRule, Limit, Pause, Unit, allow_extension, allow_pause
from yicun.kernel.refusals import Refused
from yicun.matters.terms import ClockName, LedgerKind

EXTENSIONS = 3
EXTENDING = (
    LedgerKind.EXTENSION_REQUEST,
    LedgerKind.EXTENSION,
    LedgerKind.EXTENSION_REFUSAL,
    LedgerKind.EXTENSION_WITHDRAWAL,
)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A row of the limit table. Blank `kind`, `urgency`, `channel` mean: any."""

    id: UUID
    clock: str
    kind: str
    urgency: str
    channel: str
    unit: str
    amount: int
    pauses: tuple[str, ...]
    extension_most: int
    article: str
    starts_on: date
    ends_on: date | None

    @property
    def limit(self) -> Limit:
        rule = ExtensionRule(EXTENSIONS, self.extension_most) if self.extension_most else None
        return Limit(Unit(self.unit), self.amount, frozenset(self.pauses), rule, article=self.article)


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One row of a clock's ledger, in the order written."""

    kind: str
    at: datetime
    reason: str = ""
    amount: int = 0
    by: str = ""


def pick(
    rows: Iterable[LimitRow], *, clock: str, kind: str, urgency: str, channel: str, on: date
) -> LimitRow:
    """Channel counts more than urgency, urgency more than kind: a promise made to a channel is kept for every kind."""
    wanted = {"channel": channel, "urgency": urgency, "kind": kind}
    fitting = [row for row in rows if row.clock == clock and _in_force(row, on) and _fits(row, wanted)]
    if not fitting:
        raise Refused("matter.limit_missing", clock=ClockName(clock).label)
    return max(fitting, key=lambda row: (bool(row.channel), bool(row.urgency), bool(row.kind), row.starts_on))


def ledger_of(events: Sequence[LedgerEvent]) -> tuple[Pause | Extension, ...]:
    """Pauses closed by the next resume, and granted extensions; requests and refusals move no clock."""
    ledger: list[Pause | Extension] = []
    for place, event in enumerate(events):
        if event.kind == LedgerKind.PAUSE:
            ends = next((e.at for e in events[place + 1 :] if e.kind == LedgerKind.RESUME), None)
            ledger.append(Pause(event.at, ends, event.reason))
        elif event.kind == LedgerKind.EXTENSION:
            ledger.append(Extension(event.amount, event.at, event.by))
    return tuple(ledger)


def is_paused(events: Sequence[LedgerEvent]) -> bool:
    turns = [e.kind for e in events if e.kind in (LedgerKind.PAUSE, LedgerKind.RESUME)]
    return bool(turns) and turns[-1] == LedgerKind.PAUSE


def pending_extension(events: Sequence[LedgerEvent]) -> LedgerEvent | None:
    """The request that nobody has answered yet."""
    spoken = [e for e in events if e.kind in EXTENDING]
    return spoken[-1] if spoken and spoken[-1].kind == LedgerKind.EXTENSION_REQUEST else None


def check_pause(row: LimitRow, events: Sequence[LedgerEvent], reason: str) -> None:
    allow_pause(row.limit, reason)
    if is_paused(events):
        raise Refused("clock.already_paused")


def check_extension(row: LimitRow, events: Sequence[LedgerEvent], amount: int) -> None:
    if pending_extension(events):
        raise Refused("extension.pending")
    if amount < 1:
        raise Refused("value.not_a_number", text=amount)
    allow_extension(row.limit, ledger_of(events), amount)


def _in_force(row: LimitRow, on: date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or on < row.ends_on)


def _fits(row: LimitRow, wanted: dict[str, str]) -> bool:
    return all(getattr(row, name) in ("", value) for name, value in wanted.items())
