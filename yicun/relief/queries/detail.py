"""Everything one page shows of a demand, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.workflow import Step
from yicun.matters import queries as matters
from yicun.relief import terms
from yicun.relief.models import Definition, Demand, DemandEntry
from yicun.relief.queries.access import visible_to
from yicun.relief.queries.campaigns import Tally, definitions_of, tally_of
from yicun.relief.queries.lists import alike
from yicun.relief.queries.rows import AskedRow, DemandRow, asked_rows, row_of
from yicun.relief.rules.flow import WORKFLOW
from yicun.relief.rules.hats import Hat, Standing, hats
from yicun.relief.terms import Action, DemandState, SourceKind, Stage

RECENT = timedelta(days=45)
OFFERED = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history, as the timeline draws it."""

    who: str
    verb: str
    at: datetime
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """A period met, with the record that shows it."""

    unit: str
    period: str
    done_on: Any
    doer: str
    source: str
    matter_id: UUID | None
    note: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Detail:
    demand: Demand
    row: DemandRow
    hats: frozenset[str]
    steps: tuple[Step, ...]
    asked: list[AskedRow]
    met: list[Met]
    history: list[Line]
    remarks: list[tuple[str, list[DemandEntry]]]
    definitions: list[Definition]
    tally: Tally | None
    alike: list[Demand]

    @property
    def mine(self) -> list[AskedRow]:
        return [row for row in self.asked if row.is_mine]


def demand_of(demand_id: UUID, actor: Actor) -> Demand:
    found = visible_to(actor).filter(pk=demand_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def detail_of(demand_id: UUID, actor: Actor, now: datetime) -> Detail:
    demand = demand_of(demand_id, actor)
    on = now.astimezone(SHANGHAI).date()
    asked = asked_rows([demand], actor, on)[demand.pk]
    worn = hats(actor, _standing(demand, asked))
    entries = list(DemandEntry.objects.filter(demand_id=demand.pk).order_by("-at", "-id"))
    definitions = definitions_of(demand) if demand.defence else []
    keeps_gate = Hat.GATEKEEPER.value in worn and demand.state == DemandState.PROPOSED
    return Detail(
        demand=demand,
        row=row_of(demand, asked),
        hats=worn,
        steps=_useful(WORKFLOW.open_steps(demand.state, worn), demand, actor),
        asked=asked,
        met=_met(asked),
        history=[_line(entry) for entry in entries],
        remarks=_remarks(entries),
        definitions=definitions,
        tally=tally_of(demand, definitions[0], actor, now) if definitions else None,
        alike=alike(demand.title, demand.deliverable, actor, on, but=demand.pk) if keeps_gate else [],
    )


def sources_for(demand: Demand, actor: Actor, now: datetime) -> list[tuple[UUID, str]]:
    """Matters of the last weeks that may show a period met, newest first: chosen, not typed again."""
    recent = matters.visible_to(actor).filter(recorded_at__gte=now - RECENT).order_by("-recorded_at", "-id")
    return [(matter.pk, f"{matter.number} {matter.title}") for matter in recent[:OFFERED]]


def _standing(demand: Demand, asked: list[AskedRow]) -> Standing:
    mine = tuple(row.unit_id for row in asked if row.is_mine)
    return Standing(demand.area_code, demand.handling_unit_id, mine, tuple(demand.roles))


def _useful(steps: tuple[Step, ...], demand: Demand, actor: Actor) -> tuple[Step, ...]:
    """Without those that could only be refused: one's own demand at the gate, a campaign's steps elsewhere."""
    pointless: set[str] = set()
    if actor.account_id == demand.proposed_by:
        pointless |= {Action.ADMIT.value, Action.RETURN_BACK.value, Action.RENEW.value}
    if not demand.defence:
        pointless |= {Action.REMARK.value, Action.DEFINE.value}
    return tuple(step for step in steps if step.action not in pointless)


def _met(asked: list[AskedRow]) -> list[Met]:
    found = [
        Met(
            unit=row.unit,
            period=terms.WEEK_OF.format(first=one.period_starts_on, last=one.due_on),
            done_on=one.done_on,
            doer=one.doer_label,
            source=str(SourceKind(one.source).label),
            matter_id=one.source_id if one.source == SourceKind.MATTER else None,
            note=one.note,
            is_late=one.done_on > one.due_on,
        )
        for row in asked
        for one in row.met
    ]
    return sorted(found, key=lambda one: one.done_on, reverse=True)


def _line(entry: DemandEntry) -> Line:
    tone = "fire" if entry.verb == Action.RETURN_BACK else ""
    return Line(entry.actor_label, str(Action(entry.verb).label), entry.at, entry.text, tone)


def _remarks(entries: list[DemandEntry]) -> list[tuple[str, list[DemandEntry]]]:
    """By stage, oldest first."""
    found = [(str(stage.label), [one for one in reversed(entries) if one.stage == stage]) for stage in Stage]
    return [(label, said) for label, said in found if said]
