"""The minutes of a meeting on paper: the values that the document template prints."""

from typing import Any

from yicun.orglife import terms
from yicun.orglife.queries.meetings import Detail
from yicun.orglife.terms import FACTS


def paper_of(detail: Detail) -> dict[str, Any]:
    meeting = detail.meeting
    return {
        "title": terms.PAPER.format(system=meeting.system_name),
        "unit": detail.unit,
        "facts": [
            {"label": FACTS["held_on"], "value": meeting.held_on},
            {"label": FACTS["place"], "value": meeting.place},
            {"label": FACTS["recorder"], "value": meeting.recorder_label},
            {"label": FACTS["minutes_spent"], "value": detail.spent},
        ],
        "attendance": detail.attendance,
        "period": f"{detail.briefing.first} - {detail.briefing.last}",
        "kinds": [{"label": label, "count": count} for _, label, count in detail.briefing.kinds],
        "total": detail.briefing.total,
        "agenda": [item.text for item in detail.agenda],
        "text": meeting.text,
        "decisions": [
            {
                "text": one.decision.text,
                "unit": one.unit,
                "due_on": one.decision.due_on,
                "number": one.number,
                "state": one.state,
            }
            for one in detail.decisions
        ],
        "printed": f"{meeting.system_name} {meeting.held_on}",
    }
