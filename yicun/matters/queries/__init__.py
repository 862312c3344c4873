"""What may be seen of matters: every row already limited to what the one who asks may see."""

from yicun.matters.queries.access import open_for, visible_to
from yicun.matters.queries.approvals import (
    Paper,
    approvals_for,
    asked_by,
    paper_for,
    papers_of,
    possible_signers,
    returned_by,
    signed_by,
    waiting_for_signature,
)
from yicun.matters.queries.articles import articles_of
from yicun.matters.queries.boards import Page, board_for, counts_for, page_for, page_of, shown_count
from yicun.matters.queries.detail import (
    ClockFace,
    Detail,
    attachment_of,
    detail_of,
    possible_duplicates,
)
from yicun.matters.queries.lineage import in_hands_of, merged_here, survivor_of
from yicun.matters.queries.paper import approval_sheet_of, paper_of
from yicun.matters.queries.reference import (
    calendar,
    categories,
    mapping,
    suggested_partner,
    workflow_table,
)
from yicun.matters.queries.rows import beside_of, level_of, place_of, rows_of, tone_of, unit_name
from yicun.matters.queries.sheet import (
    co_handlers_of,
    course_of,
    due_of,
    facts_of,
    history_of,
    instructions_of,
    merge_of,
    merged_rows_of,
    situation_of,
)
from yicun.matters.queries.targets import merge_target, merge_targets
from yicun.matters.queries.todo import todo_for
from yicun.matters.rules.drafting import Draft
from yicun.matters.rules.reading import read_draft

__all__ = [
    "ClockFace",
    "Detail",
    "Draft",
    "Page",
    "Paper",
    "approval_sheet_of",
    "approvals_for",
    "articles_of",
    "asked_by",
    "attachment_of",
    "beside_of",
    "board_for",
    "calendar",
    "categories",
    "co_handlers_of",
    "counts_for",
    "course_of",
    "detail_of",
    "due_of",
    "facts_of",
    "history_of",
    "in_hands_of",
    "instructions_of",
    "level_of",
    "mapping",
    "merge_of",
    "merge_target",
    "merge_targets",
    "merged_here",
    "merged_rows_of",
    "open_for",
    "page_for",
    "page_of",
    "paper_for",
    "paper_of",
    "papers_of",
    "place_of",
    "possible_duplicates",
    "possible_signers",
    "read_draft",
    "returned_by",
    "rows_of",
    "shown_count",
    "signed_by",
    "situation_of",
    "suggested_partner",
    "survivor_of",
    "todo_for",
    "tone_of",
    "unit_name",
    "visible_to",
    "waiting_for_signature",
    "workflow_table",
]
