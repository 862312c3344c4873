"""Who is what to a demand: who asks, who keeps the gate, who is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.refusals import Refused


class Hat(StrEnum):
    ISSUER = "issuer"
    GATEKEEPER = "gatekeeper"
    ADDRESSEE = "addressee"
    ADDRESSEE_LEAD = "addressee_lead"
    CLOCK = "clock"


STATION_LEADS = frozenset({"chief", "instructor", "deputy"})
GATE_ROLES = frozenset({"activity_office", "command_centre"})
COUNTY_PROPOSERS = GATE_ROLES | {"bureau_chief", "governance_centre", "partner_lead"}
PROPOSER_ROLES = COUNTY_PROPOSERS | STATION_LEADS
UNIT_LEADS = STATION_LEADS | {"desk", "command_centre", "activity_office", "partner_lead"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`asked`: units asked that the actor serves, directly or in a unit below; `roles`: whom it is meant for."""

    area_code: int
    issuer_unit_id: int
    asked: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()


def hats(actor: Actor, demand: Standing) -> frozenset[str]:
    if actor.kind is ActorKind.SYSTEM:
        return frozenset({Hat.CLOCK.value})
    if actor.kind is not ActorKind.MEMBER:
        return frozenset()
    held_here = {post.role for post in actor.posts if post.unit_id == demand.issuer_unit_id}
    leads = bool(demand.asked) and bool(actor.roles & UNIT_LEADS)
    worn = {
        Hat.ISSUER: held_here & PROPOSER_ROLES,
        Hat.GATEKEEPER: actor.roles & GATE_ROLES,
        Hat.ADDRESSEE: demand.asked and (leads or is_meant_for(actor.roles, demand.roles)),
        Hat.ADDRESSEE_LEAD: leads,
    }
    return frozenset(hat.value for hat, reason in worn.items() if reason)


def is_meant_for(held: Collection[str], wanted: Collection[str]) -> bool:
    """Named roles, or nobody in particular: then everybody of the unit."""
    return not wanted or not set(held).isdisjoint(wanted)


def may_propose(actor: Actor) -> bool:
    return bool(actor.roles & PROPOSER_ROLES)


def proposing_unit(actor: Actor) -> int:
    """The unit in whose name the actor asks."""
    found = next((post.unit_id for post in actor.posts if post.role in PROPOSER_ROLES and post.unit_id), None)
    if found is None:
        raise Refused("demand.not_proposer")
    return found


def check_reach(actor: Actor, unit_ids: Collection[int], own: Collection[int]) -> None:
    """A station asks its own people; the county's offices and the partner bodies may ask any station at the gate."""
    if not actor.roles & COUNTY_PROPOSERS and not set(unit_ids) <= set(own):
        raise Refused("demand.beyond_your_reach")


def check_gate(actor: Actor, proposed_by: object) -> None:
    if actor.account_id is not None and actor.account_id == proposed_by:
        raise Refused("gate.own_demand")
