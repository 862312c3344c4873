"""Who is what to a matter. A posting's role becomes a hat only where the posting reaches the matter.

The chief of one station who is contracted to a village of another wears the chief's hat at home and the officer's
hat in that village, never both everywhere.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from yicun.kernel.actor import Actor, ActorKind


class Hat(StrEnum):
    DESK = "desk"
    HANDLER = "handler"
    LEAD = "lead"
    CO_HANDLER = "co_handler"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    TIE_BREAKER = "tie_breaker"
    RECORDER = "recorder"
    REPORTER = "reporter"
    UNDOER = "undoer"


LEADERS = frozenset({"chief", "instructor", "deputy"})
DESK_ROLES = LEADERS | {"desk", "command_centre"}
APPROVER_ROLES = LEADERS | {"command_centre", "bureau_chief"}
SUPERVISOR_ROLES = LEADERS | {"command_centre", "bureau_chief", "activity_office"}
TIE_BREAKER_ROLES = frozenset({"governance_centre", "command_centre"})
UNIT_LEADS = LEADERS | {"desk", "partner_lead", "command_centre", "governance_centre"}
HANDLER_ROLES = UNIT_LEADS | {
    "community_officer",
    "village_officer",
    "case_officer",
    "patrol_officer",
    "fire_officer",
    "household_officer",
    "auxiliary",
    "partner_staff",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a matter decides who is what to it."""

    area_code: int
    desk_unit_id: int
    handling_unit_id: int
    handler_member_id: UUID | None
    recorded_by: UUID | None
    co_unit_ids: tuple[int, ...] = ()
    # The handling unit and those above it: who leads one of them leads whoever handles the matter.
    lead_unit_ids: tuple[int, ...] = ()


def hats(actor: Actor, matter: Standing) -> frozenset[str]:
    """The hats `actor` wears for this matter."""
    if actor.kind in (ActorKind.SYSTEM, ActorKind.SERVICE):
        return frozenset(hat.value for hat in Hat)
    reach = actor.roles_for(matter.area_code, (matter.desk_unit_id,))
    if actor.kind is ActorKind.PUBLIC:
        # Nobody from outside reaches a matter but through the public desk, which was shown the code.
        return frozenset({Hat.REPORTER.value} if reach else ())
    worn = {
        Hat.DESK: reach & DESK_ROLES,
        Hat.APPROVER: reach & APPROVER_ROLES,
        Hat.SUPERVISOR: reach & SUPERVISOR_ROLES,
        Hat.TIE_BREAKER: reach & TIE_BREAKER_ROLES,
        Hat.HANDLER: _handles(actor, matter),
        Hat.LEAD: _roles_in(actor, matter.lead_unit_ids) & UNIT_LEADS,
        Hat.CO_HANDLER: set(actor.unit_ids) & set(matter.co_unit_ids),
        Hat.RECORDER: actor.account_id is not None and actor.account_id == matter.recorded_by,
    }
    return frozenset(hat.value for hat, reason in worn.items() if reason)


def _handles(actor: Actor, matter: Standing) -> bool:
    """In the handling unit; once a person is named, that person or somebody who leads the unit."""
    roles = _roles_in(actor, (matter.handling_unit_id,))
    if matter.handler_member_id is None or matter.handler_member_id == actor.member_id:
        return bool(roles & HANDLER_ROLES)
    return bool(roles & UNIT_LEADS)


def _roles_in(actor: Actor, unit_ids: tuple[int, ...]) -> set[str]:
    return {post.role for post in actor.posts if post.unit_id in unit_ids}
