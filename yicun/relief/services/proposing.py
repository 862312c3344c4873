"""Asking something of a station: what is proposed waits at the gate until somebody else lets it in."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from yicun.base import audit
from yicun.force.terms import Role
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.relief.models import Addressee, Definition, Demand
from yicun.relief.queries.campaigns import checked_counted
from yicun.relief.queries.lists import alike
from yicun.relief.rules import gate
from yicun.relief.rules.gate import Request
from yicun.relief.rules.hats import COUNTY_PROPOSERS, check_reach, proposing_unit
from yicun.relief.services.taking import Turn, announce, taking, write_entry
from yicun.relief.terms import Action
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind


def propose(*, request: Request, actor: Actor, now: datetime) -> Demand:
    """Without an authority nothing reaches a station, not even the gate."""
    on = now.astimezone(SHANGHAI).date()
    issuer = proposing_unit(actor)
    words = gate.checked_words(request, known_roles=Role.values)
    gate.check_period(request.list_name, request.starts_on, request.expires_on, on)
    units = _units(request.units, issuer, actor, on)
    definition = checked_counted(request)
    if not request.is_no_duplicate:
        _check_new(words["title"], words["deliverable"], actor, on)
    demand = _demand(request, words, issuer, actor, now)
    try:
        with transaction.atomic():
            Demand.objects.bulk_create([demand])
            Addressee.objects.bulk_create(_asked(demand, units))
            if definition:
                keep_definition(demand, definition[0], definition[1], version=1, actor=actor, now=now)
            write_entry(demand, verb=Action.PROPOSE.value, actor=actor, now=now, text=words["authority"])
            for unit_id in gatekeepers(on):
                announce(demand, "demand_proposed", actor=actor, now=now, unit_id=unit_id)
            audit.record(
                verb="propose",
                subject="relief.demand",
                subject_id=demand.pk,
                actor=actor,
                now=now,
                area_code=demand.area_code,
                unit_id=issuer,
                facts={"title": demand.title, "authority": demand.authority, "units": units},
            )
    except IntegrityError as broken:
        constraint = getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "")
        raise (Refused("demand.already_stored") if constraint == "relief_demand_pkey" else broken) from broken
    return demand


def revise(
    *,
    demand_id: UUID,
    deliverable: str,
    authority: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Demand:
    """What the gate sent back comes again, put right."""
    given = {"deliverable": deliverable, "authority": authority}
    with taking(
        Action.REVISE, demand_id=demand_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        demand = turn.demand
        demand.deliverable = clean_text(deliverable, gate.DELIVERABLE)
        demand.authority = gate.checked_authority(authority)
        gate.check_period(demand.list_name, demand.starts_on, demand.expires_on, turn.on)
        turn.text = demand.authority
        tell_gate(turn, "demand_proposed")
    return turn.demand


def keep_definition(
    demand: Demand, counted: dict[str, object], area: int, *, version: int, actor: Actor, now: datetime
) -> None:
    Definition.objects.bulk_create(
        [
            Definition(
                demand_id=demand.pk,
                area_code=demand.area_code,
                handling_unit_id=demand.handling_unit_id,
                version=version,
                counted=counted,
                counted_area=area,
                set_at=now,
                set_by=actor.label,
            )
        ]
    )


def tell_gate(turn: Turn, kind: str) -> None:
    for unit_id in gatekeepers(turn.on):
        announce(turn.demand, kind, actor=turn.actor, now=turn.now, unit_id=unit_id)


def gatekeepers(on: date) -> list[int]:
    """The units whose inbox hears of proposals: the command centres, which keep the gate day and night."""
    return [unit.id for unit in territory.units_of_kind(UnitKind.COMMAND_CENTRE, on)]


def _units(wanted: Iterable[int], issuer: int, actor: Actor, on: date) -> list[int]:
    found = list(dict.fromkeys(wanted))
    if not found:
        raise Refused("demand.nobody_addressed")
    if any(territory.unit(unit_id, on) is None for unit_id in found):
        raise Refused("demand.unit_unknown")
    check_reach(actor, found, (issuer, *territory.units_below(issuer)))
    return found


def _check_new(title: str, deliverable: str, actor: Actor, on: date) -> None:
    same = alike(title, deliverable, actor, on)
    if same:
        raise Refused("demand.likely_duplicate", title=same[0].title, demand_id=str(same[0].pk))


def _demand(request: Request, words: dict[str, str], issuer: int, actor: Actor, now: datetime) -> Demand:
    """In the scope of who asks, and for the county's offices of the county: a station reads it once it is let in."""
    is_countys = bool(actor.roles & COUNTY_PROPOSERS)
    return Demand(
        id=request.id,
        list_name=request.list_name,
        **words,
        authority_kind=request.authority_kind,
        area_code=territory.home_county() if is_countys else territory.unit_row(issuer).seat_id,
        handling_unit_id=issuer,
        roles=sorted(set(request.roles)),
        cadence=request.cadence,
        starts_on=request.starts_on,
        expires_on=request.expires_on,
        minutes=request.minutes,
        defence=request.defence,
        proposed_by=actor.account_id,
        proposer_label=actor.label,
        proposed_at=now,
        changed_by=actor.label,
    )


def _asked(demand: Demand, units: Sequence[int]) -> list[Addressee]:
    return [
        Addressee(
            demand_id=demand.pk,
            area_code=territory.unit_row(unit_id).seat_id,
            handling_unit_id=unit_id,
            issuer_unit_id=demand.handling_unit_id,
        )
        for unit_id in units
    ]
