from datetime import date
from typing import Any

import pytest

from yicun.kernel.refusals import Refused
from yicun.territory.rules import tables
from yicun.territory.rules.tables import JurisdictionLine, MarketLine, UnitLine

TOP = "code,name,lon,lat\n350429,泰宁县,117.1,26.9\n350429101,朱口镇,,\n"
UNITS = "code,name,kind,partner_kind,parent,seat,model,starts_on\n"


def refused(call: Any, source: str) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as found:
        call(source)
    return found.value.code, found.value.facts


def test_a_village_without_grids_gets_one() -> None:
    areas = tables.divisions("\ufeff" + TOP + "\n350429101208,朱口村,117.26,26.97\n")
    assert [(area.code, area.kind, area.name, area.initials) for area in areas] == [
        (350429000000000, "county", "泰宁县", "tnx"),
        (350429101000000, "town", "朱口镇", "zkz"),
        (350429101208000, "village", "朱口村", "zkc"),
        (350429101208001, "grid", "朱口村网格", "zkcwg"),
    ]
    assert (areas[3].lon, areas[3].lat) == (117.26, 26.97)


def test_a_village_with_grids_of_its_own_keeps_them() -> None:
    grids = "350429101208,朱口村,,\n350429101208005,上街网格,,\n350429101208006,下街网格,,\n"
    areas = tables.divisions(TOP + grids)
    assert [area.code % 1000 for area in areas if area.kind == "grid"] == [5, 6]


@pytest.mark.parametrize(
    "source, code, facts",
    [
        ("name\n朱口\n", "table.column_missing", {"column": "code"}),
        ("", "table.column_missing", {"column": "code"}),
        ('code,name\n350429,"泰宁\n', "table.unreadable", {}),
        (TOP + "35042910,朱口村\n", "table.cell_invalid", {"row": 4, "column": "code", "text": "35042910"}),
        (TOP + "350429101208,\n", "table.cell_invalid", {"row": 4, "column": "name", "text": ""}),
        (
            TOP + "350429101208,朱\x07口\n",
            "table.cell_invalid",
            {"row": 4, "column": "name", "text": "朱\x07口"},
        ),
        (
            TOP + "350429101208,朱口村,东经,\n",
            "table.cell_invalid",
            {"row": 4, "column": "lon", "text": "东经"},
        ),
        (
            TOP + "350429101208,朱口村,217,26\n",
            "table.cell_invalid",
            {"row": 4, "column": "lon", "text": "217"},
        ),
        (
            TOP + "350429101208,朱口村,nan,26\n",
            "table.cell_invalid",
            {"row": 4, "column": "lon", "text": "nan"},
        ),
        (TOP + "350429101208,朱口村,117,\n", "table.cell_invalid", {"row": 4, "column": "lat", "text": ""}),
        (TOP + "350429101208,朱口村,,26\n", "table.cell_invalid", {"row": 4, "column": "lon", "text": ""}),
        (TOP + "350429101,朱口\n", "table.row_twice", {"row": 4, "text": "朱口"}),
        (TOP + "350429103201,下渠村\n", "area.parent_missing", {"name": "下渠村", "code": 350429103201000}),
    ],
)
def test_a_wrong_division_is_named(source: str, code: str, facts: dict[str, object]) -> None:
    assert refused(tables.divisions, source) == (code, facts)


def test_outlines_are_read_by_code() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    source = (
        '{"features": [{"properties": {"code": 350429}, "geometry": '
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}'
    )
    assert tables.outlines(source) == {350429000000000: square}


@pytest.mark.parametrize(
    "source",
    [
        "no json",
        "[]",
        "{}",
        '{"features": [{"properties": {"code": "12345"}, "geometry": {"type": "Polygon"}}]}',
        '{"features": [{"properties": {"code": "350429"}, "geometry": {"type": "Point"}}]}',
        '{"features": [{"properties": {"code": "350429"}, "geometry": null}]}',
    ],
)
def test_outlines_that_are_none_are_refused(source: str) -> None:
    assert refused(tables.outlines, source) == ("outline.unreadable", {})


def test_units_are_read_with_their_parents() -> None:
    source = (
        UNITS
        + "ju,县公安局,bureau,,,350429,,2004-01-01\nsuo,朱口派出所,station,,ju,350429101,two_teams,2004-01-01\n"
    )
    start = date(2004, 1, 1)
    assert tables.units(source) == [
        UnitLine("ju", "县公安局", "县公安局", "bureau", "", "", 350429000000000, "", "", start),
        UnitLine(
            "suo", "朱口派出所", "朱口派出所", "station", "", "ju", 350429101000000, "", "two_teams", start
        ),
    ]


@pytest.mark.parametrize(
    "line, code",
    [
        ("a,甲,castle,,,350429,,2004-01-01", "table.cell_invalid"),
        ("a,甲,partner,unknown,,350429,,2004-01-01", "table.cell_invalid"),
        ("a,甲,partner,,,350429,,2004-01-01", "unit.partner_kind_wrong"),
        ("a,甲,station,health,,350429,,2004-01-01", "unit.partner_kind_wrong"),
        ("a,甲,bureau,,,350429,two_teams,2004-01-01", "unit.model_wrong"),
        ("a,甲,bureau,,ghost,350429,,2004-01-01", "table.cell_invalid"),
        ("a,甲,bureau,,,350429,,2004-13-01", "table.cell_invalid"),
        ("a,甲,bureau,,,350429,,2004-01-01\na,乙,bureau,,,350429,,2004-01-01", "table.row_twice"),
    ],
)
def test_a_wrong_unit_is_named(line: str, code: str) -> None:
    assert refused(tables.units, UNITS + line)[0] == code


def test_jurisdictions_and_market_days_are_read() -> None:
    start = date(2004, 1, 1)
    held = "function,unit,area,starts_on\nfire,zhukou_station,350429101,2004-01-01\n"
    markets = "area,rule,days,starts_on\n350429101,lunar_digit,38,2004-01-01\n"
    assert tables.jurisdictions(held) == [JurisdictionLine("fire", "zhukou_station", 350429101000000, start)]
    assert tables.market_days(markets) == [MarketLine(350429101000000, "lunar_digit", (3, 8), start)]


def test_a_wrong_jurisdiction_or_market_day_is_named() -> None:
    held = "function,unit,area,starts_on\nflight,zhukou_station,350429101,2004-01-01\n"
    letters = "area,rule,days,starts_on\n350429101,lunar_digit,三八,2004-01-01\n"
    never = "area,rule,days,starts_on\n350429101,weekday,8,2004-01-01\n"
    assert refused(tables.jurisdictions, held)[0] == "table.cell_invalid"
    assert refused(tables.market_days, letters)[0] == "table.cell_invalid"
    assert refused(tables.market_days, never)[0] == "market_day.rule_wrong"
