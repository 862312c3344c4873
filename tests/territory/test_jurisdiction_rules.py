from datetime import date

import pytest

from yicun.kernel.refusals import Refused
from yicun.territory.rules.codes import Range
from yicun.territory.rules.jurisdictions import (
    Change,
    Coverage,
    Move,
    Piece,
    check_moves,
    first_gap,
    plan_change,
    subtract,
)
from yicun.territory.rules.rows import JurisdictionRow

TOWN = 350429101000000
END = TOWN + 999999
NEXT = TOWN + 1000000
START = date(2004, 1, 1)
CHANGE = date(2026, 1, 1)
LATER = date(2027, 1, 1)


def row(
    number: int, unit: int, lo: int = TOWN, hi: int = END, starts: date = START, ends: date | None = None
) -> JurisdictionRow:
    return JurisdictionRow(number, unit, "management", lo, hi, starts, ends)


def village(number: int) -> Range:
    return TOWN + number * 1000, TOWN + number * 1000 + 999


@pytest.mark.parametrize(
    "moves, code",
    [
        ([], "jurisdiction.nothing_given"),
        ([Move(1, TOWN, TOWN + 5)], "jurisdiction.range_wrong"),
        ([Move(1, END, TOWN)], "jurisdiction.range_wrong"),
        ([Move(1, TOWN, END), Move(2, *village(3))], "jurisdiction.overlap"),
        ([Move(1, *village(3)), Move(1, *village(3))], "jurisdiction.overlap"),
    ],
)
def test_moves_that_make_no_sense_are_refused(moves: list[Move], code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_moves(moves)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "existing, moves, change",
    [
        # Nobody was in charge.
        ([], [Move(7, TOWN, END)], Change((), (Piece(7, TOWN, END, None),))),
        # The whole range passes on.
        ([row(1, 5)], [Move(7, TOWN, END)], Change((1,), (Piece(7, TOWN, END, 1),))),
        # A village passes on, the rest is written anew on both sides.
        (
            [row(1, 5)],
            [Move(7, *village(3))],
            Change(
                (1,),
                (
                    Piece(5, TOWN, TOWN + 2999, 1),
                    Piece(7, *village(3), 1),
                    Piece(5, TOWN + 4000, END, 1),
                ),
            ),
        ),
        # It already belongs to that unit: nothing happens.
        ([row(1, 7)], [Move(7, *village(3))], Change((), ())),
        # Half of it is new territory.
        (
            [row(1, 5, hi=TOWN + 999)],
            [Move(7, TOWN, TOWN + 1999)],
            Change((1,), (Piece(7, TOWN, TOWN + 999, 1), Piece(7, TOWN + 1000, TOWN + 1999, None))),
        ),
        # Two old holders, one new one.
        (
            [row(1, 5), row(2, 6, lo=NEXT, hi=NEXT + 999999)],
            [Move(7, TOWN, NEXT + 999999)],
            Change((1, 2), (Piece(7, TOWN, END, 1), Piece(7, NEXT, NEXT + 999999, 2))),
        ),
        # What ended before is history; two units split what is left of the range.
        (
            [row(1, 5, ends=CHANGE), row(2, 6, starts=date(2025, 1, 1), lo=NEXT, hi=NEXT + 999999)],
            [Move(7, TOWN, END)],
            Change((), (Piece(7, TOWN, END, None),)),
        ),
        # Moved to itself and to another: only then is the old row cut.
        (
            [row(1, 5)],
            [Move(5, *village(0)), Move(7, *village(1))],
            Change((1,), (Piece(5, *village(0), 1), Piece(7, *village(1), 1), Piece(5, TOWN + 2000, END, 1))),
        ),
    ],
)
def test_a_range_passes_from_unit_to_unit(
    existing: list[JurisdictionRow], moves: list[Move], change: Change
) -> None:
    assert plan_change(existing, moves, CHANGE) == change


@pytest.mark.parametrize(
    "existing, on",
    [
        (row(1, 5, starts=CHANGE), CHANGE),
        (row(1, 5, starts=LATER), LATER),
        (row(1, 5, ends=LATER), LATER),
    ],
)
def test_a_change_before_a_later_change_is_refused(existing: JurisdictionRow, on: date) -> None:
    with pytest.raises(Refused) as refused:
        plan_change([existing], [Move(7, TOWN, END)], CHANGE)
    assert (refused.value.code, refused.value.facts) == ("jurisdiction.later_change", {"on": on})


@pytest.mark.parametrize(
    "taken, rest",
    [
        ([], [(10, 20)]),
        ([(10, 20)], []),
        ([(1, 9), (21, 30)], [(10, 20)]),
        ([(12, 13), (15, 15)], [(10, 11), (14, 14), (16, 20)]),
        ([(5, 12), (18, 40)], [(13, 17)]),
    ],
)
def test_ranges_are_subtracted(taken: list[Range], rest: list[Range]) -> None:
    assert subtract((10, 20), taken) == rest


@pytest.mark.parametrize(
    "rows, gap",
    [
        ([], None),
        ([row(1, 5)], None),
        ([row(1, 5, lo=TOWN + 2000)], (TOWN + 1000, START)),
        ([row(1, 5, ends=CHANGE)], (TOWN + 1000, CHANGE)),
        ([row(1, 5, ends=CHANGE), row(2, 6, starts=CHANGE)], None),
        ([row(1, 5, ends=CHANGE), row(2, 6, starts=LATER)], (TOWN + 1000, CHANGE)),
        ([row(1, 5, hi=TOWN + 1999), row(2, 6, lo=TOWN + 2000, starts=CHANGE)], (TOWN + 2000, START)),
    ],
)
def test_the_first_village_without_a_unit_is_named(
    rows: list[JurisdictionRow], gap: tuple[int, date] | None
) -> None:
    assert first_gap([TOWN + 2000, TOWN + 1000], rows) == gap


def test_coverage_knows_who_is_in_charge_on_a_day() -> None:
    coverage = Coverage([row(1, 5, ends=CHANGE), row(2, 6, starts=CHANGE)])
    days = (date(2003, 12, 31), START, date(2025, 12, 31), CHANGE, date(2090, 1, 1))
    assert [coverage.in_charge(TOWN + 1001, day) for day in days] == [None, 5, 5, 6, 6]
    assert coverage.in_charge(TOWN - 1, CHANGE) is None
    assert coverage.in_charge(NEXT, CHANGE) is None
    assert [known.id for known in coverage.running(START)] == [1]
