"""One matter as its page and its paper show it: facts in words, the course so far, the clocks, the history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters.models import Entry, Instruction, Matter
from yicun.matters.queries.detail import ClockFace, Detail
from yicun.matters.queries.reference import categories
from yicun.matters.queries.rows import place_of, tone_of, unit_name
from yicun.matters.rules.approvals import may_be_asked, needs_signature_to_close
from yicun.matters.rules.flow import WITH_HANDLER
from yicun.matters.rules.hats import Hat
from yicun.matters.rules.instructions import is_overdue
from yicun.matters.rules.kinds import FIELDS, Field
from yicun.matters.rules.oversight import is_handler, is_same_person
from yicun.matters.rules.panel import Situation
from yicun.matters.terms import (
    CHOICES,
    DETAIL_LABELS,
    Action,
    Channel,
    ClockName,
    Grade,
    Kind,
    Level,
    Satisfaction,
    State,
    Urgency,
)
from yicun.matters.terms.approvals import Deed
from yicun.matters.terms.lineage import Sameness
from yicun.matters.terms.pages import COURSE, FACTS, JOINED, RECOUNTED, SAID, WITH_CODE, YES_NO

VERBS = {one.value: str(one.label) for words in (Level, Deed, Action) for one in words} | {
    "recount": RECOUNTED
}
TONES = {Action.RETURN_BACK: "fire", Action.REWORK: "fire", Action.CLOSE: "ok", Action.VERIFY: "ok"}
# Where in the course a matter stands: how many of its steps are behind it.
BEHIND = {
    State.RECORDED: 1,
    State.ACCEPTED: 2,
    State.ASSESSED: 3,
    State.ASSIGNED: 4,
    State.HANDLING: 5,
    State.DEFERRED: 5,
    State.FED_BACK: 6,
    State.VERIFIED: 7,
    State.CLOSED: 8,
}


@dataclass(frozen=True, slots=True)
class CourseStep:
    label: str
    mark: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the history."""

    who: str
    verb: str
    at: datetime
    tone: str = ""
    text: str = ""
    instruction: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class InstructionFace:
    row: Instruction
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class DueFace:
    """A clock as the due mark shows it, its name in words."""

    name: str
    article: str
    due_at: datetime | None
    ended_at: datetime | None
    is_paused: bool
    arithmetic: list[str]


def facts_of(matter: Matter) -> list[tuple[str, Any]]:
    """Term and value, in the order of the paper form; what is empty is left out."""
    plain = {
        "channel": Channel(matter.channel).label,
        "place": place_of(matter),
        "happened_at": matter.happened_at,
        "recorded": matter.recorder_label,
        "recorded_at": matter.recorded_at,
        "urgency": Urgency(matter.urgency).label,
        "grade": Grade(matter.grade).label if matter.grade else "",
        "desk": unit_name(matter.desk_unit_id),
        "unit": unit_name(matter.handling_unit_id),
        "handler": matter.handler_label,
        "satisfaction": Satisfaction(matter.satisfaction).label if matter.satisfaction else "",
        "source_key": matter.source_key,
    }
    return [(FACTS[name], value) for name, value in plain.items() if value] + details_of(matter)


def details_of(matter: Matter) -> list[tuple[str, Any]]:
    """What only this kind asks, codes with their names; the grade stands among the facts."""
    stored = matter.details
    fields = [field for field in FIELDS[Kind(matter.kind)] if field.name in stored and field.name != "grade"]
    return [(DETAIL_LABELS[field.name], _in_words(field, stored[field.name])) for field in fields]


def course_of(detail: Detail) -> list[CourseStep]:
    matter = detail.matter
    behind = BEHIND.get(State(matter.state))
    dates = {entry.verb: f"{entry.at.astimezone(SHANGHAI):%m-%d %H:%M}" for entry in reversed(detail.entries)}
    if behind is None:
        taken = [action for action in COURSE if action in dates]
        steps = [CourseStep(COURSE[action], "done", dates[action]) for action in taken]
        return [*steps, CourseStep(str(State(matter.state).label), "returned")]
    is_back = matter.bounces > 0 or matter.reworks > 0 or matter.reopenings > 0
    return [
        CourseStep(label, _mark(place, behind, is_back), dates.get(action, "") if place < behind else "")
        for place, (action, label) in enumerate(COURSE.items())
    ]


def history_of(detail: Detail) -> list[Line]:
    """Newest first; an instruction in its own block."""
    return [_line(entry) for entry in detail.entries]


def instructions_of(detail: Detail, now: datetime) -> list[InstructionFace]:
    """The leaders' instructions, the newest first; what nobody answered in time is marked."""
    today = now.astimezone(SHANGHAI).date()
    return [
        InstructionFace(row, is_overdue(row.due_on, is_replied=row.replied_at is not None, today=today))
        for row in detail.instructions
    ]


def co_handlers_of(detail: Detail) -> list[dict[str, Any]]:
    return [{"unit": unit_name(row.unit_id), "row": row} for row in detail.co_handlers]


def due_of(face: ClockFace | None) -> DueFace | None:
    """The deadline with its article and its arithmetic."""
    if face is None:
        return None
    name = str(ClockName(face.name).label)
    return DueFace(name, face.article, face.due_at, face.ended_at, face.is_paused, face.arithmetic)


def merge_of(detail: Detail) -> dict[str, Any] | None:
    """Into which one, since when and why; and where that one has got to, as far as it may be seen."""
    if detail.merge is None:
        return None
    survivor = detail.survivor
    return {
        "row": detail.merge,
        "sameness": str(Sameness(detail.merge.sameness).label),
        "into": detail.matter.merged_into,
        "survivor": survivor,
        "state": str(State(survivor.state).label) if survivor else "",
        "tone": tone_of(survivor.state) if survivor else "",
    }


def merged_rows_of(detail: Detail) -> list[dict[str, Any]]:
    """Each with who wrote it down and who reported it, as masked as on its own page."""
    named: dict[UUID, list[str]] = {}
    for party in detail.reporters:
        named.setdefault(party.matter_id, []).append(party.name_masked)
    return [
        {
            "row": row,
            "sameness": str(Sameness(row.sameness).label),
            "channel": str(Channel(row.matter.channel).label),
            "reporters": named.get(row.matter_id, []),
            "is_indirect": row.into_id != detail.matter.pk,
        }
        for row in detail.merged
    ]


def situation_of(detail: Detail, actor: Actor) -> Situation:
    """What decides which of the open steps make sense."""
    face, matter = detail.running, detail.matter
    is_own = is_handler(actor, matter.handler_member_id)
    return Situation(
        is_paused=face is not None and face.is_paused,
        has_pending_extension=face is not None and face.pending is not None,
        can_extend=face is not None and bool(face.limit.extension_most),
        pauses=face.limit.pauses if face else (),
        has_open_instruction=matter.has_open_instruction,
        is_own_feedback=is_same_person(actor, matter.fed_back_by, matter.fed_back_label) or is_own,
        is_own_matter=is_own,
        can_ask=bool(may_be_asked(matter.state, detail.hats)),
        has_reply_to_judge=any(one.replied_at and not one.accepted_at for one in detail.instructions),
        needs_signature_to_close=needs_signature_to_close(matter.grade, matter.led_by)
        and Hat.APPROVER.value not in detail.hats,
        may_hand_over=matter.handler_member_id is not None
        and (is_own or State(matter.state) not in WITH_HANDLER),
    )


def _mark(place: int, behind: int, is_back: bool) -> str:
    if place < behind:
        return "done"
    if place > behind:
        return "ahead"
    return "returned" if is_back else "current"


def _line(entry: Entry) -> Line:
    said = _said(entry)
    text = JOINED.join(part for part in (said, entry.text) if part)
    whole = {Action.INSTRUCT.value: "instruction", Action.REPLY.value: "reply"}.get(entry.verb, "text")
    verb = VERBS.get(entry.verb, entry.verb)
    return Line(
        who=entry.actor_label, verb=verb, at=entry.at, tone=TONES.get(entry.verb, ""), **{whole: text}
    )


def _said(entry: Entry) -> str:
    """What the step itself decided, in words."""
    known = {name: value for name, value in entry.facts.items() if value}
    sentence = SAID.get(entry.verb, "")
    try:
        return sentence.format(**{"member": "", **known}).strip()
    except KeyError:
        return ""


def _in_words(field: Field, value: Any) -> Any:
    if field.kind == "yes_no":
        return YES_NO[bool(value)]
    if field.kind == "choice":
        return CHOICES[field.choices].get(value, value)
    if field.kind == "category":
        return WITH_CODE.format(label=categories().get(field.scheme, {}).get(value, ""), code=value)
    return value
