"""Whose hands a matter is in: sent to a unit and a person, sent elsewhere on the way, handed to a successor."""

from datetime import datetime
from uuid import UUID

from yicun.force import queries as force
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters.models import Matter
from yicun.matters.rules import hands
from yicun.matters.services.taking import Turn, announce, taking
from yicun.matters.terms import Action
from yicun.territory import queries as territory

LONGEST = 4_000


def reassign(
    *,
    matter_id: UUID,
    unit_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    member_id: UUID | None = None,
    version: int | None = None,
) -> Matter:
    """To another unit or person without a bounce: the same clock runs on, and whoever gets the matter takes it anew."""
    given = {"unit_id": unit_id, "reason": reason}
    with taking(
        Action.REASSIGN, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        matter = turn.matter
        before, holder = (matter.handling_unit_id, matter.handler_member_id), _holder(matter)
        hands.check_reassign(
            turn.hats,
            before=before,
            after=(unit_id, member_id),
            is_tie_broken=matter.is_tie_broken,
            holder=holder,
        )
        hand_to(turn, unit_id, member_id)
        if matter.is_tie_broken:
            matter.ruled_unit_id = unit_id
        turn.text = clean_text(reason, LONGEST)
        turn.facts["before"] = holder
        _tell_giver(turn, *before)
    return turn.matter


def hand_over(
    *,
    matter_id: UUID,
    to_member_id: UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Matter:
    """By the one who leaves, or by who leads the unit, to a successor who serves in the handling unit on this day.

    Nothing else changes: neither the state, be it deferred or waiting to be verified, nor the clock.
    """
    given = {"to_member_id": to_member_id, "reason": reason}
    with taking(
        Action.HAND_OVER, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        matter = turn.matter
        hands.check_hand_over(matter.handler_member_id, to_member_id)
        before, giver = matter.handler_label, matter.handler_member_id
        hand_to(turn, matter.handling_unit_id, to_member_id, kind="handed_over")
        turn.text = clean_text(reason, LONGEST)
        turn.facts = {"before": before, "member": matter.handler_label}
        _tell_giver(turn, matter.handling_unit_id, giver)
    return turn.matter


def hand_to(turn: Turn, unit_id: int, member_id: UUID | None, *, kind: str = "assigned") -> None:
    """The unit and, where somebody is named, a person who serves in it on this day; they are told."""
    on = turn.now.astimezone(SHANGHAI).date()
    unit = territory.unit(unit_id, on)
    if unit is None:
        raise Refused("matter.unit_unknown")
    matter = turn.matter
    matter.handling_unit_id = unit.id
    matter.handler_member_id = member_id
    matter.handler_label = ""
    account_id = None
    if member_id is not None:
        member = force.member_at(unit.id, member_id, on)
        if member is None:
            raise Refused("matter.member_not_there", unit=unit.name)
        matter.handler_label, account_id = member.label, member.account_id
    turn.facts = {"unit": unit.name, "member": matter.handler_label}
    announce(turn, kind, unit_id=None if account_id else unit.id, account_id=account_id)


def _holder(matter: Matter) -> str:
    return f"{territory.unit_row(matter.handling_unit_id).name} {matter.handler_label}".strip()


def _tell_giver(turn: Turn, unit_id: int, member_id: UUID | None) -> None:
    """Whoever had it must not look for it in vain; he who gave it away himself knows."""
    if member_id is None:
        if unit_id != turn.matter.handling_unit_id:
            announce(turn, "reassigned", unit_id=unit_id)
    elif member_id != turn.actor.member_id:
        account_id = force.member(member_id).account_id
        announce(turn, "reassigned", unit_id=None if account_id else unit_id, account_id=account_id)
