"""Who may hold which post, and how far a post reaches."""

from collections.abc import Iterable
from datetime import date

from yicun.force.terms import LABEL, MemberKind, Role
from yicun.kernel.refusals import Refused

Range = tuple[int, int]

COUNTY_ROLES = frozenset(
    {Role.BUREAU_CHIEF, Role.COMMAND_CENTRE, Role.ACTIVITY_OFFICE, Role.GOVERNANCE_CENTRE, Role.AUDITOR}
)
PARTNER_ROLES = frozenset({Role.PARTNER_LEAD, Role.PARTNER_STAFF, Role.GOVERNANCE_CENTRE})
# An auxiliary neither inspects alone nor signs: none of the posts of an officer is open to one.
_ROLES_BY_KIND = {
    MemberKind.OFFICER: frozenset(Role) - PARTNER_ROLES - {Role.AUXILIARY, Role.GRID_MEMBER},
    MemberKind.AUXILIARY: frozenset({Role.AUXILIARY}),
    MemberKind.CIVILIAN: frozenset(
        {Role.DESK, Role.HOUSEHOLD_OFFICER, Role.ACTIVITY_OFFICE, Role.AUDITOR, Role.PLANNER}
    ),
    MemberKind.PARTNER: PARTNER_ROLES | {Role.AUDITOR},
    MemberKind.GRID_WORKER: frozenset({Role.GRID_MEMBER}),
    MemberKind.VOLUNTEER: frozenset({Role.GRID_MEMBER}),
}
LEADING_ROLES = frozenset({Role.CHIEF, Role.INSTRUCTOR})
VILLAGE_ROLES = frozenset({Role.COMMUNITY_OFFICER, Role.VILLAGE_OFFICER})


def check_member(name: str, kind: str) -> None:
    if not name.strip() or len(name) > 30 or not name.isprintable():
        raise Refused("member.name_missing")
    if kind not in MemberKind.values:
        raise Refused("member.kind_unknown", kind=kind)


def check_role(kind: str, role: str, *, is_partner_unit: bool, unit_name: str) -> None:
    if role not in Role.values:
        raise Refused("posting.role_unknown", role=role)
    if role not in _ROLES_BY_KIND[MemberKind(kind)]:
        raise Refused("posting.role_not_for_kind", kind=MemberKind(kind).label, role=Role(role).label)
    if (role in PARTNER_ROLES) != is_partner_unit and role not in (Role.AUDITOR, Role.GRID_MEMBER):
        raise Refused("posting.role_not_for_unit", unit=unit_name, role=Role(role).label)


def check_period(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on <= starts_on:
        raise Refused("posting.period_wrong")


def check_leader(is_system: bool, roles: Iterable[str], *, leads_unit: bool) -> None:
    """The bureau's leaders everywhere, a station's leaders in their own station."""
    held = frozenset(roles)
    if not is_system and Role.BUREAU_CHIEF not in held and not (leads_unit and held & LEADING_ROLES):
        raise Refused("force.not_leader")


def reach(
    role: str,
    *,
    is_county_unit: bool,
    is_partner_unit: bool,
    area: Range | None,
    county: Range,
    unit_ranges: tuple[Range, ...],
) -> tuple[Range, ...]:
    """The area codes a post covers: its village, else the whole county, else what its unit is in charge of."""
    if area is not None:
        return (area,)
    if is_county_unit or role in COUNTY_ROLES:
        return (county,)
    return () if is_partner_unit else unit_ranges


def overlaps(starts_on: date, ends_on: date | None, other_starts: date, other_ends: date | None) -> bool:
    begins_before_end = other_ends is None or starts_on < other_ends
    return begins_before_end and (ends_on is None or other_starts < ends_on)


def label(name: str, role: str) -> str:
    return LABEL.format(name=name, role=Role(role).label)
