"""Taking a step: the only place where the state of a demand changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction

from yicun.base import audit, inbox
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.kernel.workflow import Step
from yicun.relief.models import Addressee, Demand, DemandEntry
from yicun.relief.queries.access import addressees_for, served_units, visible_to
from yicun.relief.rules.flow import ENDED, WORKFLOW
from yicun.relief.rules.hats import Standing, hats
from yicun.relief.terms import Action

LOCK_UNAVAILABLE = "55P03"
LONGEST = 2_000
# Kept with the unit that did it, not in the history that every unit asked may read.
SAID_ELSEWHERE = frozenset({Action.FULFIL.value, Action.APPOINT.value})


@dataclass
class Turn:
    """One step under way: the locked demand, the actor's own rows of it, who takes it, when."""

    demand: Demand
    step: Step
    actor: Actor
    now: datetime
    asked: list[Addressee]
    text: str = ""
    stage: str = ""

    @property
    def on(self) -> date:
        return self.now.astimezone(SHANGHAI).date()


@contextmanager
def taking(
    action: Action,
    *,
    demand_id: UUID,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Turn]:
    """Lock, ask the table, let the caller fill in, store, write history and audit: all or nothing."""
    with transaction.atomic():
        demand = _locked(demand_id, actor)
        if version is not None and version != demand.version:
            raise Refused("demand.changed", by=demand.changed_by)
        asked = own_rows(demand, actor)
        step = WORKFLOW.take(action.value, demand.state, hats(actor, standing(demand, asked)), given)
        turn = Turn(demand, step, actor, now, asked)
        yield turn
        _finish(turn)


def standing(demand: Demand, asked: list[Addressee]) -> Standing:
    return Standing(
        area_code=demand.area_code,
        issuer_unit_id=demand.handling_unit_id,
        asked=tuple(row.handling_unit_id for row in asked),
        roles=tuple(demand.roles),
    )


def own_rows(demand: Demand, actor: Actor) -> list[Addressee]:
    """The rows of the units that the actor serves."""
    mine = addressees_for(actor).filter(demand_id=demand.pk, handling_unit_id__in=served_units(actor))
    return list(mine.order_by("handling_unit_id"))


def write_entry(
    demand: Demand, *, verb: str, actor: Actor, now: datetime, text: str = "", stage: str = ""
) -> None:
    DemandEntry.objects.bulk_create(
        [
            DemandEntry(
                demand_id=demand.pk,
                area_code=demand.area_code,
                handling_unit_id=demand.handling_unit_id,
                verb=verb,
                at=now,
                actor_label=actor.label,
                account_id=actor.account_id,
                text=text,
                stage=stage,
            )
        ]
    )


def announce(demand: Demand, kind: str, *, actor: Actor, now: datetime, unit_id: int) -> None:
    """A line in a unit's digest of the day."""
    line = {"demand": demand.pk, "title": demand.title, "by": actor.label}
    inbox.put(kind=kind, lines=[line], now=now, unit_id=unit_id)


def _locked(demand_id: UUID, actor: Actor) -> Demand:
    """The row, held until the step is done. A second officer waits a moment, then is told who was faster."""
    try:
        found = visible_to(actor).select_for_update(of=("self",)).filter(pk=demand_id).first()
    except OperationalError as busy:
        if getattr(busy.__cause__, "sqlstate", "") == LOCK_UNAVAILABLE:
            raise Refused("server.busy") from busy
        raise
    if found is None:
        raise Refused("record.not_found")
    return found


def _finish(turn: Turn) -> None:
    demand, step = turn.demand, turn.step
    if step.to and step.to != demand.state:
        demand.state = step.to
        demand.ended_at = turn.now if step.to in ENDED else None
    demand.version += 1
    demand.changed_by = turn.actor.label
    demand.save(force_update=True)
    if step.action not in SAID_ELSEWHERE:
        text = clean_text(turn.text, LONGEST)
        write_entry(demand, verb=step.action, actor=turn.actor, now=turn.now, text=text, stage=turn.stage)
    audit.record(
        verb=step.action,
        subject="relief.demand",
        subject_id=demand.pk,
        actor=turn.actor,
        now=turn.now,
        area_code=demand.area_code,
        unit_id=demand.handling_unit_id,
        facts={"title": demand.title, "state": demand.state},
    )
