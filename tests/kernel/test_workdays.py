from datetime import date

import pytest

from yicun.kernel.refusals import Refused
from yicun.kernel.workdays import add_workdays, next_workday, official_calendar, workdays_between

CALENDAR = official_calendar()

DAYS = [
    ("2026-10-10", True, ""),  # make-up Saturday
    ("2026-10-11", False, ""),  # plain Sunday
    ("2026-10-01", False, "national_day"),
    ("2026-09-25", False, "mid_autumn"),
    ("2026-02-15", False, "spring_festival"),
    ("2026-01-02", False, "new_year"),
    ("2026-04-06", False, "tomb_sweeping"),
    ("2026-05-05", False, "labour_day"),
    ("2026-06-19", False, "dragon_boat"),
    ("2015-09-03", False, "public_holiday"),  # announced once
    ("2018-12-29", True, ""),  # worked for New Year 2019
    ("2004-01-01", False, "new_year"),
    ("2027-01-01", False, "new_year"),  # from here on provisional
    ("2027-05-03", True, ""),
    ("2027-05-02", False, "labour_day"),
    ("2027-10-03", False, "national_day"),
    ("2027-10-04", True, ""),
    ("2027-10-09", False, ""),
    ("2003-12-31", True, ""),
]


@pytest.mark.parametrize(("day", "is_workday", "holiday"), DAYS)
def test_a_day_is_worked_or_a_rest_with_a_name(day: str, is_workday: bool, holiday: str) -> None:
    when = date.fromisoformat(day)
    assert (CALENDAR.is_workday(when), CALENDAR.holiday(when)) == (is_workday, holiday)


def test_the_announced_years_are_2004_to_2026() -> None:
    assert [year for year in range(1995, 2040) if CALENDAR.is_official(year)] == list(range(2004, 2027))


WORKDAYS_OF_YEARS = [(2024, 251), (2025, 248), (2026, 248)]


@pytest.mark.parametrize(("year", "expected"), WORKDAYS_OF_YEARS)
def test_a_year_has_its_number_of_workdays(year: int, expected: int) -> None:
    assert workdays_between(date(year - 1, 12, 31), date(year, 12, 31), CALENDAR) == expected


def test_workdays_are_added_and_counted_alike() -> None:
    assert next_workday(date(2026, 9, 30), CALENDAR) == date(2026, 10, 8)
    assert add_workdays(date(2026, 9, 28), 5, CALENDAR) == date(2026, 10, 10)
    assert add_workdays(date(2026, 10, 1), 0, CALENDAR) == date(2026, 10, 1)
    assert workdays_between(date(2026, 9, 28), date(2026, 10, 10), CALENDAR) == 5
    assert workdays_between(date(2026, 10, 10), date(2026, 9, 28), CALENDAR) == 0


def test_workdays_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards, not -1"):
        add_workdays(date(2026, 9, 28), -1, CALENDAR)


def test_a_county_loads_a_year_of_its_own() -> None:
    holidays = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 5)]
    loaded = official_calendar({2027: (holidays, [date(2027, 1, 9), date(2028, 1, 1)])})
    assert [loaded.is_official(year) for year in (2026, 2027, 2028)] == [True, True, False]
    worked = {
        day: loaded.is_workday(date.fromisoformat(day)) for day in ("2027-01-09", "2028-01-01", "2027-10-01")
    }
    assert worked == {"2027-01-09": True, "2028-01-01": True, "2027-10-01": True}
    assert [loaded.holiday(day) for day in holidays] == ["public_holiday", "new_year", "public_holiday"]
    assert CALENDAR.is_workday(date(2026, 12, 31))
    assert not loaded.is_workday(date(2026, 12, 31))


def test_a_loaded_year_replaces_what_was_known() -> None:
    loaded = official_calendar({2026: ([date(2026, 10, 1)], [])})
    assert loaded.is_workday(date(2026, 10, 2))
    assert not loaded.is_workday(date(2026, 10, 10))


WRONG = [
    ([date(2026, 11, 30)], [], "clock.calendar_day_misplaced"),
    ([date(2029, 1, 1)], [], "clock.calendar_day_misplaced"),
    ([], [date(2025, 12, 27)], "clock.calendar_day_misplaced"),
    ([date(2027, 1, 2)], [date(2027, 1, 2)], "clock.calendar_contradicts"),
    ([], [date(2027, 1, 4)], "clock.make_up_not_on_weekend"),
]


@pytest.mark.parametrize(("holidays", "make_ups", "code"), WRONG)
def test_a_wrong_year_is_refused(holidays: list[date], make_ups: list[date], code: str) -> None:
    with pytest.raises(Refused) as refused:
        official_calendar({2027: (holidays, make_ups)})
    assert refused.value.code == code
