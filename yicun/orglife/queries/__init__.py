"""What may be seen of meetings and of the systems they belong to."""

from yicun.orglife.queries.access import meeting_of, visible_to
from yicun.orglife.queries.meetings import (
    PAGE,
    Briefing,
    Detail,
    briefing_of,
    burden_of,
    detail_of,
    page_of,
    period_matters,
    spent_words,
    unresolved,
)
from yicun.orglife.queries.paper import paper_of
from yicun.orglife.queries.systems import covered_from, standing_of, systems_at, todo_for
from yicun.orglife.rules import holding_unit, may_hold

__all__ = [
    "PAGE",
    "Briefing",
    "Detail",
    "briefing_of",
    "burden_of",
    "covered_from",
    "detail_of",
    "holding_unit",
    "may_hold",
    "meeting_of",
    "page_of",
    "paper_of",
    "period_matters",
    "spent_words",
    "standing_of",
    "systems_at",
    "todo_for",
    "unresolved",
    "visible_to",
]
