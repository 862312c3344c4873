"""What may be seen of matters: every row already limited to what the one who asks may see."""

from yicun.matters.queries.access import open_for, visible_to
from yicun.matters.queries.boards import Page, board_for, counts_for, page_of
from yicun.matters.queries.detail import ClockFace, Detail, detail_of, open_steps_for, possible_duplicates
from yicun.matters.queries.reference import categories, mapping, suggested_partner, workflow_table
from yicun.matters.rules.reading import read_draft

__all__ = [
    "ClockFace",
    "Detail",
    "Page",
    "board_for",
    "categories",
    "counts_for",
    "detail_of",
    "mapping",
    "open_for",
    "open_steps_for",
    "page_of",
    "possible_duplicates",
    "read_draft",
    "suggested_partner",
    "visible_to",
    "workflow_table",
]
