"""Asking for a signature and giving it: sign, send back, forward, withdraw. The signature takes the step it is about.

The matter is locked before its request, as every step does it: two who sign at once wait for each other, and the
second is told who was faster.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yicun.base import audit
from yicun.force import queries as force
from yicun.force.terms.leave import SigningKind
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters.models import Approval, Matter
from yicun.matters.queries.approvals import approvals_for
from yicun.matters.queries.detail import standing
from yicun.matters.rules import approvals as rules
from yicun.matters.rules.approvals import Part
from yicun.matters.rules.hats import hats
from yicun.matters.services import clocks, desk, papers, timing
from yicun.matters.services.taking import locked, taking, write_entry
from yicun.matters.terms import Action, LedgerKind, Satisfaction
from yicun.matters.terms.approvals import SIGNER, ApprovalState, Deed
from yicun.territory import queries as territory


def ask_approval(
    *,
    matter_id: UUID,
    ask: str,
    reason: str,
    actor: Actor,
    now: datetime,
    unit_id: int | None = None,
    satisfaction: str = "",
    version: int | None = None,
) -> Matter:
    """Of a kind that was sent back before, it is the next round of the same request."""
    given = {"ask": ask, "reason": reason}
    with taking(
        Action.ASK_APPROVAL, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        rules.check_asking(ask, turn.matter.state, turn.hats)
        more = _given_for(ask, unit_id, satisfaction, now)
        papers.opened(turn.matter, kind=ask, reason=reason, given=more, actor=actor, now=now)
        turn.text = reason
        turn.facts = {"ask": SigningKind(ask).label, **more}
    return turn.matter


@transaction.atomic
def sign(
    *, approval_id: UUID, actor: Actor, now: datetime, opinion: str = "", version: int | None = None
) -> Matter:
    """The step itself writes the audit entry: request and step are one deed."""
    approval, _matter = _under_decision(approval_id, version, actor)
    signing = _in_whose_name(approval, actor, now)
    service, given = _step_for(approval, opinion)
    return service(matter_id=approval.matter_id, actor=signing, now=now, **given)


@transaction.atomic
def send_back(
    *, approval_id: UUID, opinion: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    approval, matter = _under_decision(approval_id, version, actor)
    signing = _in_whose_name(approval, actor, now)
    if approval.kind == SigningKind.EXTENSION:
        return timing.refuse_extension(matter_id=matter.pk, reason=opinion, actor=signing, now=now)
    _check_may_sign(approval, matter, signing)
    papers.send_back_to_asker(approval, matter, actor=signing, now=now, opinion=opinion)
    _say(matter, Deed.SEND_BACK, opinion, signing, now)
    _record("send_back", approval, {"opinion": opinion}, signing, now)
    return matter


@transaction.atomic
def forward(
    *,
    approval_id: UUID,
    member_id: UUID | None,
    actor: Actor,
    now: datetime,
    opinion: str = "",
    version: int | None = None,
) -> Matter:
    """To another leader, who could take the step himself."""
    approval, matter = _under_decision(approval_id, version, actor)
    signing = _in_whose_name(approval, actor, now)
    _check_may_sign(approval, matter, signing)
    if member_id is None:
        raise Refused("step.incomplete", action=Deed.FORWARD.label, fields=SIGNER["member_id"])
    label = _check_fit(approval, matter, member_id, now)
    approval.signer_member_id, approval.signer_label = member_id, label
    said = f"{label} {opinion}".strip()
    given = {"member_id": member_id}
    papers.moved(approval, Deed.FORWARD, part=Part.SIGNER, actor=signing, now=now, text=said, given=given)
    papers.tell_signer(approval, matter, signing, now)
    _say(matter, Deed.FORWARD, said, signing, now)
    _record("forward", approval, {"to": label}, signing, now)
    return matter


@transaction.atomic
def withdraw(*, approval_id: UUID, actor: Actor, now: datetime, version: int | None = None) -> Matter:
    """By whoever asked, as long as nobody signed."""
    approval, matter = _under_decision(approval_id, version, actor, states=rules.OPEN)
    if approval.asked_by is None or approval.asked_by != actor.account_id:
        raise Refused("approval.not_yours")
    was_waiting = approval.state == ApprovalState.WAITING
    papers.moved(approval, Deed.WITHDRAW, part=Part.ASKER, actor=actor, now=now)
    if approval.kind == SigningKind.EXTENSION and was_waiting:
        clock, _row, _events = clocks.running(matter)
        clocks.move(matter, clock, kind=LedgerKind.EXTENSION_WITHDRAWAL, now=now, by=actor.label)
    _say(matter, Deed.WITHDRAW, str(SigningKind(approval.kind).label), actor, now)
    _record("withdraw", approval, {}, actor, now)
    return matter


DEEDS: Mapping[str, tuple[Callable[..., Matter], tuple[str, ...]]] = {
    "sign": (sign, ("opinion",)),
    "send_back": (send_back, ("opinion",)),
    "forward": (forward, ("member_id", "opinion")),
    "withdraw": (withdraw, ()),
}


def decide(
    *,
    act: str,
    approval_id: UUID,
    given: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Matter:
    """One door to every deed, by its name: what the API calls. The service does the work and the audit."""
    if act not in DEEDS:
        raise Refused("step.unavailable", action=act[:40])
    service, fields = DEEDS[act]
    values = {name: given[name] for name in fields}
    return service(approval_id=approval_id, actor=actor, now=now, version=version, **values)


def _under_decision(
    approval_id: UUID,
    version: int | None,
    actor: Actor,
    states: tuple[str, ...] = (ApprovalState.WAITING.value,),
) -> tuple[Approval, Matter]:
    """Locked, matter first; as the person saw it, and not decided by somebody else meanwhile."""
    found = approvals_for(actor).filter(pk=approval_id).values_list("matter_id", flat=True).first()
    if found is None:
        raise Refused("record.not_found")
    matter = locked(found, actor)
    approval = Approval.objects.select_for_update().get(pk=approval_id)
    if approval.state not in states:
        by = approval.decided_label or approval.asked_label
        raise Refused("approval.already_decided", by=by, state=ApprovalState(approval.state).label)
    if version is not None and version != approval.version:
        raise Refused("approval.changed", by=approval.asked_label)
    return approval, matter


def _in_whose_name(approval: Approval, actor: Actor, now: datetime) -> Actor:
    on = now.astimezone(SHANGHAI).date()
    return force.signing_as(actor, approval.signer_member_id, approval.kind, on)


def _step_for(approval: Approval, opinion: str) -> tuple[Callable[..., Matter], dict[str, Any]]:
    """The service of the step, and what it is called with."""
    given, reason = approval.given, approval.reason
    steps: dict[str, tuple[Callable[..., Matter], dict[str, Any]]] = {
        SigningKind.EXTENSION: (timing.approve_extension, {"text": opinion}),
        SigningKind.DEFERRAL: (timing.defer, {"reason": reason, "opinion": opinion}),
        SigningKind.CLOSING: (
            desk.close,
            {"satisfaction": given.get("satisfaction", ""), "text": reason, "opinion": opinion},
        ),
        SigningKind.DECLINING: (desk.decline, {"reason": reason, "opinion": opinion}),
        SigningKind.TRANSFER: (
            desk.assign,
            {"unit_id": given.get("unit_id"), "text": reason, "opinion": opinion},
        ),
    }
    return steps[approval.kind]


def _given_for(ask: str, unit_id: int | None, satisfaction: str, now: datetime) -> dict[str, Any]:
    """What the step will need when it is signed."""
    if ask == SigningKind.TRANSFER:
        if unit_id is None:
            raise Refused("approval.unit_missing")
        unit = territory.unit(unit_id, now.astimezone(SHANGHAI).date())
        if unit is None:
            raise Refused("matter.unit_unknown")
        return {"unit_id": unit.id, "unit": unit.name}
    if ask == SigningKind.CLOSING and satisfaction:
        if satisfaction not in Satisfaction.values:
            raise Refused("value.unknown_choice", text=satisfaction[:40])
        return {"satisfaction": satisfaction}
    return {}


def _check_may_sign(approval: Approval, matter: Matter, signing: Actor) -> None:
    """As the step itself would: hats, and neither who asked nor who handles it."""
    if not rules.may_sign(approval.kind, hats(signing, standing(matter, []))):
        raise Refused("step.forbidden", action=Deed.SIGN.label)
    rules.check_somebody_else(signing, approval.asked_by, approval.asked_label, matter.handler_member_id)


def _check_fit(approval: Approval, matter: Matter, member_id: UUID, now: datetime) -> str:
    on = now.astimezone(SHANGHAI).date()
    chosen = force.member(member_id)
    target = force.actor_for(chosen.account_id, on) if chosen.account_id else None
    is_other = target is not None and not (
        target.account_id == approval.asked_by or member_id == matter.handler_member_id
    )
    if (
        target is None
        or not is_other
        or not rules.may_sign(approval.kind, hats(target, standing(matter, [])))
    ):
        raise Refused("approval.forward_unfit", name=chosen.name)
    return target.label


def _say(matter: Matter, deed: Deed, text: str, actor: Actor, now: datetime) -> None:
    write_entry(matter, verb=deed.value, actor=actor, now=now, text=text, facts={})


def _record(verb: str, approval: Approval, facts: dict[str, Any], actor: Actor, now: datetime) -> None:
    audit.record(
        verb=verb,
        subject="matters.approval",
        subject_id=approval.pk,
        actor=actor,
        now=now,
        area_code=approval.area_code,
        unit_id=approval.handling_unit_id,
        facts={"kind": approval.kind, "round": approval.round, **facts},
    )
