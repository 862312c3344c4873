"""Who serves where, and what that opens."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from uuid import UUID

from django.db.models import Q, QuerySet

from yicun.base.editions import one_edition
from yicun.force.models import Member, Posting
from yicun.force.rules.cast import Person, people
from yicun.force.rules.postings import VILLAGE_ROLES, label, reach
from yicun.force.terms import Role
from yicun.kernel.actor import Actor, ActorKind, Post
from yicun.kernel.refusals import Refused
from yicun.territory import queries as territory
from yicun.territory.terms import COUNTY_UNITS, Function, UnitKind

PACKAGED = files("yicun.force") / "reference"


@dataclass(frozen=True, slots=True)
class MemberRow:
    id: UUID
    account_id: UUID | None
    name: str
    badge: str
    kind: str
    phone: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """A posting as lists and labels show it."""

    posting_id: UUID
    member_id: UUID
    account_id: UUID | None
    name: str
    kind: str
    badge: str
    phone: str
    role: str
    unit_id: int
    area_id: int | None
    is_main: bool
    starts_on: date
    ends_on: date | None

    @property
    def label(self) -> str:
        return label(self.name, self.role)


def actor_for(account_id: UUID, on: date) -> Actor:
    """Who an account is on this day; read anew every time, so that rights follow a posting at once.

    Two short queries: the postings, and the edition of the territory held in memory.
    """
    with one_edition():
        return _actor(account_id, on)


def _actor(account_id: UUID, on: date) -> Actor:
    rows = list(_running(on).filter(member__account_id=account_id))
    if not rows:
        return _without_posting(account_id)
    first = rows[0]
    actor = Actor(
        kind=ActorKind.MEMBER,
        label=label(first.member.name, first.role),
        account_id=account_id,
        member_id=first.member_id,
        posts=_posts(rows, on),
    )
    widest = actor.widest
    between = (span for post in actor.posts for span in post.ranges if span != widest)
    codes = territory.codes_within(between)
    lo, hi = widest or (1, 0)
    return replace(actor, codes=tuple(code for code in codes if not lo <= code <= hi))


def _without_posting(account_id: UUID) -> Actor:
    """Nobody at work today; of an account that never was a member's not even a name is known here."""
    known = Member.objects.filter(account_id=account_id).values_list("id", "account__label").first()
    member_id, named = known or (None, "")
    return Actor(kind=ActorKind.MEMBER, label=named, account_id=account_id, member_id=member_id)


def _running(on: date) -> QuerySet[Posting]:
    """Postings of this day, main ones first."""
    runs = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    return Posting.objects.filter(runs).select_related("member").order_by("-is_main", "starts_on", "id")


def _posts(rows: Collection[Posting], on: date) -> tuple[Post, ...]:
    """A unit that is closed on this day gives nothing."""
    held = territory.ranges_of({row.unit_id for row in rows}, Function.MANAGEMENT, on)
    posts = []
    for row in rows:
        unit = territory.unit(row.unit_id, on)
        if unit is None:
            continue
        ranges = reach(
            row.role,
            is_county_unit=unit.kind in COUNTY_UNITS,
            is_partner_unit=unit.kind == UnitKind.PARTNER,
            area=None if row.area_id is None else territory.area(row.area_id).range,
            county=territory.county_of(unit.seat_id).range,
            unit_ranges=held[row.unit_id],
        )
        posts.append(Post(role=row.role, unit_id=row.unit_id, ranges=ranges))
    return tuple(posts)


def posts_of(member_id: UUID, roles: Collection[str], on: date) -> tuple[Post, ...]:
    """What a member's posts in these roles open on this day, main one first."""
    return _posts(list(_running(on).filter(member_id=member_id, role__in=roles)), on)


def cast_people(folder: Traversable = PACKAGED) -> list[Person]:
    """The people of a folder's `cast.csv`, for `load_cast`; an account is opened for each username before."""
    return people(folder.joinpath("cast.csv").read_bytes().decode("utf-8-sig"))


def member(member_id: UUID) -> MemberRow:
    found = Member.objects.filter(pk=member_id).first()
    if found is None:
        raise Refused("member.unknown")
    return MemberRow(found.id, found.account_id, found.name, found.badge, found.kind, found.phone)


def member_at(unit_id: int, member_id: UUID, on: date) -> PostRow | None:
    """The member's first post at exactly this unit on this day."""
    found = _running(on).filter(unit_id=unit_id, member_id=member_id).first()
    return None if found is None else _row(found)


def members_of(
    unit_id: int, on: date, *, roles: Iterable[str] = (), with_below: bool = False
) -> list[PostRow]:
    """Posts of a unit, leaders first; with `with_below` those of the units under it too."""
    units = (unit_id, *territory.units_below(unit_id)) if with_below else (unit_id,)
    found = _running(on).filter(unit_id__in=units)
    wanted = frozenset(roles)
    return _sorted(row for row in found if not wanted or row.role in wanted)


def postings_of(member_id: UUID) -> list[PostRow]:
    """All posts a member ever held, newest first."""
    found = Posting.objects.filter(member_id=member_id).select_related("member").order_by("-starts_on", "-id")
    return [_row(posting) for posting in found]


def officers_for(area_code: int, on: date) -> list[PostRow]:
    """The community and village officers of the village that `area_code` is, or lies in."""
    return _sorted(_running(on).filter(role__in=VILLAGE_ROLES, area_id__in=territory.chain_of(area_code)))


def people_board(on: date, *, within: int) -> list[tuple[int, list[PostRow]]]:
    """Every unit seated in the area `within`, in their order, with the posts it has filled; one query."""
    lo, hi = territory.area(within).range
    by_unit: dict[int, list[Posting]] = {
        unit.id: [] for unit in territory.all_units(on) if lo <= unit.seat_id <= hi
    }
    for row in _running(on).filter(unit_id__in=by_unit):
        by_unit[row.unit_id].append(row)
    return [(unit_id, _sorted(rows)) for unit_id, rows in by_unit.items()]


def label_for(member_id: UUID, on: date) -> str:
    """Name and main role; the bare name of somebody without a post."""
    found = _running(on).filter(member_id=member_id).first()
    return member(member_id).name if found is None else label(found.member.name, found.role)


def labels_on(member_ids: Collection[UUID], on: date) -> dict[UUID, str]:
    """Name and main role of each, in at most two queries; the bare name of somebody without a post."""
    if not member_ids:
        return {}
    names = dict(Member.objects.filter(pk__in=member_ids).values_list("id", "name"))
    for row in reversed(_running(on).filter(member_id__in=member_ids)):
        names[row.member_id] = label(row.member.name, row.role)
    return names


def _sorted(rows: Iterable[Posting]) -> list[PostRow]:
    order = {role: place for place, role in enumerate(Role.values)}
    return sorted(
        (_row(row) for row in rows), key=lambda row: (order[row.role], row.name, str(row.posting_id))
    )


def _row(posting: Posting) -> PostRow:
    person = posting.member
    return PostRow(
        posting_id=posting.id,
        member_id=person.id,
        account_id=person.account_id,
        name=person.name,
        kind=person.kind,
        badge=person.badge,
        phone=person.phone,
        role=posting.role,
        unit_id=posting.unit_id,
        area_id=posting.area_id,
        is_main=posting.is_main,
        starts_on=posting.starts_on,
        ends_on=posting.ends_on,
    )
