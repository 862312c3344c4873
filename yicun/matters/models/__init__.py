from yicun.matters.models.approvals import Approval, ApprovalLine
from yicun.matters.models.bulk import Bulk, BulkItem, SavedFilter
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
    "Approval",
    "ApprovalLine",
    "Attachment",
    "Bulk",
    "BulkItem",
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
    "SavedFilter",
    "Supervision",
    "TimeLimit",
]
