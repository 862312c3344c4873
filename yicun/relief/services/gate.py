"""The gate of admission: what it lets in, sends back, takes out again or prolongs."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yicun.base import sharing
from yicun.kernel.actor import Actor, system_actor
from yicun.relief.models import Addressee, Demand
from yicun.relief.rules import gate
from yicun.relief.rules.hats import check_gate
from yicun.relief.services.taking import Turn, announce, taking
from yicun.relief.terms import SWEEPER, Action
from yicun.territory import queries as territory

ADDRESSED = "addressed"


def admit(
    *, demand_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Demand:
    """By somebody other than who asks. What begins today runs at once."""
    with transaction.atomic():
        with taking(Action.ADMIT, demand_id=demand_id, actor=actor, now=now, version=version) as turn:
            demand = turn.demand
            check_gate(actor, demand.proposed_by)
            gate.check_period(demand.list_name, demand.starts_on, demand.expires_on, turn.on)
            demand.gate_label, demand.gate_reason = actor.label, ""
            turn.text = text
            _share(turn)
            announce(demand, "demand_admitted", actor=actor, now=now, unit_id=demand.handling_unit_id)
            _tell_addressees(turn, "demand_asked")
        if demand.starts_on <= turn.on:
            return start(demand_id=demand_id, actor=clock_actor(), now=now)
    return demand


def return_back(
    *, demand_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Demand:
    given = {"reason": reason}
    with taking(
        Action.RETURN_BACK, demand_id=demand_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        demand = turn.demand
        check_gate(actor, demand.proposed_by)
        turn.text = reason
        demand.gate_label, demand.gate_reason = actor.label, reason.strip()
        announce(demand, "demand_returned", actor=actor, now=now, unit_id=demand.handling_unit_id)
    return turn.demand


def withdraw(
    *, demand_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Demand:
    given = {"reason": reason}
    with taking(
        Action.WITHDRAW, demand_id=demand_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        turn.text = reason
        if turn.demand.gate_label and not turn.demand.gate_reason:
            _tell_addressees(turn, "demand_withdrawn")
    return turn.demand


def renew(
    *,
    demand_id: UUID,
    expires_on: date | None,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Demand:
    """Never by itself: somebody says why it goes on, and until when."""
    given = {"expires_on": expires_on, "reason": reason}
    with taking(
        Action.RENEW, demand_id=demand_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        demand = turn.demand
        check_gate(actor, demand.proposed_by)
        if expires_on:
            gate.check_renewal(demand.list_name, demand.expires_on, expires_on, turn.on)
            demand.expires_on = expires_on
        turn.text = reason
        _tell_addressees(turn, "demand_renewed")
    return turn.demand


def start(*, demand_id: UUID, actor: Actor, now: datetime) -> Demand:
    """By the clock, on its first day."""
    with taking(Action.START, demand_id=demand_id, actor=actor, now=now) as turn:
        turn.text = ""
    return turn.demand


def expire(*, demand_id: UUID, actor: Actor, now: datetime) -> Demand:
    with taking(Action.EXPIRE, demand_id=demand_id, actor=actor, now=now) as turn:
        turn.text = ""
    return turn.demand


def complete(
    *, demand_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Demand:
    """Nothing more is asked: by who asked, or by the clock when every unit has done what was asked once."""
    with taking(Action.COMPLETE, demand_id=demand_id, actor=actor, now=now, version=version) as turn:
        turn.text = text
    return turn.demand


def clock_actor() -> Actor:
    """The clock of the county: it starts and ends what people have decided."""
    return system_actor(SWEEPER, *territory.area(territory.home_county()).range)


def _share(turn: Turn) -> None:
    """With each unit asked and everything below it, so that an office in a village reads what it is asked."""
    for row in Addressee.objects.filter(demand_id=turn.demand.pk):
        for unit_id in (row.handling_unit_id, *territory.units_below(row.handling_unit_id)):
            sharing.give(unit_id=unit_id, subject_id=turn.demand.pk, reason=ADDRESSED, now=turn.now)
            sharing.give(unit_id=unit_id, subject_id=row.pk, reason=ADDRESSED, now=turn.now)


def _tell_addressees(turn: Turn, kind: str) -> None:
    units = Addressee.objects.filter(demand_id=turn.demand.pk).values_list("handling_unit_id", flat=True)
    for unit_id in units.order_by("handling_unit_id"):
        announce(turn.demand, kind, actor=turn.actor, now=turn.now, unit_id=unit_id)
