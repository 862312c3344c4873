from typing import Any

import pytest

from yicun.territory.rules import tables
from yicun.territory.rules.gazetteer import Gazetteer, plain, rank, stem
from yicun.territory.rules.positions import Positions

COUNTY = (
    "code,name,official_name,lon,lat\n"
    "350429,泰宁县,,,\n"
    "350429101,朱口镇,,117.5,26.5\n"
    "350429103,下渠镇,,118.5,26.5\n"
    "350429101201,音山村,音山村委会,117.2,26.5\n"
    "350429101208,朱口村,朱口村委会,117.8,26.5\n"
    "350429103201,下渠村,下渠村委会,118.2,26.5\n"
    "350429103202,朱家村,朱家村委会,118.8,26.5\n"
    "350429103203,无位村,无位村委会,,\n"
)
AREAS = tables.divisions(COUNTY)
VILLAGES = {area.name: area.code for area in AREAS}


def box(west: float, east: float, south: float = 26.0, north: float = 27.0) -> dict[str, Any]:
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


TOWNS = {350429101000000: box(117, 118), 350429103000000: box(118, 119)}
DRAWN = {350429000000000: box(117, 119.5), **TOWNS}


@pytest.mark.parametrize(
    "text, names",
    [
        ("zk", ["朱口村", "朱口镇", "朱口村网格"]),
        ("ZKC", ["朱口村", "朱口村网格"]),
        ("zhu", ["朱口村", "朱家村", "朱口镇", "朱口村网格", "朱家村网格"]),
        ("朱口", ["朱口村", "朱口镇", "朱口村网格"]),
        ("朱口镇", ["朱口镇"]),
        ("口村", ["朱口村", "朱口村网格"]),
        ("音山村委会", ["音山村"]),
        ("shan", ["音山村", "音山村网格"]),
        ("tnx", ["泰宁县"]),
        ("35042910120", ["音山村", "朱口村", "音山村网格", "朱口村网格"]),
        (" ｚ ｋ ", ["朱口村", "朱口镇", "朱口村网格"]),
        ("没有", []),
        ("", []),
        (" ", []),
        ("%", []),
    ],
)
def test_areas_are_found_as_officers_type_them(text: str, names: list[str]) -> None:
    assert [area.name for area in Gazetteer(AREAS).search(text, None, 10)] == names


def test_a_search_can_be_kept_within_a_town_and_cut_off() -> None:
    gazetteer = Gazetteer(AREAS)
    assert [area.name for area in gazetteer.search("zhu", (350429103000000, 350429103999999), 10)] == [
        "朱家村",
        "朱家村网格",
    ]
    assert [area.name for area in gazetteer.search("zhu", None, 1)] == ["朱口村"]


@pytest.mark.parametrize(
    "wanted, place",
    [("朱口", 0), ("朱口村", 0), ("朱口村委", 1), ("zk", 2), ("zhuk", 3), ("口", 5), ("kou", 6), ("x", None)],
)
def test_a_closer_match_ranks_higher(wanted: str, place: int | None) -> None:
    village = next(area for area in AREAS if area.name == "朱口村")
    assert rank(village, "朱口", wanted) == place


def test_the_first_initials_rank_behind_whole_pinyin() -> None:
    long_name = next(
        area for area in tables.divisions("code,name\n350429,吕家坊村\n") if area.kind == "county"
    )
    assert [rank(long_name, "吕家坊", wanted) for wanted in ("ljf", "lvj", "lj")] == [2, 3, 4]


@pytest.mark.parametrize(
    "name, short",
    [
        ("朱口村", "朱口"),
        ("城东社区", "城东"),
        ("音山村委会", "音山"),
        ("泰宁县", "泰宁"),
        ("村", "村"),
        ("同兴社生活区", "同兴社生活区"),
    ],
)
def test_a_name_loses_its_kind(name: str, short: str) -> None:
    assert stem(name) == short


def test_typed_text_is_made_plain() -> None:
    assert plain(" ＺＫ 朱　口\n") == "zk朱口"


@pytest.mark.parametrize(
    "lon, lat, name",
    [
        (117.3, 26.4, "音山村"),
        (117.7, 26.9, "朱口村"),
        # The nearest village of all is on the other side of the town's border.
        (117.99, 26.5, "朱口村"),
        (118.01, 26.5, "下渠村"),
        (118.9, 26.1, "朱家村"),
        # On the common border: the smaller code.
        (118.0, 26.5, "朱口村"),
        # In the county, in no town: the nearest village of the county.
        (119.4, 26.5, "朱家村"),
        (120.0, 26.5, None),
        (117.5, 27.01, None),
    ],
)
def test_a_position_belongs_to_a_village(lon: float, lat: float, name: str | None) -> None:
    assert Positions(AREAS, DRAWN).village_at(lon, lat) == (VILLAGES[name] if name else None)


def test_an_outlined_village_beats_a_near_point() -> None:
    drawn = {**DRAWN, VILLAGES["音山村"]: box(117.7, 117.9, 26.4, 26.6)}
    assert Positions(AREAS, drawn).village_at(117.8, 26.5) == VILLAGES["音山村"]


def test_without_a_county_outline_the_towns_decide() -> None:
    positions = Positions(AREAS, TOWNS)
    assert positions.village_at(117.3, 26.4) == VILLAGES["音山村"]
    assert positions.village_at(119.4, 26.5) is None


def test_without_any_outline_nothing_is_found() -> None:
    assert Positions(AREAS, {}).village_at(117.3, 26.4) is None


def test_a_town_without_village_points_has_no_village_at_a_position() -> None:
    bare = [area for area in AREAS if area.code <= 350429103000000 or area.lon is None]
    assert Positions(bare, DRAWN).village_at(118.5, 26.5) is None


def test_a_position_belongs_to_a_grid() -> None:
    village = VILLAGES["音山村"]
    assert Positions(AREAS, DRAWN).grid_at(117.3, 26.4) == village + 1
    assert (
        Positions(AREAS, {**DRAWN, village + 1: box(117.7, 117.9, 26.4, 26.6)}).grid_at(117.8, 26.5)
        == village + 1
    )
    assert Positions(AREAS, DRAWN).grid_at(120.0, 26.5) is None
