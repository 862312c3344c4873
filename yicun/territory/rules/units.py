"""What a unit may be, and who may change the map of units."""

from collections.abc import Iterable
from datetime import date

from yicun.kernel.refusals import Refused
from yicun.territory.terms import PLANNING_ROLES, UnitKind


def check_planner(is_system: bool, roles: Iterable[str]) -> None:
    if not is_system and PLANNING_ROLES.isdisjoint(roles):
        raise Refused("territory.not_planner")


def check_unit(kind: str, partner_kind: str, model: str) -> None:
    if (kind == UnitKind.PARTNER) != bool(partner_kind):
        raise Refused("unit.partner_kind_wrong")
    if model and kind != UnitKind.STATION:
        raise Refused("unit.model_wrong")


def check_period(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on <= starts_on:
        raise Refused("unit.period_wrong")
