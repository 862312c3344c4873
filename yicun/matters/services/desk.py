"""What the duty desk does: accept, assess, assign, verify, close; and turn away, re-open."""

from datetime import datetime
from uuid import UUID

from yicun.force.terms.leave import SigningKind
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.models import Matter
from yicun.matters.rules import approvals, oversight
from yicun.matters.services.hands import hand_to
from yicun.matters.services.taking import Turn, announce, back_to_desk, settled, taking
from yicun.matters.terms import Action, Grade, Satisfaction, Urgency


def accept(
    *, matter_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Matter:
    with taking(Action.ACCEPT, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        fill_accept(turn, text=text)
    return turn.matter


def decline(
    *,
    matter_id: UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    opinion: str = "",
    version: int | None = None,
) -> Matter:
    given = {"reason": reason}
    with taking(
        Action.DECLINE, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        settled(turn, SigningKind.DECLINING, opinion)
        turn.text = reason
    return turn.matter


def assess(
    *,
    matter_id: UUID,
    urgency: str,
    actor: Actor,
    now: datetime,
    grade: str = "",
    text: str = "",
    version: int | None = None,
) -> Matter:
    given = {"urgency": urgency}
    with taking(
        Action.ASSESS, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        fill_assess(turn, urgency=urgency, grade=grade, text=text)
    return turn.matter


def assign(
    *,
    matter_id: UUID,
    unit_id: int,
    actor: Actor,
    now: datetime,
    member_id: UUID | None = None,
    text: str = "",
    opinion: str = "",
    version: int | None = None,
) -> Matter:
    """To a unit, or to a person of that unit. After too many bounces only a tie-breaker may, and it stands."""
    given = {"unit_id": unit_id}
    with taking(
        Action.ASSIGN, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        fill_assign(turn, unit_id=unit_id, member_id=member_id, text=text, opinion=opinion)
    return turn.matter


def verify(
    *, matter_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Matter:
    """By somebody who neither handled it nor reported it done."""
    with taking(Action.VERIFY, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        _check_somebody_else(turn)
        turn.text = text
    return turn.matter


def rework(
    *, matter_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    given = {"reason": reason}
    with taking(
        Action.REWORK, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        _check_somebody_else(turn)
        turn.matter.reworks += 1
        turn.text = reason
        announce(turn, "rework", unit_id=turn.matter.handling_unit_id)
    return turn.matter


def close(
    *,
    matter_id: UUID,
    actor: Actor,
    now: datetime,
    satisfaction: str = "",
    text: str = "",
    opinion: str = "",
    version: int | None = None,
) -> Matter:
    """By the desk; a red dispute, or what a leader took upon himself, only with a leader's signature."""
    with taking(Action.CLOSE, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        fill_close(turn, satisfaction=satisfaction, text=text, opinion=opinion)
    return turn.matter


def reopen(
    *, matter_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """Back to the desk; who handled it before keeps his lines in the history."""
    given = {"reason": reason}
    with taking(
        Action.REOPEN, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        turn.matter.reopenings += 1
        back_to_desk(turn)
        turn.text = reason
    return turn.matter


def fill_accept(turn: Turn, *, text: str = "") -> None:
    turn.text = text


def fill_assess(turn: Turn, *, urgency: str, grade: str | None = None, text: str = "") -> None:
    """Without a grade each matter keeps its own: many are never graded alike."""
    grade = turn.matter.grade if grade is None else grade
    if urgency not in Urgency.values or grade not in ("", *Grade.values):
        raise Refused("value.unknown_choice", text=(urgency, grade)[urgency in Urgency.values])
    turn.matter.urgency = urgency
    turn.matter.grade = grade
    turn.text = text
    turn.facts = {"urgency": urgency, "grade": grade}


def fill_assign(
    turn: Turn, *, unit_id: int, member_id: UUID | None = None, text: str = "", opinion: str = ""
) -> None:
    matter = turn.matter
    matter.is_tie_broken = oversight.breaks_tie(
        matter.bounces, turn.hats, unit_id=unit_id, ruled_unit_id=matter.ruled_unit_id
    )
    settled(turn, SigningKind.TRANSFER, opinion)
    hand_to(turn, unit_id, member_id)
    if matter.is_tie_broken:
        matter.ruled_unit_id = unit_id
    turn.text = text
    turn.facts["is_ruling"] = matter.is_tie_broken


def fill_close(turn: Turn, *, satisfaction: str = "", text: str = "", opinion: str = "") -> None:
    if satisfaction not in ("", *Satisfaction.values):
        raise Refused("value.unknown_choice", text=satisfaction)
    approvals.check_closing(turn.matter.grade, turn.matter.led_by, turn.hats)
    settled(turn, SigningKind.CLOSING, opinion)
    turn.matter.satisfaction = satisfaction or turn.matter.satisfaction
    turn.text = text


def _check_somebody_else(turn: Turn) -> None:
    matter, actor = turn.matter, turn.actor
    has_reported = oversight.is_same_person(actor, matter.fed_back_by, matter.fed_back_label)
    if has_reported or oversight.is_handler(actor, matter.handler_member_id):
        raise Refused("verify.same_person")
