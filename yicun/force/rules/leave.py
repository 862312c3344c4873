"""Who may note an absence, to whom signing may be handed, and for how long."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from yicun.force.terms import Role
from yicun.force.terms.leave import IN_THE_NAME_OF, AbsenceKind, SigningKind
from yicun.kernel.refusals import Refused

# Whoever signs: the leaders of a station and of the bureau. No auxiliary can hold one of these posts.
SIGNING_ROLES = frozenset({Role.CHIEF, Role.INSTRUCTOR, Role.DEPUTY, Role.BUREAU_CHIEF})
NOTING_ROLES = SIGNING_ROLES | {Role.DESK, Role.COMMAND_CENTRE}
LONGEST = 200
NOTED_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Held:
    """A post as these rules look at it."""

    role: str
    unit_id: int


def check_noting(
    *, is_own: bool, held: Iterable[Held], unit_ids: Collection[int], is_system: bool = False
) -> None:
    """Oneself, or whoever leads or answers the telephone in one of the member's units; the bureau for everybody."""
    may = any(
        post.role == Role.BUREAU_CHIEF or (post.role in NOTING_ROLES and post.unit_id in unit_ids)
        for post in held
    )
    if not (is_own or may):
        raise Refused("absence.not_yours")


def check_kind(kind: str) -> None:
    if kind not in AbsenceKind.values:
        raise Refused("absence.kind_unknown", kind=kind[:40])


def check_period(starts_on: date, ends_on: date, today: date) -> None:
    """`ends_on` is the first day back."""
    if ends_on <= starts_on:
        raise Refused("absence.period_wrong")
    if (ends_on - starts_on).days > LONGEST:
        raise Refused("absence.too_long", most=LONGEST)
    if starts_on < today - timedelta(days=NOTED_WITHIN):
        raise Refused("absence.too_early", on=starts_on, most=NOTED_WITHIN)


def signing_unit(held: Iterable[Held]) -> int:
    """The unit one signs for: that of the first leading post."""
    for post in held:
        if post.role in SIGNING_ROLES:
            return post.unit_id
    raise Refused("delegation.not_a_leader")


def check_delegate(
    *, principal_id: UUID, delegate_id: UUID, held: Iterable[Held], unit_ids: Collection[int]
) -> None:
    """`unit_ids`: the principal's unit and those above it."""
    if principal_id == delegate_id:
        raise Refused("delegation.to_oneself")
    if not any(post.role in SIGNING_ROLES and post.unit_id in unit_ids for post in held):
        raise Refused("delegation.delegate_unfit")


def check_delegation(starts_on: date, ends_on: date, kinds: Collection[str], today: date) -> None:
    unknown = sorted(set(kinds) - set(SigningKind.values))
    if unknown:
        raise Refused("delegation.kind_unknown", kind=unknown[0][:40])
    check_period(starts_on, ends_on, today)
    if ends_on <= today:
        raise Refused("delegation.period_over")


def covers(kinds: Collection[str], kind: str) -> bool:
    return not kinds or kind in kinds


def ending(starts_on: date, ends_on: date, today: date) -> date | None:
    """The new first day after it, when it ends today: none if it is over already, an empty period if not begun."""
    if ends_on <= today:
        return None
    return max(starts_on, today)


def in_the_name_of(delegate: str, principal: str) -> str:
    return IN_THE_NAME_OF.format(delegate=delegate, principal=principal)
