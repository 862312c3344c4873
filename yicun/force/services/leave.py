"""Noting who is away; handing the signature to somebody else meanwhile, and taking it back at any time."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from yicun.base import audit
from yicun.force.models import Absence, Delegation, Member
from yicun.force.queries.leave import held_on, units_upwards
from yicun.force.rules import leave as rules
from yicun.force.rules.leave import Held
from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.territory import queries as territory

DAY = timedelta(days=1)


def note_absence(
    *, member_id: UUID, kind: str, starts_on: date, ends_on: date, actor: Actor, now: datetime
) -> UUID:
    """`ends_on` is the first day back."""
    today = now.astimezone(SHANGHAI).date()
    rules.check_kind(kind)
    rules.check_period(starts_on, ends_on, today)
    with transaction.atomic():
        member = _locked(member_id)[member_id]
        held = held_on(member_id, today)
        _check_noting(member_id, held, actor)
        other = _meeting(Absence.objects.filter(member_id=member_id), starts_on, ends_on)
        if other is not None:
            facts = {"starts_on": other.starts_on, "until": other.ends_on - DAY}
            raise Refused("absence.twice", name=member.name, **facts)
        noted = Absence(
            member=member,
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            noted_by=actor.label,
            noted_at=now,
        )
        noted.save(force_insert=True)
        told = {"member": member_id, "kind": kind, "starts_on": starts_on, "ends_on": ends_on}
        _record("note_absence", "force.absence", noted.id, held, told, actor, now)
    return noted.id


def end_absence(*, absence_id: UUID, actor: Actor, now: datetime) -> None:
    """Back today; taken back before it began, nothing of it is left but the audit entry."""
    today = now.astimezone(SHANGHAI).date()
    with transaction.atomic():
        row = Absence.objects.select_for_update().filter(pk=absence_id).first()
        if row is None:
            raise Refused("absence.unknown")
        held = held_on(row.member_id, today)
        _check_ending(row.member_id, held, actor)
        ends_on = rules.ending(row.starts_on, row.ends_on, today)
        if ends_on is None:
            raise Refused("absence.over")
        Absence.objects.filter(pk=absence_id).update(ends_on=ends_on)
        told = {"member": row.member_id, "ends_on": ends_on}
        _record("end_absence", "force.absence", absence_id, held, told, actor, now)


def delegate(
    *,
    delegate_id: UUID,
    reason: str,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    now: datetime,
    kinds: Collection[str] = (),
) -> UUID:
    """Hand one's own signature to another leader until the day before `ends_on`; `kinds` empty: all of it."""
    today = now.astimezone(SHANGHAI).date()
    rules.check_kind(reason)
    rules.check_delegation(starts_on, ends_on, kinds, today)
    principal_id = actor.member_id
    if principal_id is None:
        raise Refused("delegation.not_a_leader")
    with transaction.atomic():
        unit_id = rules.signing_unit(held_on(principal_id, today))
        members = _locked(principal_id, delegate_id)
        held, above = held_on(delegate_id, max(starts_on, today)), units_upwards(unit_id)
        rules.check_delegate(principal_id=principal_id, delegate_id=delegate_id, held=held, unit_ids=above)
        _check_free(members[principal_id], members[delegate_id], starts_on, ends_on)
        given = Delegation(
            principal_id=principal_id,
            delegate_id=delegate_id,
            unit_id=unit_id,
            reason=reason,
            kinds=sorted(set(kinds)),
            starts_on=starts_on,
            ends_on=ends_on,
        )
        given.given_by, given.given_at = actor.label, now
        given.save(force_insert=True)
        told = {"delegate": delegate_id, "kinds": given.kinds, "starts_on": starts_on, "ends_on": ends_on}
        _record("delegate", "force.delegation", given.id, [Held("", unit_id)], told, actor, now)
    return given.id


def recall(*, delegation_id: UUID, actor: Actor, now: datetime) -> None:
    """By whoever gave it, at once; somebody else's delegation is as good as none."""
    today = now.astimezone(SHANGHAI).date()
    with transaction.atomic():
        mine = Delegation.objects.filter(pk=delegation_id, principal_id=actor.member_id)
        row = mine.select_for_update().first()
        if row is None:
            raise Refused("delegation.unknown")
        if row.recalled_at is not None or row.ends_on <= today:
            raise Refused("delegation.over")
        Delegation.objects.filter(pk=delegation_id).update(recalled_at=now, recalled_by=actor.label)
        told = {"delegate": row.delegate_id}
        _record("recall", "force.delegation", delegation_id, [Held("", row.unit_id)], told, actor, now)


def _locked(*member_ids: UUID) -> dict[UUID, Member]:
    """In one order, so that two who choose each other at the same moment do not wait for one another."""
    found = Member.objects.select_for_update().filter(pk__in=member_ids).order_by("id")
    members = {member.id: member for member in found}
    if len(members) < len(set(member_ids)):
        raise Refused("member.unknown")
    return members


def _check_noting(member_id: UUID, held: Iterable[Held], actor: Actor) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    posts = [Held(post.role, post.unit_id) for post in actor.posts if post.unit_id is not None]
    units = {unit_id for post in held for unit_id in units_upwards(post.unit_id)}
    rules.check_noting(is_own=actor.member_id == member_id, held=posts, unit_ids=units)


def _check_ending(member_id: UUID, held: Iterable[Held], actor: Actor) -> None:
    """Who may not end it is told no more than that there is none."""
    try:
        _check_noting(member_id, held, actor)
    except Refused as refused:
        raise Refused("absence.unknown") from refused


def _check_free(principal: Member, chosen: Member, starts_on: date, ends_on: date) -> None:
    """The database would refuse the second of two; that nothing is handed on twice is said here alone."""
    given = Delegation.objects.filter(recalled_at__isnull=True)
    own = _meeting(given.filter(principal=principal).select_related("delegate"), starts_on, ends_on)
    if own is not None:
        facts = {"starts_on": own.starts_on, "until": own.ends_on - DAY}
        raise Refused("delegation.twice", name=own.delegate.name, **facts)
    for found, name in (
        (given.filter(delegate=principal), principal),
        (given.filter(principal=chosen), chosen),
    ):
        if _meeting(found, starts_on, ends_on) is not None:
            raise Refused("delegation.chain", name=name.name)
    if _meeting(Absence.objects.filter(member=chosen), starts_on, ends_on) is not None:
        raise Refused("delegation.delegate_away", name=chosen.name)


def _meeting(found: Any, starts_on: date, ends_on: date) -> Any:
    """The first of these whose period meets this one; an empty period meets nothing."""
    meeting = found.filter(starts_on__lt=ends_on, ends_on__gt=starts_on)
    return next((row for row in meeting.order_by("starts_on", "id") if row.ends_on > row.starts_on), None)


def _record(
    verb: str,
    subject: str,
    subject_id: UUID,
    held: Iterable[Held],
    facts: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> None:
    unit_id = next((post.unit_id for post in held), None)
    area_code = None if unit_id is None else territory.unit_row(unit_id).seat_id
    audit.record(
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        actor=actor,
        now=now,
        area_code=area_code,
        unit_id=unit_id,
        facts=facts,
    )
