"""A campaign's report on paper: the values that the document template prints."""

from datetime import datetime
from typing import Any

from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters import queries as matters
from yicun.relief import terms
from yicun.relief.queries.detail import Detail
from yicun.relief.rules.counting import Week
from yicun.relief.terms import FACTS, DefenceLine
from yicun.territory import queries as territory

MOST_WEEKS = 6


def paper_of(detail: Detail, now: datetime) -> dict[str, Any]:
    """The last weeks side by side; what lies before them is one column, so that a year still fits the sheet."""
    tally, demand = detail.tally, detail.demand
    if tally is None:
        raise Refused("campaign.nothing_counted")
    shown = tally.weeks[-MOST_WEEKS:]
    hidden = len(tally.weeks) - len(shown)
    return {
        "title": terms.REPORT.format(title=demand.title),
        "unit": territory.unit_row(demand.handling_unit_id).name,
        "heading": demand.title,
        "defence": str(DefenceLine(demand.defence).label),
        "facts": [
            {"label": FACTS["authority"], "value": detail.row.authority},
            {"label": FACTS["deliverable"], "value": demand.deliverable},
            {"label": FACTS["addressees"], "value": detail.row.addressees},
        ],
        "period": f"{demand.starts_on} - {demand.expires_on}",
        "definition": tally.words,
        "version": terms.VERSION.format(version=tally.definition.version),
        "place": tally.place,
        "weeks": [_words(week) for week in shown],
        "has_earlier": hidden > 0,
        "villages": [
            {"name": row.name, "counts": _cells(row.by_week, hidden), "total": row.total}
            for row in tally.villages
        ],
        "sums": _cells(tally.by_week, hidden),
        "total": tally.total,
        "ended": tally.ended,
        "remarks": [
            {
                "stage": stage,
                "said": [{"text": one.text, "by": one.actor_label, "at": one.at} for one in said],
            }
            for stage, said in detail.remarks
        ],
        "printed": f"{matters.unit_name(demand.handling_unit_id)} {now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }


def _words(week: Week) -> str:
    return f"{week.first:%m-%d}"


def _cells(counts: tuple[int, ...], hidden: int) -> list[int]:
    return [*([sum(counts[:hidden])] if hidden else []), *counts[hidden:]]
