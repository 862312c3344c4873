"""Pause, extension, deferral: every change of a deadline is a ledger row with its reason and its approver."""

from datetime import datetime
from uuid import UUID

from yicun.force.terms.leave import SigningKind
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.models import Entry, Matter
from yicun.matters.rules import limits, oversight
from yicun.matters.services import clocks, papers
from yicun.matters.services.taking import announce, settled, taking
from yicun.matters.terms import Action, LedgerKind, PauseReason


def pause(
    *, matter_id: UUID, pause_reason: str, text: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    given = {"pause_reason": pause_reason, "text": text}
    with taking(
        Action.PAUSE, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        clock, row, events = clocks.running(turn.matter)
        limits.check_pause(row, events, pause_reason)
        clocks.move(turn.matter, clock, kind=LedgerKind.PAUSE, now=now, by=actor.label, reason=pause_reason)
        turn.text = text
        turn.facts = {"pause_reason": pause_reason}
    return turn.matter


def resume(
    *, matter_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Matter:
    with taking(Action.RESUME, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        _resume(turn.matter, actor, now)
        turn.text = text
    return turn.matter


def request_extension(
    *, matter_id: UUID, amount: int, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """`amount` in the unit of the running limit; the deadline stays until a leader agrees."""
    given = {"amount": amount, "reason": reason}
    with taking(
        Action.REQUEST_EXTENSION, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        clock, row, events = clocks.running(turn.matter)
        limits.check_extension(row, events, amount)
        clocks.move(
            turn.matter,
            clock,
            kind=LedgerKind.EXTENSION_REQUEST,
            now=now,
            by=actor.label,
            reason=reason,
            amount=amount,
        )
        papers.opened(
            turn.matter,
            kind=SigningKind.EXTENSION.value,
            reason=reason,
            given={"amount": amount, "unit": row.unit},
            actor=actor,
            now=now,
        )
        announce(turn, "extension_requested", unit_id=turn.matter.desk_unit_id)
        turn.text = reason
        turn.facts = {"amount": amount}
    return turn.matter


def approve_extension(
    *, matter_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Matter:
    with taking(Action.APPROVE_EXTENSION, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        amount = _answer_extension(turn.matter, LedgerKind.EXTENSION, actor, now, text)
        settled(turn, SigningKind.EXTENSION, text)
        announce(turn, "extension_approved", unit_id=turn.matter.handling_unit_id)
        turn.text = text
        turn.facts = {"amount": amount}
    return turn.matter


def refuse_extension(
    *, matter_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    given = {"reason": reason}
    with taking(
        Action.REFUSE_EXTENSION, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        _answer_extension(turn.matter, LedgerKind.EXTENSION_REFUSAL, actor, now, reason)
        papers.turn_down(turn.matter, kind=SigningKind.EXTENSION, actor=actor, now=now, opinion=reason)
        announce(turn, "extension_refused", unit_id=turn.matter.handling_unit_id)
        turn.text = reason
    return turn.matter


def defer(
    *,
    matter_id: UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    opinion: str = "",
    version: int | None = None,
) -> Matter:
    """Set aside by a leader who does not handle it. The clock stands still and the matter stays on the books."""
    given = {"reason": reason}
    with taking(
        Action.DEFER, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        if oversight.is_handler(actor, turn.matter.handler_member_id):
            raise Refused("deferral.own_matter")
        settled(turn, SigningKind.DEFERRAL, opinion)
        clock, row, events = clocks.running(turn.matter)
        if limits.is_paused(events):
            _resume(turn.matter, actor, now)
            events = clocks.ledger_events(clock)
        limits.check_pause(row, events, PauseReason.DEFERRAL)
        clocks.move(
            turn.matter, clock, kind=LedgerKind.PAUSE, now=now, by=actor.label, reason=PauseReason.DEFERRAL
        )
        turn.text = reason
    return turn.matter


def reactivate(
    *, matter_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Matter:
    with taking(Action.REACTIVATE, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        _resume(turn.matter, actor, now)
        turn.text = text
    return turn.matter


def _resume(matter: Matter, actor: Actor, now: datetime) -> None:
    clock, _row, events = clocks.running(matter)
    if not limits.is_paused(events):
        raise Refused("clock.not_paused")
    clocks.move(matter, clock, kind=LedgerKind.RESUME, now=now, by=actor.label)


def _answer_extension(matter: Matter, answer: LedgerKind, actor: Actor, now: datetime, text: str) -> int:
    clock, _row, events = clocks.running(matter)
    request = limits.pending_extension(events)
    if request is None:
        raise Refused("extension.none_pending")
    asked = Entry.objects.filter(matter_id=matter.pk, verb=Action.REQUEST_EXTENSION).latest("at", "id")
    is_own = oversight.is_same_person(actor, asked.account_id, asked.actor_label)
    if is_own or oversight.is_handler(actor, matter.handler_member_id):
        raise Refused("extension.own_request")
    clocks.move(matter, clock, kind=answer, now=now, by=actor.label, reason=text, amount=request.amount)
    return request.amount
