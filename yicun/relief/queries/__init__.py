"""What may be seen of demands: every row already limited to what the one who asks may see."""

from yicun.relief.queries.access import addressees_for, fulfilments_for, served_units, visible_to
from yicun.relief.queries.campaigns import Tally, counted_matters, definition_words, sorts
from yicun.relief.queries.detail import Detail, demand_of, detail_of, sources_for
from yicun.relief.queries.lists import (
    PAGE,
    alike,
    at_gate,
    counts_for,
    open_ones,
    owed_by,
    page_of,
    pushed_for,
)
from yicun.relief.queries.paper import paper_of
from yicun.relief.queries.rows import DemandRow, rows_of
from yicun.relief.rules.hats import may_propose
from yicun.relief.rules.periods import Period, account, period_at, periods

__all__ = [
    "PAGE",
    "DemandRow",
    "Detail",
    "Period",
    "Tally",
    "account",
    "addressees_for",
    "alike",
    "at_gate",
    "counted_matters",
    "counts_for",
    "definition_words",
    "demand_of",
    "detail_of",
    "fulfilments_for",
    "may_propose",
    "open_ones",
    "owed_by",
    "page_of",
    "paper_of",
    "period_at",
    "periods",
    "pushed_for",
    "rows_of",
    "served_units",
    "sorts",
    "sources_for",
    "visible_to",
]
