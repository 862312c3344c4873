from datetime import date

import pytest

from yicun.force.terms import Role
from yicun.kernel.refusals import Refused
from yicun.territory.rules.rows import runs
from yicun.territory.rules.units import check_period, check_planner, check_unit
from yicun.territory.terms import PLANNING_ROLES

START, END = date(2026, 1, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    "kind, partner_kind, model, code",
    [
        ("station", "", "two_teams", None),
        ("partner", "health", "", None),
        ("police_office", "", "", None),
        ("partner", "", "", "unit.partner_kind_wrong"),
        ("station", "health", "", "unit.partner_kind_wrong"),
        ("bureau", "", "two_teams", "unit.model_wrong"),
    ],
)
def test_a_unit_carries_what_its_kind_allows(
    kind: str, partner_kind: str, model: str, code: str | None
) -> None:
    if code is None:
        check_unit(kind, partner_kind, model)
        return
    with pytest.raises(Refused) as refused:
        check_unit(kind, partner_kind, model)
    assert refused.value.code == code


def test_a_period_runs_forward() -> None:
    check_period(START, None)
    check_period(START, END)
    with pytest.raises(Refused, match="unit.period_wrong"):
        check_period(START, START)


@pytest.mark.parametrize(
    "on, running", [(date(2025, 12, 31), False), (START, True), (date(2026, 5, 31), True), (END, False)]
)
def test_the_last_day_of_a_period_is_outside(on: date, running: bool) -> None:
    assert runs(START, END, on) is running
    assert runs(START, None, on) is (on >= START)


def test_only_the_bureau_and_planners_change_the_map() -> None:
    check_planner(True, ())
    check_planner(False, ["desk", "planner"])
    with pytest.raises(Refused, match="territory.not_planner"):
        check_planner(False, ["chief", "desk"])
    assert set(Role.values) >= PLANNING_ROLES
