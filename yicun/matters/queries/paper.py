"""A matter on paper: the values that the document template prints."""

from typing import Any

from yicun.kernel.words import UNITS
from yicun.matters.queries.approvals import Paper
from yicun.matters.queries.detail import ClockFace, Detail
from yicun.matters.queries.sheet import facts_of, history_of
from yicun.matters.terms import ClockName, State
from yicun.matters.terms import approvals as asked
from yicun.matters.terms import pages as words
from yicun.territory import queries as territory


def paper_of(detail: Detail) -> dict[str, Any]:
    matter = detail.matter
    return {
        "title": matter.number,
        "unit": territory.unit_row(matter.desk_unit_id).name,
        "number": matter.number,
        "state": State(matter.state).label,
        "facts": _facts(detail),
        "content": matter.body or matter.title,
        "steps": [
            {
                "at": line.at,
                "action": line.verb,
                "actor": line.who,
                "note": line.text or line.instruction or line.reply,
            }
            for line in reversed(history_of(detail))
        ],
        "clocks": [_clock(face) for face in reversed(detail.clocks)],
        "instructions": [
            {"words": one.text, "leader": one.given_by, "at": one.given_at, "reply": one.reply}
            for one in detail.instructions
        ],
        "signatures": list(words.SIGNATURES),
        "printed": matter.number,
    }


def approval_sheet_of(paper: Paper) -> dict[str, Any]:
    """A request on paper: what is asked, the opinions with their names, the whole course."""
    named = {
        "kind": paper.kind_label,
        "matter": paper.title,
        "number": paper.number,
        "unit": paper.unit,
        "asked_by": paper.asked_by,
        "asked_at": paper.asked_at,
        "due_at": paper.due_at or "",
    }
    facts = [{"label": asked.PAPER_FACTS[name], "value": value} for name, value in named.items() if value]
    return {
        "title": f"{paper.number} {asked.SHEET_TITLE}",
        "unit": paper.unit,
        "number": paper.number,
        "state": paper.state_label,
        "facts": facts + [{"label": label, "value": value} for label, value in paper.facts],
        "reason": paper.reason,
        "opinions": _opinions(paper),
        "history": [
            {"at": line.at, "round": str(line.round), "deed": line.deed, "by": line.by, "text": line.text}
            for line in paper.lines
        ],
        "printed": paper.number,
    }


def _opinions(paper: Paper) -> list[dict[str, Any]]:
    """What is decided stands in its line; what is not leaves room for a pen."""
    unit, check, leader = asked.OPINIONS
    decided = {"words": paper.opinion, "by": paper.decided_by, "at": paper.decided_at or ""}
    return [
        {"label": unit, "words": paper.reason, "by": paper.asked_by, "at": paper.asked_at},
        {"label": check, "words": "", "by": "", "at": asked.PEN_DATE},
        {"label": leader, **decided}
        if paper.decided_at
        else {"label": leader, "words": "", "by": "", "at": asked.PEN_DATE},
    ]


def _facts(detail: Detail) -> list[dict[str, Any]]:
    head = {"label": words.FACTS["title"], "value": detail.matter.title, "wide": True}
    return [head, *({"label": label, "value": value} for label, value in facts_of(detail.matter))]


def _clock(face: ClockFace) -> dict[str, Any]:
    return {
        "name": ClockName(face.name).label,
        "limit": words.LIMIT.format(amount=face.limit.amount, unit=UNITS[face.limit.unit]),
        "due": face.due_at or "",
        "state": _state(face),
        "lines": face.arithmetic,
        "article": face.article,
    }


def _state(face: ClockFace) -> str:
    if face.ended_at is None:
        return words.CLOCK_PAUSED if face.is_paused else words.CLOCK_RUNNING
    if face.is_set_aside:
        return words.CLOCK_SET_ASIDE
    is_late = face.due_at is not None and face.ended_at >= face.due_at
    return words.CLOCK_MISSED if is_late else words.CLOCK_KEPT
