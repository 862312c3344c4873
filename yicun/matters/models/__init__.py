from yicun.matters.models.lineage import Lineage
from yicun.matters.models.matter import Attachment, CoHandler, Entry, Instruction, Matter, Party
from yicun.matters.models.reference import (
    CalendarDay,
    Category,
    ColumnMapping,
    RoutingWord,
    Supervision,
    TimeLimit,
)
from yicun.matters.models.timing import Clock, ClockEvent

__all__ = [
    "Attachment",
    "CalendarDay",
    "Category",
    "Clock",
    "ClockEvent",
    "CoHandler",
    "ColumnMapping",
    "Entry",
    "Instruction",
    "Lineage",
    "Matter",
    "Party",
    "RoutingWord",
    "Supervision",
    "TimeLimit",
]
