"""Every named constraint of the territory, broken once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from tests.cast import COUNTY, NOW, SHANCHENG, SYSTEM, ZHUKOU, ZHUKOU_VILLAGE
from yicun.territory import queries
from yicun.territory.models import Area, Jurisdiction, MarketDay, Unit
from yicun.territory.services import load_divisions

START, NEXT = date(2026, 1, 1), date(2027, 1, 1)
VILLAGE = {"name": "新村", "official_name": "新村", "pinyin": "xincun", "initials": "xc"}


def area(**cells: Any) -> Area:
    return Area(**{"code": ZHUKOU + 900000, "kind": "village", "parent_id": ZHUKOU, **VILLAGE, **cells})


def unit(**cells: Any) -> Unit:
    plain = {
        "code": "new",
        "name": "新",
        "short_name": "新",
        "kind": "station",
        "seat_id": ZHUKOU,
        "starts_on": START,
    }
    return Unit(**{**plain, **cells})


def held(**cells: Any) -> Jurisdiction:
    """In a county that has no village, so that nothing is left open."""
    there = {
        "unit_id": 0,
        "lo": 350430101000000,
        "hi": 350430101999999,
        "function": "fire",
        "starts_on": START,
    }
    return Jurisdiction(**{**there, **cells})


def market(**cells: Any) -> MarketDay:
    return MarketDay(
        **{"area_id": SHANCHENG, "rule": "weekday", "days": [1], "starts_on": date(1990, 1, 1), **cells}
    )


BROKEN = [
    ("area_code_has_15_digits", lambda: area(code=10**12 * 35, kind="grid", parent_id=None)),
    ("area_kind_known", lambda: area(kind="hamlet")),
    ("area_code_padded_for_kind", lambda: area(kind="town")),
    ("area_below_its_parent", lambda: area(parent_id=ZHUKOU + 900000)),
    ("area_position_whole", lambda: area(lon=117.0)),
    ("unit_kind_known", lambda: unit(kind="castle")),
    ("unit_partner_kind_goes_with_partner", lambda: unit(partner_kind="health")),
    ("unit_model_goes_with_station", lambda: unit(kind="police_office", model="two_teams")),
    ("unit_not_its_own_parent", lambda: unit(id=10**6, parent_id=10**6)),
    ("unit_period_runs_forward", lambda: unit(ends_on=START)),
    ("territory_unit_code", lambda: unit(code="zhukou_station")),
    ("jurisdiction_function_known", lambda: held(function="flight")),
    ("jurisdiction_range_runs_forward", lambda: held(lo=350430102000000)),
    ("jurisdiction_of_whole_villages", lambda: held(hi=350430101999998)),
    ("jurisdiction_within_one_county", lambda: held(hi=350431101999999)),
    ("jurisdiction_period_runs_forward", lambda: held(ends_on=START)),
    ("jurisdiction_no_overlap", lambda: held(lo=ZHUKOU_VILLAGE, hi=ZHUKOU_VILLAGE + 999)),
    ("market_day_rule_known", lambda: market(rule="yearly", ends_on=START)),
    ("market_day_days_fit_rule", lambda: market(days=[0], ends_on=date(1990, 2, 1))),
    ("market_day_days_fit_rule", lambda: market(days=[], ends_on=date(1990, 2, 1))),
    ("market_day_period_runs_forward", lambda: market(ends_on=date(1989, 1, 1))),
    ("market_day_no_overlap", market),
]


@pytest.mark.parametrize(
    "name, row", BROKEN, ids=[f"{name}-{number}" for number, (name, _) in enumerate(BROKEN)]
)
def test_the_database_refuses(county: None, name: str, row: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row().save(force_insert=True)


def commit_checks(change: Callable[[Jurisdiction], object] | None = None) -> None:
    """What a commit would look at, after `change` of one jurisdiction."""
    if change is not None:
        change(management())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def management() -> Jurisdiction:
    return Jurisdiction.objects.get(function="management", lo=ZHUKOU)


def test_the_shipped_county_has_no_gap(county: None) -> None:
    commit_checks()
    assert Jurisdiction.objects.count() == 41 - 4


@pytest.mark.parametrize(
    "name, change",
    [
        ("jurisdiction_no_gap", lambda row: Jurisdiction.objects.filter(pk=row.pk).delete()),
        ("jurisdiction_no_gap", lambda row: Jurisdiction.objects.filter(pk=row.pk).update(ends_on=NEXT)),
        ("jurisdiction_no_gap", lambda row: Jurisdiction.objects.filter(pk=row.pk).update(starts_on=NEXT)),
        ("jurisdiction_no_gap", lambda row: Jurisdiction.objects.filter(pk=row.pk).update(lo=ZHUKOU_VILLAGE)),
        ("area_no_gap", lambda _: area(code=350429109201000, parent_id=COUNTY).save(force_insert=True)),
    ],
    ids=["deleted", "ended", "begun later", "shortened", "village added"],
)
def test_a_village_without_a_unit_is_refused_at_commit(county: None, name: str, change: Any) -> None:
    commit_checks()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with pytest.raises(IntegrityError, match="has no unit for") as refused, transaction.atomic():
        commit_checks(change)
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.errors.ExclusionViolation)
    assert cause.diag.constraint_name == name


def test_a_gap_closed_before_commit_is_none(county: None) -> None:
    row = management()
    Jurisdiction.objects.filter(pk=row.pk).update(ends_on=NEXT)
    other = queries.unit_by_code("shancheng_station").id
    Jurisdiction.objects.create(
        unit_id=other, function="management", lo=row.lo, hi=row.hi, starts_on=NEXT, replaces_id=row.id
    )
    commit_checks()
    assert queries.lineage_of(Jurisdiction.objects.get(lo=ZHUKOU, starts_on=NEXT).id)[1] == row.id


def test_a_function_given_up_as_a_whole_leaves_no_gap(county: None) -> None:
    Jurisdiction.objects.filter(function="fire").delete()
    commit_checks()
    assert not Jurisdiction.objects.filter(function="fire").exists()


def test_a_gap_stops_the_commit_itself(own_database: Any) -> None:
    source = "code,name\n350429,泰宁县\n350429101,朱口镇\n350429101208,朱口村\n350429101209,里家源村\n"
    load_divisions(source=source, outlines=None, actor=SYSTEM, now=NOW)
    station = unit()
    station.save(force_insert=True)
    with pytest.raises(IntegrityError, match="has no unit for"), transaction.atomic():
        held(unit_id=station.pk, lo=ZHUKOU_VILLAGE, hi=ZHUKOU_VILLAGE + 999).save(force_insert=True)
    assert Jurisdiction.objects.count() == 0
