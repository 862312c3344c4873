"""One door to every step, by its name: what the API and the sync queue call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.models import Matter
from yicun.matters.services import approvals, desk, handling, hands, lineage, oversight, timing


@dataclass(frozen=True, slots=True)
class Way:
    service: Callable[..., Matter]
    fields: tuple[str, ...]


WAYS: Mapping[str, Way] = {
    "accept": Way(desk.accept, ("text",)),
    "decline": Way(desk.decline, ("reason",)),
    "merge": Way(lineage.merge, ("into_id", "sameness", "text")),
    "unmerge": Way(lineage.unmerge, ("reason",)),
    "assess": Way(desk.assess, ("urgency", "grade", "text")),
    "assign": Way(desk.assign, ("unit_id", "member_id", "text")),
    "verify": Way(desk.verify, ("text",)),
    "rework": Way(desk.rework, ("reason",)),
    "close": Way(desk.close, ("satisfaction", "text")),
    "reopen": Way(desk.reopen, ("reason",)),
    "take": Way(handling.take, ("text",)),
    "return_back": Way(handling.return_back, ("reason",)),
    "reassign": Way(hands.reassign, ("unit_id", "member_id", "reason")),
    "hand_over": Way(hands.hand_over, ("to_member_id", "reason")),
    "add_co_handler": Way(handling.add_co_handler, ("unit_id", "text")),
    "answer_as_co_handler": Way(handling.answer_as_co_handler, ("text",)),
    "feed_back": Way(handling.feed_back, ("result",)),
    "note": Way(handling.note, ("text",)),
    "pause": Way(timing.pause, ("pause_reason", "text")),
    "resume": Way(timing.resume, ("text",)),
    "request_extension": Way(timing.request_extension, ("amount", "reason")),
    "approve_extension": Way(timing.approve_extension, ("text",)),
    "refuse_extension": Way(timing.refuse_extension, ("reason",)),
    "ask_approval": Way(approvals.ask_approval, ("ask", "reason", "unit_id", "satisfaction")),
    "defer": Way(timing.defer, ("reason",)),
    "reactivate": Way(timing.reactivate, ("text",)),
    "remind": Way(oversight.remind, ("text",)),
    "instruct": Way(oversight.instruct, ("text", "due_on", "unit_id", "member_id", "is_led")),
    "reply": Way(oversight.reply, ("text",)),
    "accept_reply": Way(oversight.accept_reply, ("text",)),
    "send_back_reply": Way(oversight.send_back_reply, ("reason",)),
    "rate": Way(oversight.rate, ("satisfaction", "text")),
}
FIELDS = frozenset(name for way in WAYS.values() for name in way.fields)


def take_step(
    *,
    action: str,
    matter_id: UUID,
    given: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Matter:
    """The service does the work and writes the audit entry; here the values are only read."""
    way = WAYS.get(action)
    if way is None:
        raise Refused("step.unavailable", action=action[:40])
    values = read_values(way.fields, given)
    return way.service(matter_id=matter_id, actor=actor, now=now, version=version, **values)


def read_values(fields: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(given) - FIELDS)
    if unknown:
        raise Refused("matter.field_unknown", field=unknown[0][:40])
    return {name: _reader(name)(given.get(name)) for name in fields}


def _reader(name: str) -> Callable[[Any], Any]:
    return READ.get(name, _text)


def _text(value: Any) -> str:
    """A list or a number in the place of a sentence is somebody's mistake, and no sentence."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("value.malformed", text=str(value)[:40])
    return value


def _number(value: Any) -> int | None:
    """None where nothing was given: the workflow says what is missing."""
    if value in (None, ""):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refused("value.not_a_number", text=text[:40])
    return int(text)


def _key(value: Any) -> UUID | None:
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError as wrong:
        raise Refused("value.malformed", text=str(value)[:40]) from wrong


def _date(value: Any) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as wrong:
        raise Refused("value.not_a_date", text=str(value)[:40]) from wrong


def _flag(value: Any) -> bool:
    if value in (None, ""):
        return False
    if not isinstance(value, bool):
        raise Refused("value.malformed", text=str(value)[:40])
    return value


READ: Mapping[str, Callable[[Any], Any]] = {
    "unit_id": _number,
    "amount": _number,
    "member_id": _key,
    "into_id": _key,
    "due_on": _date,
    "is_led": _flag,
    "to_member_id": _key,
}
