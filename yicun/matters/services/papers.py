"""What the steps of a matter do to the requests about it: open, settle, let lapse. Called by services only.

The state of a request changes in `moved` alone, along its own table.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from yicun.base import inbox
from yicun.force import queries as force
from yicun.force.terms.leave import SigningKind
from yicun.kernel import clocks as law
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters.models import Approval, ApprovalLine, Matter
from yicun.matters.queries.reference import calendar, limit_rows
from yicun.matters.rules import approvals as rules
from yicun.matters.rules.approvals import APPROVALS, OPEN, Part
from yicun.matters.rules.hats import Hat
from yicun.matters.rules.limits import pick
from yicun.matters.terms import ClockName
from yicun.matters.terms.approvals import NOBODY_NAMED, ApprovalState, Deed

LONGEST = 4_000
IN_ORDER = ("chief", "instructor", "deputy", "command_centre", "bureau_chief")


def opened(
    matter: Matter, *, kind: str, reason: str, given: Mapping[str, Any], actor: Actor, now: datetime
) -> Approval:
    """A new request, or the next round of the one that was sent back."""
    found = (
        Approval.objects.select_for_update().filter(matter_id=matter.pk, kind=kind, state__in=OPEN).first()
    )
    if found is not None and found.state == ApprovalState.WAITING:
        name = found.signer_label or NOBODY_NAMED
        raise Refused("approval.waiting_already", kind=SigningKind(kind).label, name=name)
    approval = found or _blank(matter, kind, actor, now)
    approval.reason = clean_text(reason, LONGEST)
    approval.given = dict(given)
    approval.asked_by, approval.asked_label, approval.asked_at = actor.account_id, actor.label, now
    approval.due_at, approval.article = _deadline(matter, now)
    if found is None:
        approval.save(force_insert=True)
        _write_line(approval, Deed.SUBMIT, actor, now, approval.reason)
    else:
        approval.round += 1
        moved(approval, Deed.RESUBMIT, part=Part.ASKER, actor=actor, now=now, text=approval.reason)
    if kind != SigningKind.EXTENSION:
        tell_signer(approval, matter, actor, now)
    return approval


def asked_about(matter_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these matters about which a request is open."""
    found = Approval.objects.filter(matter_id__in=matter_ids, state__in=OPEN)
    return frozenset(found.values_list("matter_id", flat=True))


def settle(
    matter: Matter,
    *,
    kind: SigningKind,
    actor: Actor,
    hats: frozenset[str],
    now: datetime,
    opinion: str,
    handler_id: UUID | None,
) -> None:
    """The step that was asked for is being taken: with the signature, or not at all while it is waited for.

    `handler_id`: who handled the matter before the step.
    """
    approval = _waiting(matter, kind)
    if approval is None:
        return
    if Hat.APPROVER.value not in hats:
        name = approval.signer_label or NOBODY_NAMED
        raise Refused("approval.pending", kind=kind.label, name=name)
    rules.check_somebody_else(actor, approval.asked_by, approval.asked_label, handler_id)
    moved(approval, Deed.SIGN, part=Part.SIGNER, actor=actor, now=now, text=opinion)
    _tell_asker(approval, matter, "approval_signed", actor, now)


def turn_down(matter: Matter, *, kind: SigningKind, actor: Actor, now: datetime, opinion: str) -> None:
    """Sent back with the reason; mended, it comes again as the next round."""
    approval = _waiting(matter, kind)
    if approval is not None:
        send_back_to_asker(approval, matter, actor=actor, now=now, opinion=opinion)


def send_back_to_asker(
    approval: Approval, matter: Matter, *, actor: Actor, now: datetime, opinion: str
) -> None:
    moved(
        approval,
        Deed.SEND_BACK,
        part=Part.SIGNER,
        actor=actor,
        now=now,
        text=opinion,
        given={"reason": opinion},
    )
    _tell_asker(approval, matter, "approval_returned", actor, now)


def lapse(matter: Matter, *, actor: Actor, now: datetime) -> None:
    """After a step that moved the matter on: what can no longer be done need not be signed."""
    for approval in Approval.objects.filter(matter_id=matter.pk, state__in=OPEN):
        if not rules.still_stands(approval.kind, matter.state):
            moved(approval, Deed.LAPSE, part=Part.PRODUCT, actor=actor, now=now)


def moved(
    approval: Approval,
    deed: Deed,
    *,
    part: Part,
    actor: Actor,
    now: datetime,
    text: str = "",
    given: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """One step of a request, stored with its line of history."""
    step = APPROVALS.take(deed.value, approval.state, {part.value}, given)
    words = clean_text(text, LONGEST)
    if step.to:
        approval.state = step.to
        is_decided = step.to in rules.DECIDED
        approval.decided_by = actor.account_id if is_decided else None
        approval.decided_label = actor.label if is_decided else ""
        approval.decided_at = now if is_decided else None
        approval.opinion = words if is_decided else ""
    approval.version += 1
    approval.save(force_update=True)
    _write_line(approval, deed, actor, now, words)


def leaders_of(unit_id: int, now: datetime) -> list[force.PostRow]:
    """Of this unit and of those above it, the chief first."""
    on = now.astimezone(SHANGHAI).date()
    found = []
    for each in force.units_upwards(unit_id):
        rows = force.members_of(each, on, roles=IN_ORDER)
        found += sorted(rows, key=lambda row: IN_ORDER.index(row.role))
    return found


def tell_signer(approval: Approval, matter: Matter, actor: Actor, now: datetime) -> None:
    """The one it is addressed to and whoever signs for him today; the desk's unit where nobody is named."""
    line = _line(matter, actor)
    if approval.signer_member_id is None:
        inbox.put(kind="approval_asked", lines=[line], now=now, unit_id=matter.desk_unit_id)
        return
    delegation = force.delegate_of(approval.signer_member_id, now.astimezone(SHANGHAI).date())
    told = [approval.signer_member_id]
    if delegation is not None and delegation.covers(approval.kind):
        told.append(delegation.delegate_id)
    for member_id in told:
        account_id = force.member(member_id).account_id
        if account_id is not None:
            inbox.put(kind="approval_asked", lines=[line], now=now, account_id=account_id)


def _blank(matter: Matter, kind: str, actor: Actor, now: datetime) -> Approval:
    """Addressed to the first leader of the desk's unit who neither asks nor handles."""
    leaders = leaders_of(matter.desk_unit_id, now)
    shut_out = {key for key in (actor.account_id, actor.member_id, matter.handler_member_id) if key}
    chosen = rules.first_signer(((row.member_id, row.account_id) for row in leaders), shut_out)
    return Approval(
        matter_id=matter.pk,
        area_code=matter.area_code,
        handling_unit_id=matter.handling_unit_id,
        kind=kind,
        asked_unit_id=_unit_of(actor, matter),
        signer_member_id=chosen,
        signer_label=next((row.label for row in leaders if row.member_id == chosen), ""),
    )


def _unit_of(actor: Actor, matter: Matter) -> int:
    """The unit the asker asks for: the desk's or the handling one, where he is posted to either."""
    mine = [
        unit_id for unit_id in (matter.handling_unit_id, matter.desk_unit_id) if unit_id in actor.unit_ids
    ]
    return next(iter(mine), actor.unit_id or matter.desk_unit_id)


def _deadline(matter: Matter, now: datetime) -> tuple[datetime | None, str]:
    """By the county's own table; a county that set no limit for signatures has none."""
    try:
        row = pick(
            limit_rows(),
            clock=ClockName.APPROVAL.value,
            kind=matter.kind,
            urgency=matter.urgency,
            channel=matter.channel,
            on=now.astimezone(SHANGHAI).date(),
        )
    except Refused:
        return None, ""
    return law.due(row.limit, now, (), calendar()).due_at, row.article


def _waiting(matter: Matter, kind: SigningKind) -> Approval | None:
    found = Approval.objects.select_for_update().filter(
        matter_id=matter.pk, kind=kind.value, state=ApprovalState.WAITING.value
    )
    return found.first()


def _write_line(approval: Approval, deed: Deed, actor: Actor, now: datetime, text: str) -> None:
    line = ApprovalLine(
        matter_id=approval.matter_id,
        area_code=approval.area_code,
        handling_unit_id=approval.handling_unit_id,
        approval=approval,
        round=approval.round,
        deed=deed.value,
        at=now,
        by=actor.label,
        account_id=actor.account_id,
        text=text,
        given=approval.given if deed in (Deed.SUBMIT, Deed.RESUBMIT) else {},
    )
    line.save(force_insert=True)


def _tell_asker(approval: Approval, matter: Matter, kind: str, actor: Actor, now: datetime) -> None:
    """Of an extension the handling unit hears by the step's own notice."""
    if approval.asked_by is not None and approval.kind != SigningKind.EXTENSION:
        inbox.put(kind=kind, lines=[_line(matter, actor)], now=now, account_id=approval.asked_by)


def _line(matter: Matter, actor: Actor) -> dict[str, Any]:
    return {"id": matter.pk, "number": matter.number, "title": matter.title, "by": actor.label}
