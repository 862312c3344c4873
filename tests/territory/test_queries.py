from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import (
    COUNTY,
    LONGHU_VILLAGE,
    NOW,
    SHANCHENG,
    SHANGQING,
    SYSTEM,
    TODAY,
    XIAQU,
    ZHUKOU,
    ZHUKOU_VILLAGE,
)
from yicun.base.editions import one_edition
from yicun.kernel.refusals import Refused
from yicun.territory import queries
from yicun.territory.models import Area
from yicun.territory.services import close_unit, open_unit
from yicun.territory.terms import AreaKind


def unit(code: str) -> int:
    return queries.unit_by_code(code).id


def test_an_area_has_a_path(county: None) -> None:
    assert queries.path_of(ZHUKOU_VILLAGE) == "泰宁县 朱口镇 朱口村"
    assert queries.path_of(ZHUKOU_VILLAGE + 1) == "泰宁县 朱口镇 朱口村"
    assert queries.path_of(COUNTY) == "泰宁县"
    assert queries.path_of(350429999000000) == "泰宁县"
    assert queries.short_path_of(ZHUKOU_VILLAGE) == "朱口镇 朱口村"
    assert queries.short_path_of(COUNTY) == "泰宁县"
    assert queries.chain_of(ZHUKOU_VILLAGE + 1) == (COUNTY, ZHUKOU, ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 1)


def test_an_area_is_known_by_its_code(county: None) -> None:
    assert queries.area(ZHUKOU).range == (ZHUKOU, ZHUKOU + 999999)
    assert Area.objects.get(pk=ZHUKOU).range_end == ZHUKOU + 999999
    assert queries.county_of(ZHUKOU_VILLAGE + 1).name == "泰宁县"
    assert queries.has_area(ZHUKOU)
    assert not queries.has_area(ZHUKOU + 1)
    with pytest.raises(Refused) as refused:
        queries.area(ZHUKOU + 1)
    assert (refused.value.code, refused.value.facts) == ("area.unknown", {"code": ZHUKOU + 1})


def test_areas_below_an_area_are_listed(county: None) -> None:
    assert len(queries.children_of(COUNTY, AreaKind.VILLAGE)) == 119
    assert [town.name for town in queries.children_of(COUNTY, AreaKind.TOWN)][:3] == [
        "杉城镇",
        "朱口镇",
        "下渠镇",
    ]
    assert queries.children_of(ZHUKOU, AreaKind.TOWN) == []


def test_codes_within_ranges_are_those_of_all_kinds(county: None) -> None:
    village = (ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999)
    assert queries.codes_within([village, village]) == (ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 1)
    assert len(queries.codes_within([(COUNTY, COUNTY + 10**9 - 1)])) == 248
    assert queries.codes_within([]) == ()


@pytest.mark.parametrize(
    "text, within, names",
    [
        ("zk", None, ["朱口村", "朱口镇", "朱口村网格"]),
        ("wangkeng", None, ["王坑村", "王坑村"]),
        ("王坑", XIAQU, ["王坑村", "王坑村网格"]),
        ("lh", None, ["龙湖村", "龙湖村网格"]),
        ("350429201", None, ["川里村"]),
    ],
)
def test_areas_are_found(county: None, text: str, within: int | None, names: list[str]) -> None:
    found = [area.name for area in queries.find_areas(text, within)]
    assert found[: len(names)] == names
    assert len(queries.find_areas(text, within, limit=1)) == 1


def test_a_position_is_told_its_village_and_grid(county: None) -> None:
    village = queries.area(LONGHU_VILLAGE)
    assert village.lon is not None
    assert village.lat is not None
    assert queries.point_to_area(village.lon, village.lat) == village
    assert queries.point_to_grid(village.lon, village.lat) == queries.area(LONGHU_VILLAGE + 1)
    assert queries.point_to_area(116.4, 39.9) is None
    assert queries.point_to_grid(116.4, 39.9) is None


def test_a_village_is_found_at_its_own_point(county: None) -> None:
    villages = queries.children_of(COUNTY, AreaKind.VILLAGE)
    found = [queries.point_to_area(each.lon or 0, each.lat or 0) for each in villages]
    assert found == villages


def test_a_unit_is_known_while_it_exists(county: None) -> None:
    station = unit("zhukou_station")
    found = queries.unit(station, TODAY)
    assert found is not None
    assert (found.short_name, found.kind) == ("朱口派出所", "station")
    assert queries.unit(station, date(2003, 12, 31)) is None
    assert queries.unit(10**9, TODAY) is None
    for ask in (lambda: queries.unit_row(10**9), lambda: queries.unit_by_code("ghost")):
        with pytest.raises(Refused, match="unit.unknown"):
            ask()


def test_units_are_listed_by_kind_and_below_each_other(county: None) -> None:
    stations = [found.short_name for found in queries.units_of_kind("station", TODAY)]
    assert stations == ["杉城派出所", "朱口派出所", "下渠派出所", "新桥派出所", "梅口派出所", "开善派出所"]
    fire = queries.units_of_kind("partner", TODAY, partner_kind="fire_rescue")
    assert [found.short_name for found in fire] == ["消防救援大队"]
    below = [queries.unit_row(found).code for found in queries.units_below(unit("zhukou_station"))]
    assert below == [
        "shangqing_post",
        "zhukou_office",
        "shangqing_office",
        "zhukou_point",
        "shiwang_point",
        "yinshan_point",
        "longhu_point",
        "shangqing_point",
        "chongji_point",
    ]
    assert queries.all_units(date(1999, 1, 1)) == []


def test_the_unit_in_charge_depends_on_place_function_and_day(county: None) -> None:
    moved = 350429201201000
    assert queries.unit_for(moved + 1, "management", TODAY) == unit("zhukou_station")
    assert queries.unit_for(moved + 1, "dispatch", TODAY) == unit("xinqiao_station")
    assert queries.unit_for(moved + 1, "dispatch", date(2004, 12, 31)) == unit("zhukou_station")
    assert queries.unit_for(SHANGQING, "fire", TODAY) == unit("zhukou_station")
    assert queries.unit_for(COUNTY, "management", TODAY) is None
    assert queries.unit_for(moved, "management", date(2003, 12, 31)) is None


def test_ranges_of_units_are_merged(county: None) -> None:
    asked = [unit("zhukou_station"), unit("xiaqu_station"), unit("fire_rescue")]
    assert queries.ranges_of(asked, "management", TODAY) == {
        asked[0]: ((ZHUKOU, ZHUKOU + 999999), (SHANGQING, SHANGQING + 999999)),
        asked[1]: ((XIAQU, XIAQU + 999999),),
        asked[2]: (),
    }


@pytest.mark.parametrize(
    "code, recorder, desk",
    [
        (ZHUKOU_VILLAGE + 1, None, "zhukou_station"),
        (SHANGQING, "shancheng_station", "zhukou_station"),
        (COUNTY, "shancheng_station", "shancheng_station"),
        (COUNTY, "housing_bureau", "command_centre"),
        (COUNTY, None, "command_centre"),
    ],
)
def test_a_matter_is_received_at_a_desk(county: None, code: int, recorder: str | None, desk: str) -> None:
    recorder_id = None if recorder is None else unit(recorder)
    assert queries.desk_for(code, recorder_id, TODAY) == unit(desk)


def test_without_a_command_centre_the_bureau_receives(county: None) -> None:
    close_unit(unit_id=unit("command_centre"), ends_on=TODAY, actor=SYSTEM, now=NOW)
    assert queries.desk_for(COUNTY, None, TODAY) == unit("taining_bureau")
    with pytest.raises(Refused, match="unit.no_desk"):
        queries.desk_for(COUNTY, None, date(2003, 1, 1))
    with pytest.raises(Refused, match="unit.no_desk"):
        queries.desk_for(350430000000000, None, TODAY)


@pytest.mark.parametrize(
    "code, area, reaches",
    [
        ("zhukou_station", ZHUKOU_VILLAGE, True),
        ("zhukou_station", SHANCHENG, False),
        ("taining_bureau", SHANCHENG, True),
        ("command_centre", COUNTY, True),
        ("command_centre", 350430000000000, False),
        ("governance_centre", SHANCHENG, True),
        ("housing_bureau", SHANCHENG, False),
        ("zhukou_office", ZHUKOU_VILLAGE, False),
    ],
)
def test_a_unit_reaches_what_it_oversees(county: None, code: str, area: int, reaches: bool) -> None:
    assert queries.unit_reaches(unit(code), area, TODAY) is reaches


def test_a_unit_that_does_not_exist_reaches_nothing(county: None) -> None:
    assert not queries.unit_reaches(10**9, ZHUKOU, TODAY)


def test_an_empty_database_has_no_county(database: None) -> None:
    with pytest.raises(Refused, match="area.no_county"):
        queries.home_county()


def test_a_request_asks_the_database_once(county: None) -> None:
    queries.find_areas("zk")
    with CaptureQueriesContext(connection) as asked, one_edition():
        queries.unit_for(ZHUKOU, "management", TODAY)
        queries.path_of(ZHUKOU_VILLAGE)
        queries.find_areas("zk")
    assert len(asked) == 1


def test_a_change_is_seen_at_once_even_within_a_request(county: None) -> None:
    with one_edition():
        assert len(queries.units_of_kind("police_post", TODAY)) == 3
        made = open_unit(
            code="new_post",
            name="新警务站",
            kind="police_post",
            seat=ZHUKOU,
            starts_on=TODAY,
            actor=SYSTEM,
            now=NOW,
        )
        assert [found.id for found in queries.units_of_kind("police_post", TODAY)][-1] == made


def test_another_process_sees_a_committed_change(own_database: Any, county: None) -> None:
    queries.find_areas("zk")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE territory_area SET name = '朱口新村' WHERE code = %s", [ZHUKOU_VILLAGE])
        assert queries.area(ZHUKOU_VILLAGE).name == "朱口村"
        cursor.execute("UPDATE base_edition SET stamp = gen_random_uuid() WHERE name = 'territory'")
    assert queries.area(ZHUKOU_VILLAGE).name == "朱口新村"
