"""Demands as the lists show them: who asks, by what authority, until when, and how it stands."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from yicun.force.terms import Role
from yicun.kernel.actor import Actor
from yicun.kernel.words import listed
from yicun.matters import queries as matters
from yicun.relief import terms
from yicun.relief.models import Addressee, Demand, Fulfilment
from yicun.relief.queries.access import addressees_for, fulfilments_for, served_units
from yicun.relief.rules.periods import Account, account
from yicun.relief.terms import AuthorityKind, Cadence, DefenceLine, DemandState, ListName

TONES = {
    DemandState.PROPOSED: "warn",
    DemandState.RETURNED: "fire",
    DemandState.ADMITTED: "info",
    DemandState.RUNNING: "info",
    DemandState.DONE: "ok",
}


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One unit asked, as it stands today."""

    id: UUID
    unit_id: int
    unit: str
    owner: str
    account: Account
    is_mine: bool
    standing: str
    tone: str
    met: tuple[Fulfilment, ...]


@dataclass(frozen=True, slots=True)
class DemandRow:
    id: UUID
    title: str
    list_name: str
    defence: str
    issuer: str
    authority: str
    state: str
    tone: str
    cadence: str
    starts_on: date
    expires_on: date
    minutes: int
    roles: str
    addressees: str
    owner: str
    standing: str
    standing_tone: str
    due_on: date | None
    is_owed: bool
    is_late: bool


def rows_of(demands: Sequence[Demand], actor: Actor, on: date) -> list[DemandRow]:
    """Two further queries, however many demands."""
    asked = asked_rows(demands, actor, on)
    return [row_of(demand, asked[demand.pk]) for demand in demands]


def asked_rows(demands: Sequence[Demand], actor: Actor, on: date) -> dict[UUID, list[AskedRow]]:
    by_id = {demand.pk: demand for demand in demands}
    mine = served_units(actor)
    rows = list(addressees_for(actor).filter(demand_id__in=by_id).order_by("handling_unit_id"))
    met: dict[UUID, list[Fulfilment]] = defaultdict(list)
    done = fulfilments_for(actor).filter(addressee_id__in=[row.pk for row in rows])
    for one in done.order_by("-period_starts_on"):
        met[one.addressee_id].append(one)
    found: dict[UUID, list[AskedRow]] = {key: [] for key in by_id}
    for row in rows:
        found[row.demand_id].append(_asked(row, by_id[row.demand_id], met[row.pk], mine, on))
    return found


def authority_of(demand: Demand) -> str:
    return terms.WHY.format(kind=AuthorityKind(demand.authority_kind).label, authority=demand.authority)


def _asked(row: Addressee, demand: Demand, met: list[Fulfilment], mine: Sequence[int], on: date) -> AskedRow:
    is_running = demand.state == DemandState.RUNNING
    days = {one.period_starts_on for one in met}
    stands = account(demand.cadence, demand.starts_on, demand.expires_on, days, on)
    if not is_running:
        stands = Account(None, is_done=False, missed=())
    words, tone = _standing(stands)
    return AskedRow(
        id=row.pk,
        unit_id=row.handling_unit_id,
        unit=matters.unit_name(row.handling_unit_id),
        owner=row.owner_label,
        account=stands,
        is_mine=row.handling_unit_id in mine,
        standing=words,
        tone=tone,
        met=tuple(met),
    )


def _standing(stands: Account) -> tuple[str, str]:
    if stands.missed:
        return terms.MISSED.format(count=len(stands.missed)), "fire"
    if stands.current is None:
        return "", "neutral"
    return (terms.DONE_THIS_TIME, "ok") if stands.is_done else (terms.OWED, "warn")


def row_of(demand: Demand, asked: list[AskedRow]) -> DemandRow:
    mine = [row for row in asked if row.is_mine]
    words, tone = _together(demand, asked, mine)
    due = [row.account.due_on for row in mine if row.account.due_on]
    return DemandRow(
        id=demand.pk,
        title=demand.title,
        list_name=str(ListName(demand.list_name).label),
        defence=str(DefenceLine(demand.defence).label) if demand.defence else "",
        issuer=matters.unit_name(demand.handling_unit_id),
        authority=authority_of(demand),
        state=str(DemandState(demand.state).label),
        tone=TONES.get(DemandState(demand.state), "neutral"),
        cadence=str(Cadence(demand.cadence).label),
        starts_on=demand.starts_on,
        expires_on=demand.expires_on,
        minutes=demand.minutes,
        roles=listed(str(Role(role).label) for role in demand.roles),
        addressees=_names(asked),
        owner=_owner(mine or asked),
        standing=words,
        standing_tone=tone,
        due_on=min(due, default=None),
        is_owed=any(row.account.is_owed for row in mine),
        is_late=any(row.account.missed for row in mine),
    )


def _together(demand: Demand, asked: list[AskedRow], mine: list[AskedRow]) -> tuple[str, str]:
    """My own unit's standing; for whoever asks or oversees, how many units have done it."""
    if demand.state == DemandState.ADMITTED:
        return terms.NOT_YET, "neutral"
    if demand.state != DemandState.RUNNING or not asked:
        return "", "neutral"
    if mine:
        worst = max(mine, key=lambda row: (len(row.account.missed), row.account.is_owed))
        return worst.standing, worst.tone
    done = sum(1 for row in asked if not row.account.is_owed)
    return terms.DONE_OF.format(done=done, all=len(asked)), "ok" if done == len(asked) else "warn"


def _owner(asked: list[AskedRow]) -> str:
    """Of one's own units by name; of many, each has its own."""
    named = dict.fromkeys(row.owner or terms.WHOLE_UNIT for row in asked)
    return listed(named) if len(named) <= 2 else terms.EACH_ITS_OWN


def _names(asked: Iterable[AskedRow]) -> str:
    units = [row.unit for row in asked]
    if len(units) <= 3:
        return listed(units)
    return terms.UNITS_AND_MORE.format(first=units[0], count=len(units))
