from yicun.matters.models.matter import Attachment, CoHandler, Entry, Instruction, Matter, Party
from yicun.matters.models.reference import Category, ColumnMapping, RoutingWord, Supervision, TimeLimit
from yicun.matters.models.timing import Clock, ClockEvent

__all__ = [
    "Attachment",
    "Category",
    "Clock",
    "ClockEvent",
    "CoHandler",
    "ColumnMapping",
    "Entry",
    "Instruction",
    "Matter",
    "Party",
    "RoutingWord",
    "Supervision",
    "TimeLimit",
]
