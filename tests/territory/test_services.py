from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.cast import COUNTY, NOW, SHANCHENG, SHANGQING, SYSTEM, TODAY, XIAQU, ZHUKOU, ZHUKOU_VILLAGE, Cast
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.territory import queries
from yicun.territory.models import Area, Jurisdiction, MarketDay, Unit
from yicun.territory.rules.jurisdictions import Move
from yicun.territory.services import (
    PACKAGED,
    Loaded,
    close_unit,
    load_divisions,
    load_reference,
    load_units,
    open_unit,
    set_jurisdictions,
    set_market_day,
)
from yicun.territory.terms import AUDIT_VERBS

CHANGE = date(2027, 1, 1)
LATER = date(2028, 1, 1)


def station(code: str) -> int:
    return queries.unit_by_code(code).id


def move(to: int, lo: int, hi: int, on: date = CHANGE, actor: Actor = SYSTEM) -> list[int]:
    return set_jurisdictions(
        function="management", moves=[Move(to, lo, hi)], starts_on=on, actor=actor, now=NOW
    )


def opened(**cells: Any) -> int:
    plain = {"code": "new_station", "name": "新派出所", "kind": "station", "seat": ZHUKOU, "starts_on": TODAY}
    return open_unit(**{**plain, **cells}, actor=SYSTEM, now=NOW)


def in_charge(code: int, on: date) -> str | None:
    found = queries.unit_for(code, "management", on)
    return None if found is None else queries.unit_row(found).code


def audited(verb: str) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('yicun.lo', %s, true), set_config('yicun.hi', %s, true)", ["1", str(10**15)]
        )
        cursor.execute(
            "SELECT actor_label, subject, subject_id FROM base_auditentry WHERE verb = %s AND area_code IS NOT NULL"
            " ORDER BY id",
            [verb],
        )
        return [(label, subject, str(number)) for label, subject, number in cursor.fetchall()]


def test_the_shipped_county_is_loaded(database: None) -> None:
    loaded = load_reference(folder=PACKAGED, actor=SYSTEM, now=NOW)
    assert loaded == Loaded(areas=250, units=81, jurisdictions=37, market_days=9)
    kinds = {kind: Area.objects.filter(kind=kind).count() for kind in ("county", "town", "village", "grid")}
    assert kinds == {"county": 1, "town": 9, "village": 119, "grid": 119}
    assert Unit.objects.filter(kind="station").count() == 6
    assert {row.parent_id for row in Area.objects.filter(kind="town")} == {COUNTY}


def test_loading_the_same_county_again_changes_nothing(county: None) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (Area, Unit, Jurisdiction, MarketDay)]
    assert load_reference(folder=PACKAGED, actor=SYSTEM, now=NOW) == Loaded(0, 0, 0, 0)
    after = [list(model.objects.order_by("pk").values()) for model in (Area, Unit, Jurisdiction, MarketDay)]
    assert after == before


def test_loading_after_a_move_does_not_undo_it(county: None) -> None:
    move(station("shancheng_station"), SHANGQING, SHANGQING + 999999)
    assert load_reference(folder=PACKAGED, actor=SYSTEM, now=NOW).jurisdictions == 0
    assert in_charge(SHANGQING, CHANGE) == "shancheng_station"


def test_a_folder_without_its_files_is_refused(database: None, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_reference(folder=tmp_path, actor=SYSTEM, now=NOW)
    assert (refused.value.code, refused.value.facts) == (
        "reference.file_unreadable",
        {"name": "divisions.csv"},
    )


def test_a_county_without_its_province_stands_at_the_top(database: None) -> None:
    source = "code,name\n350429,泰宁县\n350429101,朱口镇\n"
    assert load_divisions(source=source, outlines=None, actor=SYSTEM, now=NOW) == 2
    assert list(Area.objects.order_by("code").values_list("parent_id", flat=True)) == [None, COUNTY]
    assert queries.home_county() == COUNTY


def test_a_unit_seated_nowhere_is_refused(database: None) -> None:
    source = (
        "code,name,kind,partner_kind,parent,seat,model,starts_on\nju,县公安局,bureau,,,350429,,2004-01-01\n"
    )
    with pytest.raises(Refused, match="area.unknown"):
        load_units(source=source, actor=SYSTEM, now=NOW)


def test_a_planner_opens_a_unit(cast: Cast) -> None:
    bureau = cast.unit("taining_bureau")
    unit_id = open_unit(
        code="new_station",
        name="泰宁县公安局新城派出所",
        short_name="新城派出所",
        kind="station",
        model="two_teams",
        seat=SHANCHENG,
        parent_id=bureau,
        starts_on=CHANGE,
        actor=cast.actor("zhao_min"),
        now=NOW,
    )
    opened_unit = queries.unit(unit_id, CHANGE)
    assert opened_unit is not None
    assert (opened_unit.short_name, opened_unit.parent_id, opened_unit.model) == (
        "新城派出所",
        bureau,
        "two_teams",
    )
    assert queries.unit(unit_id, TODAY) is None
    assert unit_id in queries.units_below(bureau)
    assert audited("open_unit") == [("赵敏（局领导）", "territory.unit", str(unit_id))]


@pytest.mark.parametrize(
    "cells, code",
    [
        ({"code": "zhukou_station"}, "unit.code_taken"),
        ({"kind": "partner"}, "unit.partner_kind_wrong"),
        ({"kind": "police_post", "model": "two_teams"}, "unit.model_wrong"),
        ({"seat": 350429999000000}, "area.unknown"),
        ({"parent_id": 10**9}, "unit.unknown"),
    ],
)
def test_a_unit_that_cannot_be_is_refused(county: None, cells: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        opened(**cells)


def test_a_unit_is_not_opened_under_one_that_is_not_there_yet(county: None) -> None:
    parent = opened(starts_on=LATER)
    with pytest.raises(Refused, match="unit.not_open"):
        opened(code="below", parent_id=parent, starts_on=CHANGE)


def test_a_unit_closes_after_its_range_and_its_units_have_gone(county: None) -> None:
    meikou = station("meikou_station")
    town = queries.area(350429203000000).range

    def close() -> None:
        close_unit(unit_id=meikou, ends_on=CHANGE, actor=SYSTEM, now=NOW)

    with pytest.raises(Refused, match="unit.still_in_charge"):
        close()
    for function in ("management", "dispatch", "fire"):
        moves = [Move(station("shancheng_station"), *town)]
        if function == "dispatch":
            moves += [
                Move(station("shancheng_station"), *queries.area(code).range)
                for code in (350429202204000, 350429202207000)
            ]
        set_jurisdictions(function=function, moves=moves, starts_on=CHANGE, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="unit.still_has_units"):
        close()
    for unit_id in reversed(queries.units_below(meikou)):
        close_unit(unit_id=unit_id, ends_on=CHANGE, actor=SYSTEM, now=NOW)
    close()
    assert queries.unit(meikou, TODAY) is not None
    assert queries.unit(meikou, CHANGE) is None
    assert audited("close_unit")[-1] == ("tests", "territory.unit", str(meikou))


def test_a_unit_is_not_closed_twice_or_before_it_began(county: None) -> None:
    unit_id = opened()
    with pytest.raises(Refused, match="unit.period_wrong"):
        close_unit(unit_id=unit_id, ends_on=TODAY, actor=SYSTEM, now=NOW)
    close_unit(unit_id=unit_id, ends_on=CHANGE, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="unit.not_open"):
        close_unit(unit_id=unit_id, ends_on=LATER, actor=SYSTEM, now=NOW)


def test_a_town_passes_to_another_station_on_a_day(county: None) -> None:
    old = Jurisdiction.objects.get(function="management", lo=SHANGQING)
    written = move(station("shancheng_station"), SHANGQING, SHANGQING + 999999)
    assert [in_charge(SHANGQING + 201001, on) for on in (TODAY, date(2026, 12, 31), CHANGE, LATER)] == [
        "zhukou_station",
        "zhukou_station",
        "shancheng_station",
        "shancheng_station",
    ]
    old.refresh_from_db()
    assert old.ends_on == CHANGE
    assert queries.lineage_of(written[0]) == [written[0], old.id]
    assert queries.unit_for(SHANGQING, "fire", CHANGE) == station("zhukou_station")
    assert audited("set_jurisdictions")[-1] == ("tests", "territory.jurisdiction", "management")


def test_a_village_passes_and_the_rest_of_the_town_stays(county: None) -> None:
    old = Jurisdiction.objects.get(function="management", lo=ZHUKOU)
    written = move(station("xiaqu_station"), ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999)
    rows = Jurisdiction.objects.filter(pk__in=written).order_by("lo")
    assert [(row.unit_id, row.lo, row.hi, row.replaces_id) for row in rows] == [
        (station("zhukou_station"), ZHUKOU, ZHUKOU_VILLAGE - 1, old.id),
        (station("xiaqu_station"), ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999, old.id),
        (station("zhukou_station"), ZHUKOU_VILLAGE + 1000, ZHUKOU + 999999, old.id),
    ]
    assert in_charge(ZHUKOU_VILLAGE + 1, CHANGE) == "xiaqu_station"
    assert in_charge(ZHUKOU_VILLAGE + 1001, CHANGE) == "zhukou_station"
    again = move(station("zhukou_station"), ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999, on=LATER)
    middle = Jurisdiction.objects.get(unit=station("xiaqu_station"), lo=ZHUKOU_VILLAGE)
    assert queries.lineage_of(again[0]) == [again[0], middle.id, old.id]
    assert in_charge(ZHUKOU_VILLAGE, LATER) == "zhukou_station"


def test_giving_a_range_to_the_unit_that_has_it_writes_nothing(county: None) -> None:
    before = Jurisdiction.objects.count()
    assert move(station("zhukou_station"), ZHUKOU, ZHUKOU + 999999) == []
    assert Jurisdiction.objects.count() == before


def test_a_change_before_a_planned_one_is_refused(county: None) -> None:
    move(station("shancheng_station"), SHANGQING, SHANGQING + 999999, on=LATER)
    with pytest.raises(Refused, match="jurisdiction.later_change"):
        move(station("xiaqu_station"), SHANGQING, SHANGQING + 999999)


def test_a_range_does_not_pass_to_a_unit_that_is_not_there(county: None) -> None:
    late = opened(code="late", starts_on=LATER)
    ending = opened(code="ending")
    close_unit(unit_id=ending, ends_on=LATER, actor=SYSTEM, now=NOW)
    for unit_id in (late, ending):
        with pytest.raises(Refused, match="unit.not_open"):
            move(unit_id, XIAQU, XIAQU + 999999)


def test_a_function_that_begins_with_half_the_county_is_refused_by_name(database: None) -> None:
    source = "code,name\n350429,泰宁县\n350429101,朱口镇\n350429101208,朱口村\n350429101209,里家源村\n"
    load_divisions(source=source, outlines=None, actor=SYSTEM, now=NOW)
    unit_id = opened()
    with pytest.raises(Refused) as refused:
        move(unit_id, ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999)
    assert refused.value.code == "jurisdiction.gap"
    assert refused.value.facts == {"village": "泰宁县 朱口镇 里家源村", "on": CHANGE, "function": "属地管理"}
    assert Jurisdiction.objects.count() == 0


def test_a_market_day_gets_a_new_version(county: None) -> None:
    set_market_day(area_code=ZHUKOU, rule="weekday", days=[6], starts_on=CHANGE, actor=SYSTEM, now=NOW)
    versions = queries.market_days_of(ZHUKOU)
    assert [(row.rule, row.days, row.ends_on) for row in versions] == [
        ("lunar_digit", (3, 8), CHANGE),
        ("weekday", (6,), None),
    ]
    assert [
        ZHUKOU in [town.code for town in queries.markets_on(on)]
        for on in (date(2026, 11, 21), date(2027, 1, 2))
    ] == [
        True,
        True,
    ]
    assert queries.markets_on(date(2026, 11, 21), within=XIAQU) == []
    with pytest.raises(Refused, match="market_day.later_change"):
        set_market_day(area_code=ZHUKOU, rule="weekday", days=[6], starts_on=CHANGE, actor=SYSTEM, now=NOW)


def test_only_a_town_holds_a_market(county: None) -> None:
    with pytest.raises(Refused, match="area.kind_wrong"):
        set_market_day(
            area_code=ZHUKOU_VILLAGE, rule="weekday", days=[6], starts_on=CHANGE, actor=SYSTEM, now=NOW
        )


def test_a_station_chief_cannot_change_the_map(cast: Cast) -> None:
    with pytest.raises(Refused, match="territory.not_planner"):
        move(cast.unit("zhukou_station"), SHANGQING, SHANGQING + 999999, actor=cast.actor("chen_zhiming"))


def test_every_change_has_a_verb_for_the_audit_trail() -> None:
    assert {"open_unit", "close_unit", "set_jurisdictions", "set_market_day", "load_reference"} <= set(
        AUDIT_VERBS
    )
