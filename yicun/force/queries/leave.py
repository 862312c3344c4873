"""Who is away on a day, and who signs for whom."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from yicun.force.models import Absence, Delegation
from yicun.force.queries.postings import PostRow, labels_on, members_of, postings_of, posts_of
from yicun.force.rules import leave as rules
from yicun.force.rules.leave import SIGNING_ROLES, Held
from yicun.force.terms.leave import AbsenceKind, SigningKind
from yicun.kernel.actor import Actor
from yicun.territory import queries as territory

DAY = timedelta(days=1)
LISTED = 50


@dataclass(frozen=True, slots=True)
class AwayRow:
    """`until` is the last day away."""

    id: UUID
    member_id: UUID
    name: str
    kind: str
    kind_label: str
    starts_on: date
    until: date
    noted_by: str


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """`until` is the last day of it; `kind_labels` empty: everything."""

    id: UUID
    principal_id: UUID
    principal: str
    delegate_id: UUID
    delegate: str
    reason_label: str
    kinds: tuple[str, ...]
    kind_labels: tuple[str, ...]
    starts_on: date
    until: date

    def covers(self, kind: str) -> bool:
        return rules.covers(self.kinds, kind)


def away_on(on: date, *, unit_ids: Iterable[int] | None = None) -> list[AwayRow]:
    """Everybody who is away on this day, or those posted to one of these units; by name."""
    found = Absence.objects.filter(starts_on__lte=on, ends_on__gt=on).select_related("member")
    if unit_ids is not None:
        found = found.filter(member_id__in=_members_in(unit_ids, on))
    return [_away(row) for row in found.order_by("member__name", "starts_on", "id")]


def absences_of(unit_ids: Iterable[int], on: date) -> list[AwayRow]:
    """Today's and those still to come of the people of these units, the nearest first."""
    found = Absence.objects.filter(member_id__in=_members_in(unit_ids, on), ends_on__gt=on)
    found = found.filter(ends_on__gt=F("starts_on")).select_related("member")
    return [_away(row) for row in found.order_by("starts_on", "member__name", "id")[:LISTED]]


def absence(absence_id: UUID) -> AwayRow | None:
    found = Absence.objects.select_related("member").filter(pk=absence_id).first()
    return None if found is None else _away(found)


def delegations_of(member_id: UUID, on: date) -> list[DelegationRow]:
    """Given by this member or to him, in force on this day or later, and not taken back."""
    mine = Q(principal_id=member_id) | Q(delegate_id=member_id)
    found = Delegation.objects.filter(mine, ends_on__gt=on, recalled_at__isnull=True)
    return _delegations(found.order_by("starts_on", "id"), on)


def signs_for(member_id: UUID | None, on: date) -> list[DelegationRow]:
    """For whom this member signs on this day. One step only: what he signs for others he cannot hand on."""
    if member_id is None:
        return []
    found = _running(on).filter(delegate_id=member_id).order_by("starts_on", "id")
    return _delegations(found, on)


def delegate_of(member_id: UUID, on: date) -> DelegationRow | None:
    found = _delegations(_running(on).filter(principal_id=member_id), on)
    return found[0] if found else None


def signing_as(actor: Actor, principal_id: UUID | None, kind: str, on: date) -> Actor:
    """The actor himself; or, where `principal_id` handed him this kind of signature, the actor in that name.

    He then holds the principal's leading posts as well, for this one signature, and both names stand in the label
    that history, audit and paper keep. What he may see is his own scope still.
    """
    if principal_id is None or principal_id == actor.member_id:
        return actor
    for row in signs_for(actor.member_id, on):
        if row.principal_id == principal_id and row.covers(kind):
            label = rules.in_the_name_of(actor.label, row.principal)
            return replace(
                actor, label=label, posts=(*actor.posts, *posts_of(principal_id, SIGNING_ROLES, on))
            )
    return actor


def possible_delegates(actor: Actor, on: date) -> list[PostRow]:
    """Leaders of the actor's own unit, then of those above it, each person once; none who does not sign himself."""
    leads = [post for post in actor.posts if post.role in SIGNING_ROLES and post.unit_id is not None]
    rows: dict[UUID, PostRow] = {}
    for post in leads[:1]:
        assert post.unit_id is not None
        for unit_id in units_upwards(post.unit_id):
            for row in members_of(unit_id, on, roles=SIGNING_ROLES):
                rows.setdefault(row.member_id, row)
    return [row for row in rows.values() if row.member_id != actor.member_id]


def units_upwards(unit_id: int) -> tuple[int, ...]:
    """The unit itself and those above it, nearest first."""
    chain: list[int] = []
    step: int | None = unit_id
    while step is not None and step not in chain:
        chain.append(step)
        step = territory.unit_row(step).parent_id
    return tuple(chain)


def member_rows(unit_ids: Iterable[int], on: date) -> list[PostRow]:
    """Each person of these units once, for a list to choose from."""
    rows: dict[UUID, PostRow] = {}
    for unit_id in unit_ids:
        for row in members_of(unit_id, on):
            rows.setdefault(row.member_id, row)
    return list(rows.values())


def held_on(member_id: UUID, on: date) -> list[Held]:
    """The posts a member holds on this day, main one first."""
    rows = [row for row in postings_of(member_id) if row.starts_on <= on and (row.ends_on or date.max) > on]
    return [Held(row.role, row.unit_id) for row in sorted(rows, key=lambda row: not row.is_main)]


def _members_in(unit_ids: Iterable[int], on: date) -> set[UUID]:
    return {row.member_id for row in member_rows(unit_ids, on)}


def _running(on: date) -> QuerySet[Delegation]:
    return Delegation.objects.filter(starts_on__lte=on, ends_on__gt=on, recalled_at__isnull=True)


def _away(row: Absence) -> AwayRow:
    return AwayRow(
        id=row.id,
        member_id=row.member_id,
        name=row.member.name,
        kind=row.kind,
        kind_label=str(AbsenceKind(row.kind).label),
        starts_on=row.starts_on,
        until=row.ends_on - DAY,
        noted_by=row.noted_by,
    )


def _delegations(found: QuerySet[Delegation], on: date) -> list[DelegationRow]:
    """With names and roles as they are today."""
    rows = list(found)
    names = labels_on({row.principal_id for row in rows} | {row.delegate_id for row in rows}, on)
    return [
        DelegationRow(
            id=row.id,
            principal_id=row.principal_id,
            principal=names[row.principal_id],
            delegate_id=row.delegate_id,
            delegate=names[row.delegate_id],
            reason_label=str(AbsenceKind(row.reason).label),
            kinds=tuple(row.kinds),
            kind_labels=tuple(str(SigningKind(kind).label) for kind in row.kinds),
            starts_on=row.starts_on,
            until=row.ends_on - DAY,
        )
        for row in rows
    ]
