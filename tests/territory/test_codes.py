import pytest

from yicun.territory.rules.codes import (
    ancestor,
    county_range,
    covers,
    full_code,
    is_whole_villages,
    kind_of,
    merge,
    parent_of,
    range_of,
)
from yicun.territory.terms import AreaKind

VILLAGE = 350429101208000


@pytest.mark.parametrize(
    "text, code",
    [
        ("35", 350000000000000),
        ("3504", 350400000000000),
        ("350429", 350429000000000),
        ("350429101", 350429101000000),
        ("350429101208", VILLAGE),
        ("350429101208001", VILLAGE + 1),
        ("35042", None),
        ("3504291012080011", None),
        ("050429", None),
        ("３５０４２９", None),
        ("35O429", None),
        (" 350429", None),
        ("", None),
    ],
)
def test_a_shorter_code_is_padded_to_15_digits(text: str, code: int | None) -> None:
    assert full_code(text) == code


@pytest.mark.parametrize(
    "code, kind, end, parent",
    [
        (350000000000000, AreaKind.PROVINCE, 359999999999999, None),
        (350400000000000, AreaKind.CITY, 350499999999999, 350000000000000),
        (350429000000000, AreaKind.COUNTY, 350429999999999, 350400000000000),
        (350429101000000, AreaKind.TOWN, 350429101999999, 350429000000000),
        (VILLAGE, AreaKind.VILLAGE, VILLAGE + 999, 350429101000000),
        (VILLAGE + 1, AreaKind.GRID, VILLAGE + 1, VILLAGE),
    ],
)
def test_a_code_tells_kind_range_and_parent(code: int, kind: AreaKind, end: int, parent: int | None) -> None:
    assert (kind_of(code), range_of(code), parent_of(code)) == (kind, (code, end), parent)


def test_an_ancestor_is_the_code_padded_earlier() -> None:
    assert ancestor(VILLAGE + 1, AreaKind.TOWN) == 350429101000000
    assert ancestor(VILLAGE, AreaKind.GRID) == VILLAGE
    assert county_range(VILLAGE) == (350429000000000, 350429999999999)


@pytest.mark.parametrize(
    "lo, hi, whole",
    [
        (VILLAGE, VILLAGE + 999, True),
        (350429101000000, 350429101999999, True),
        (VILLAGE, VILLAGE + 998, False),
        (VILLAGE + 1, VILLAGE + 999, False),
        (VILLAGE + 1000, VILLAGE + 999, False),
        (350429101000000, 350430101999999, False),
    ],
)
def test_a_range_is_made_of_whole_villages_of_one_county(lo: int, hi: int, whole: bool) -> None:
    assert is_whole_villages(lo, hi) is whole


@pytest.mark.parametrize(
    "ranges, merged",
    [
        ([], ()),
        ([(5, 9), (1, 4)], ((1, 9),)),
        ([(1, 4), (6, 9)], ((1, 4), (6, 9))),
        ([(1, 9), (2, 3)], ((1, 9),)),
    ],
)
def test_touching_ranges_become_one(
    ranges: list[tuple[int, int]], merged: tuple[tuple[int, int], ...]
) -> None:
    assert merge(ranges) == merged


def test_a_code_is_covered_by_any_of_the_ranges() -> None:
    assert covers([(1, 2), (5, 6)], 5)
    assert not covers([(1, 2), (5, 6)], 4)
