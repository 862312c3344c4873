"""The legal clock: a limit is data, pauses and extensions are a ledger, every result shows its arithmetic."""

from yicun.kernel.clocks.count import due, is_overdue, left, used
from yicun.kernel.clocks.ledger import (
    allow_extension,
    allow_pause,
    is_paused,
    paused,
    total_amount,
)
from yicun.kernel.clocks.model import (
    ClockStep,
    Due,
    Entry,
    Extension,
    ExtensionRule,
    Ledger,
    Limit,
    Pause,
    Span,
    StepKind,
    Unit,
)
from yicun.kernel.clocks.speech import explain
from yicun.kernel.clocks.typed import answer, parse_limit, parse_pause
from yicun.kernel.workdays import SHANGHAI

__all__ = [
    "SHANGHAI",
    "ClockStep",
    "Due",
    "Entry",
    "Extension",
    "ExtensionRule",
    "Ledger",
    "Limit",
    "Pause",
    "Span",
    "StepKind",
    "Unit",
    "allow_extension",
    "allow_pause",
    "answer",
    "due",
    "explain",
    "is_overdue",
    "is_paused",
    "left",
    "parse_limit",
    "parse_pause",
    "paused",
    "total_amount",
    "used",
]
