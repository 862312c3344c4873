"""Enrolling members; giving, ending and changing their posts."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yicun.base import audit
from yicun.force.models import Member, Posting
from yicun.force.rules import postings as rules
from yicun.force.rules.cast import Person, Seat
from yicun.force.terms import Role
from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.territory import queries as territory
from yicun.territory.terms import AreaKind, UnitKind


def enrol(
    *,
    name: str,
    kind: str,
    unit_id: int,
    actor: Actor,
    now: datetime,
    badge: str = "",
    phone: str = "",
    account_id: UUID | None = None,
) -> UUID:
    """A new member, without a post yet; `unit_id` is the unit whose leaders take them in."""
    _check_leader(actor, unit_id)
    rules.check_member(name, kind)
    with transaction.atomic():
        _check_new(badge, account_id)
        member = Member.objects.create(account_id=account_id, name=name, badge=badge, kind=kind, phone=phone)
        _record("enrol", "force.member", member.id, unit_id, {"name": name, "kind": kind}, actor, now)
    return member.id


def post(
    *,
    member_id: UUID,
    unit_id: int,
    role: str,
    starts_on: date,
    actor: Actor,
    now: datetime,
    area_code: int | None = None,
    ends_on: date | None = None,
    is_main: bool = False,
) -> UUID:
    """One more post; others run on beside it."""
    _check_leader(actor, unit_id)
    rules.check_period(starts_on, ends_on)
    with transaction.atomic():
        member = _locked_member(member_id)
        _check_place(member.kind, role, unit_id, area_code, starts_on)
        posting = Posting(
            member=member,
            unit_id=unit_id,
            role=role,
            area_id=area_code,
            starts_on=starts_on,
            ends_on=ends_on,
            is_main=is_main,
        )
        _check_free(posting)
        posting.save(force_insert=True)
        facts = {
            "role": role,
            "area": area_code,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "is_main": is_main,
        }
        _record("post", "force.posting", posting.id, unit_id, {"member": member_id, **facts}, actor, now)
    return posting.id


def end_posting(*, posting_id: UUID, ends_on: date, actor: Actor, now: datetime) -> None:
    """`ends_on` is the first day without the post; what the post opened is closed from that day on, at once."""
    with transaction.atomic():
        posting = Posting.objects.select_for_update().filter(pk=posting_id).first()
        if posting is None:
            raise Refused("posting.unknown")
        _check_leader(actor, posting.unit_id)
        if posting.ends_on is not None and posting.ends_on <= ends_on:
            raise Refused("posting.ended", on=posting.ends_on)
        rules.check_period(posting.starts_on, ends_on)
        Posting.objects.filter(pk=posting_id).update(ends_on=ends_on)
        _record("end_posting", "force.posting", posting_id, posting.unit_id, {"ends_on": ends_on}, actor, now)


def transfer(
    *,
    posting_id: UUID,
    unit_id: int,
    role: str,
    on: date,
    actor: Actor,
    now: datetime,
    area_code: int | None = None,
) -> UUID:
    """End one post and begin another on the same day; the main post stays the main post."""
    with transaction.atomic():
        end_posting(posting_id=posting_id, ends_on=on, actor=actor, now=now)
        old = Posting.objects.get(pk=posting_id)
        new_id = post(
            member_id=old.member_id,
            unit_id=unit_id,
            role=role,
            area_code=area_code,
            starts_on=on,
            is_main=old.is_main,
            actor=actor,
            now=now,
        )
        _record("transfer", "force.posting", new_id, unit_id, {"from": posting_id, "on": on}, actor, now)
    return new_id


def load_cast(
    *, people: list[Person], account_ids: Mapping[str, UUID], actor: Actor, now: datetime
) -> dict[str, UUID]:
    """Members with all their posts at once, for a new county; username -> member. Those who have an account stay."""
    if actor.kind is not ActorKind.SYSTEM:
        raise Refused("force.not_leader")
    with transaction.atomic():
        known = dict(Member.objects.filter(account__isnull=False).values_list("account_id", "id"))
        new = [person for person in people if account_ids.get(person.username) not in known]
        members = {person.username: _member(person, account_ids) for person in new}
        Member.objects.bulk_create(members.values())
        Posting.objects.bulk_create(
            _posting(person, seat, members[person.username].id) for person in new for seat in person.seats
        )
        _record("load_cast", "force.member", "-", None, {"members": len(new)}, actor, now)
    kept = {
        person.username: known.get(account_ids[person.username]) for person in people if person not in new
    }
    ids = {username: member.id for username, member in members.items()}
    return {**ids, **{username: member_id for username, member_id in kept.items() if member_id is not None}}


def _member(person: Person, account_ids: Mapping[str, UUID]) -> Member:
    _check_new(person.badge, account_ids.get(person.username))
    return Member(
        id=uuid7(),
        account_id=account_ids.get(person.username),
        name=person.name,
        badge=person.badge,
        kind=person.kind,
        phone=person.phone,
    )


def _posting(person: Person, seat: Seat, member_id: UUID) -> Posting:
    unit = territory.unit_by_code(seat.unit)
    _check_place(person.kind, seat.role, unit.id, seat.area, person.starts_on)
    return Posting(
        member_id=member_id,
        unit_id=unit.id,
        role=seat.role,
        area_id=seat.area,
        starts_on=person.starts_on,
        is_main=seat is person.seats[0],
    )


def _check_leader(actor: Actor, unit_id: int) -> None:
    leads = any(
        held.role in rules.LEADING_ROLES
        and held.unit_id is not None
        and unit_id in (held.unit_id, *territory.units_below(held.unit_id))
        for held in actor.posts
    )
    rules.check_leader(actor.kind is ActorKind.SYSTEM, actor.roles, leads_unit=leads)


def _check_new(badge: str, account_id: UUID | None) -> None:
    if account_id is not None and Member.objects.filter(account_id=account_id).exists():
        raise Refused("member.account_taken")
    if badge and Member.objects.filter(badge=badge).exists():
        raise Refused("member.badge_taken", badge=badge)


def _locked_member(member_id: UUID) -> Member:
    """Two posts for the same person at once: the second waits, and is then checked against the first."""
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise Refused("member.unknown")
    return member


def _check_place(kind: str, role: str, unit_id: int, area_code: int | None, on: date) -> None:
    unit = territory.unit(unit_id, on)
    if unit is None:
        raise Refused("posting.unit_not_open", unit=territory.unit_row(unit_id).name, on=on)
    rules.check_role(kind, role, is_partner_unit=unit.kind == UnitKind.PARTNER, unit_name=unit.name)
    if area_code is not None:
        area = territory.area(area_code)
        if area.kind not in (AreaKind.VILLAGE, AreaKind.GRID):
            raise Refused("posting.area_wrong", area=area.name)


def _check_free(posting: Posting) -> None:
    """The database would refuse it too; here it is said in words."""
    for held in Posting.objects.filter(member_id=posting.member_id):
        if not rules.overlaps(posting.starts_on, posting.ends_on, held.starts_on, held.ends_on):
            continue
        if (held.unit_id, held.role, held.area_id) == (posting.unit_id, posting.role, posting.area_id):
            raise Refused("posting.twice", name=posting.member.name, role=Role(posting.role).label)
        if held.is_main and posting.is_main:
            raise Refused("posting.main_twice", name=posting.member.name)


def _record(
    verb: str,
    subject: str,
    subject_id: UUID | str,
    unit_id: int | None,
    facts: dict[str, object],
    actor: Actor,
    now: datetime,
) -> None:
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
