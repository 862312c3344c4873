"""The three lists, what a unit owes, what waits at the gate, and which running demands resemble a new one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters import queries as matters
from yicun.relief.models import Addressee, Demand
from yicun.relief.queries.access import served_units, visible_to
from yicun.relief.queries.rows import DemandRow, rows_of
from yicun.relief.rules.flow import ENDED, IN_FORCE, NOT_ENDED
from yicun.relief.rules.gate import likely_same
from yicun.relief.rules.hats import GATE_ROLES, UNIT_LEADS, is_meant_for
from yicun.relief.terms import Cadence, DemandState, ListName

PAGE = 30
MOST_COMPARED = 500
MOST_OWED = 20
MOST_EXPORTED = 5_000
OPEN = Q(state__in=[state.value for state in NOT_ENDED])


@dataclass(frozen=True, slots=True)
class PushedRow:
    """Something the records themselves ask for: no demand, so no gate; its authority is the clock's article."""

    matter: Any
    authority: str


def page_of(
    actor: Actor, list_name: str, on: date, *, is_ended: bool, page: int
) -> tuple[list[DemandRow], bool]:
    """One page of a list, what ends soonest first; and whether another page follows."""
    found = _listed(actor, list_name, is_ended=is_ended)
    start = PAGE * (page - 1)
    demands = list(found[start : start + PAGE + 1])
    return rows_of(demands[:PAGE], actor, on), len(demands) > PAGE


def counts_for(actor: Actor) -> dict[str, int]:
    """How many of each stored list are not over."""
    found = visible_to(actor).filter(OPEN).values_list("list_name").annotate(number=Count("pk"))
    return dict.fromkeys((ListName.PRESCRIBED.value, ListName.DIRECTIVE.value), 0) | dict(found)


def pushed_for(actor: Actor, now: datetime) -> list[PushedRow]:
    """What the matters in this person's hands ask for today, with the article that says so."""
    waiting = matters.todo_for(actor, now)
    articles = matters.articles_of(waiting)
    return [
        PushedRow(row, articles.get(matter.pk, ""))
        for matter, row in zip(waiting, matters.rows_of(waiting, now), strict=True)
    ]


def owed_by(actor: Actor, now: datetime) -> list[DemandRow]:
    """What the actor's units are asked to do now and have not done: who asked, and by what authority."""
    on = now.astimezone(SHANGHAI).date()
    asked = Addressee.objects.filter(handling_unit_id__in=served_units(actor)).values("demand_id")
    running = visible_to(actor).filter(pk__in=asked, state=DemandState.RUNNING, expires_on__gte=on)
    demands = [one for one in running.order_by("expires_on", "id")[:MOST_COMPARED] if _is_for(actor, one)]
    owed = [row for row in rows_of(demands, actor, on) if row.is_owed]
    return sorted(owed, key=lambda row: (row.due_on or row.expires_on, str(row.id)))[:MOST_OWED]


def at_gate(actor: Actor, now: datetime) -> list[DemandRow]:
    """Proposals that wait for the actor's word; empty for everybody else."""
    if not actor.roles & GATE_ROLES:
        return []
    waiting = visible_to(actor).filter(state=DemandState.PROPOSED).exclude(proposed_by=actor.account_id)
    return rows_of(list(waiting.order_by("proposed_at")[:MOST_OWED]), actor, now.astimezone(SHANGHAI).date())


def alike(title: str, what: str, actor: Actor, on: date, *, but: UUID | None = None) -> list[Demand]:
    """Demands in force that ask for much the same; what is in force all over the county counts, as far as seen."""
    in_force = visible_to(actor).filter(state__in=[state.value for state in IN_FORCE], expires_on__gte=on)
    others = list((in_force.exclude(pk=but) if but else in_force).order_by("-proposed_at")[:MOST_COMPARED])
    by_id = {one.pk: one for one in others}
    return [by_id[key] for key in likely_same(title, what, ((o.pk, o.title, o.deliverable) for o in others))]


def open_ones(actor: Actor, now: datetime, *, cadence: str = "") -> list[DemandRow]:
    """Owed demands, narrowed to a cadence: what a meeting may fulfil."""
    return [row for row in owed_by(actor, now) if not cadence or row.cadence == Cadence(cadence).label]


def sheet_rows(list_name: str, actor: Actor, now: datetime) -> Iterator[dict[str, object]]:
    """Rows of the export, by column name."""
    on = now.astimezone(SHANGHAI).date()
    if list_name == ListName.PUSHED:
        yield from (_pushed_sheet(one) for one in pushed_for(actor, now))
        return
    demands = list(_listed(actor, list_name, is_ended=False)[:MOST_EXPORTED])
    for demand, row in zip(demands, rows_of(demands, actor, on), strict=True):
        yield {
            "title": row.title,
            "deliverable": demand.deliverable,
            "issuer": row.issuer,
            "authority": row.authority,
            "addressees": row.addressees,
            "owner": row.owner,
            "cadence": row.cadence,
            "starts_on": row.starts_on,
            "expires_on": row.expires_on,
            "minutes": row.minutes,
            "state": row.state,
            "standing": row.standing,
            "due_on": row.due_on,
        }


def _pushed_sheet(one: PushedRow) -> dict[str, object]:
    due = one.matter.due_at.astimezone(SHANGHAI).date() if one.matter.due_at else None
    return {
        "title": one.matter.title,
        "deliverable": one.matter.number,
        "authority": one.authority,
        "addressees": one.matter.handler,
        "state": one.matter.state,
        "due_on": due,
    }


def _listed(actor: Actor, list_name: str, *, is_ended: bool) -> QuerySet[Demand]:
    if list_name not in ListName.values:
        raise Refused("value.unknown_choice", text=list_name[:40])
    found = visible_to(actor).filter(list_name=list_name)
    if is_ended:
        return found.filter(state__in=sorted(ENDED)).order_by("-ended_at", "-id")
    return found.filter(OPEN).order_by("expires_on", "id")


def _is_for(actor: Actor, demand: Demand) -> bool:
    roles: Sequence[str] = demand.roles
    return bool(actor.roles & UNIT_LEADS) or is_meant_for(actor.roles, roles)
