"""Every expected day was worked out by hand on the State Council's arrangements of 2024, 2025 and 2026."""

from datetime import date, datetime

import pytest

from yicun.kernel.clocks import SHANGHAI, Entry, Extension, Limit, Pause, Unit, due, parse_pause
from yicun.kernel.workdays import official_calendar

CALENDAR = official_calendar()

WORKING_DAYS = [
    # National Day 2026: 1-7 October off, Sunday 20 September and Saturday 10 October worked
    ("2026-09-28", 1, "2026-09-29"),
    ("2026-09-28", 2, "2026-09-30"),
    ("2026-09-28", 3, "2026-10-08"),
    ("2026-09-28", 5, "2026-10-10"),
    ("2026-09-30", 1, "2026-10-08"),
    ("2026-10-01", 1, "2026-10-08"),
    ("2026-10-07", 4, "2026-10-12"),
    ("2026-09-18", 1, "2026-09-20"),
    ("2026-09-18", 3, "2026-09-22"),
    # Mid-autumn 2026: 25-27 September off
    ("2026-09-24", 1, "2026-09-28"),
    # Spring Festival 2026: 15-23 February off, Saturdays 14 and 28 February worked
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-13", 2, "2026-02-24"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-13", 6, "2026-02-28"),
    ("2026-02-13", 7, "2026-03-02"),
    # New Year 2026: 1-3 January off, Sunday 4 January worked
    ("2025-12-31", 1, "2026-01-04"),
    ("2025-12-31", 3, "2026-01-06"),
    ("2025-12-26", 5, "2026-01-05"),
    # Tomb-sweeping, Labour Day (Saturday 9 May worked) and Dragon Boat 2026
    ("2026-04-03", 1, "2026-04-07"),
    ("2026-04-30", 3, "2026-05-08"),
    ("2026-04-30", 4, "2026-05-09"),
    ("2026-04-30", 5, "2026-05-11"),
    ("2026-06-18", 1, "2026-06-22"),
    # Spring Festival 2024: 10-17 February off, Sundays 4 and 18 February worked, the eve worked
    ("2024-02-02", 1, "2024-02-04"),
    ("2024-02-02", 6, "2024-02-09"),
    ("2024-02-02", 7, "2024-02-18"),
    ("2024-02-09", 5, "2024-02-22"),
    # Tomb-sweeping and Labour Day 2024: Sundays 7 and 28 April, Saturday 11 May worked
    ("2024-04-03", 1, "2024-04-07"),
    ("2024-04-26", 3, "2024-04-30"),
    ("2024-04-26", 4, "2024-05-06"),
    ("2024-05-06", 5, "2024-05-11"),
    # Mid-autumn and National Day 2024: 14 and 29 September, 12 October worked
    ("2024-09-13", 1, "2024-09-14"),
    ("2024-09-13", 2, "2024-09-18"),
    ("2024-09-27", 2, "2024-09-30"),
    ("2024-09-27", 7, "2024-10-12"),
    ("2024-12-31", 1, "2025-01-02"),
    # Spring Festival 2025: 28 January - 4 February off, 26 January and 8 February worked
    ("2025-01-24", 3, "2025-02-05"),
    ("2025-01-27", 4, "2025-02-08"),
    ("2025-01-27", 5, "2025-02-10"),
    # Labour Day, Dragon Boat, National Day with Mid-autumn 2025: 1-8 October off
    ("2025-04-25", 4, "2025-04-30"),
    ("2025-04-25", 5, "2025-05-06"),
    ("2025-05-30", 1, "2025-06-03"),
    ("2025-09-26", 3, "2025-09-30"),
    ("2025-09-30", 3, "2025-10-11"),
    ("2025-09-30", 4, "2025-10-13"),
    # plain weeks, an event on a Saturday, the year's end
    ("2026-11-20", 5, "2026-11-27"),
    ("2026-11-21", 1, "2026-11-23"),
    ("2026-12-28", 3, "2026-12-31"),
]

NATURAL_DAYS = [
    ("2026-11-02", 15, "2026-11-17"),
    ("2026-11-02", 30, "2026-12-02"),
    ("2026-11-06", 1, "2026-11-09"),  # a Saturday
    ("2026-11-06", 3, "2026-11-09"),
    ("2026-09-18", 15, "2026-10-08"),  # 3 October, in the holiday
    ("2026-09-25", 15, "2026-10-10"),  # a Saturday that is worked
    ("2026-09-26", 15, "2026-10-12"),  # a Sunday
    ("2026-02-01", 15, "2026-02-24"),  # New Year's eve of the lunar year
    ("2026-01-30", 15, "2026-02-14"),  # a Saturday that is worked
    ("2026-02-18", 10, "2026-02-28"),  # a Saturday that is worked
    ("2025-12-17", 15, "2026-01-04"),  # New Year's Day, on to a worked Sunday
    ("2025-12-16", 15, "2025-12-31"),
    ("2024-02-14", 15, "2024-02-29"),
    ("2024-02-14", 16, "2024-03-01"),
    ("2025-02-14", 15, "2025-03-03"),  # Saturday 1 March
    ("2025-01-13", 15, "2025-02-05"),
    ("2025-09-16", 15, "2025-10-09"),
    ("2024-09-16", 15, "2024-10-08"),
    ("2026-12-16", 15, "2026-12-31"),
]

HOURS = [
    ("2026-09-30T17:30+08:00", 24, "2026-10-01T17:30+08:00"),
    ("2026-02-14T22:00+08:00", 24, "2026-02-15T22:00+08:00"),
    ("2026-12-31T23:00+08:00", 2, "2027-01-01T01:00+08:00"),
    ("2024-02-28T12:00+08:00", 24, "2024-02-29T12:00+08:00"),
    ("2025-02-28T12:00+08:00", 24, "2025-03-01T12:00+08:00"),
    ("2026-11-23T08:00+08:00", 72, "2026-11-26T08:00+08:00"),
    ("2026-11-23T02:00+00:00", 2, "2026-11-23T12:00+08:00"),
]

# 24 hours from 10:00 on 23 November 2026
PAUSED_HOURS = [
    (["2026-11-23T12:00..2026-11-23T15:00"], "2026-11-24T13:00"),
    (["2026-11-22T00:00..2026-11-23T09:00"], "2026-11-24T10:00"),
    (["2026-11-22T00:00..2026-11-23T12:00"], "2026-11-24T12:00"),
    (["2026-11-23T10:00..2026-11-23T11:00"], "2026-11-24T11:00"),
    (["2026-11-25T00:00..2026-11-26T00:00"], "2026-11-24T10:00"),
    (["2026-11-24T10:00..2026-11-24T20:00"], "2026-11-24T10:00"),
    (["2026-11-23T11:00..2026-11-23T13:00", "2026-11-23T12:00..2026-11-23T14:00"], "2026-11-24T13:00"),
    (["2026-11-23T11:00..2026-11-23T15:00", "2026-11-23T12:00..2026-11-23T13:00"], "2026-11-24T14:00"),
    (["2026-11-23T13:00..2026-11-23T14:00", "2026-11-23T11:00..2026-11-23T12:00"], "2026-11-24T12:00"),
    (["2026-11-23T12:00..2026-11-23T12:00"], "2026-11-24T10:00"),
    (["2026-11-24..2026-11-25"], "2026-11-26T10:00"),
    (["2026-11-25.."], "2026-11-24T10:00"),
    (["2026-11-23T12:00.."], None),
    (["2026-11-23T12:00..", "2026-11-23T13:00..2026-11-23T14:00"], None),
]

PAUSED_DAYS = [
    (Unit.WORKING_DAY, "2026-09-28", 5, ["2026-09-30..2026-10-02"], "2026-10-12"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-24..2026-11-25"], "2026-11-30"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-24..2026-11-24", "2026-11-25..2026-11-25"], "2026-11-30"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-25..2026-11-26", "2026-11-24..2026-11-25"], "2026-12-01"),
    (Unit.WORKING_DAY, "2026-11-26", 3, ["2026-11-28..2026-11-29"], "2026-12-01"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-23..2026-11-23"], "2026-11-26"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-26..2026-11-26"], "2026-11-27"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-27..2026-11-30"], "2026-11-26"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-27.."], "2026-11-26"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-25.."], None),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-24T15:00..2026-11-24T16:00"], "2026-11-27"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-24T15:00..2026-11-25T00:00"], "2026-11-27"),
    (Unit.WORKING_DAY, "2026-11-23", 3, ["2026-11-23T16:30Z..2026-11-23T17:00Z"], "2026-11-27"),
    (Unit.NATURAL_DAY, "2026-11-02", 15, ["2026-11-05..2026-11-06"], "2026-11-19"),
    (Unit.NATURAL_DAY, "2026-11-06", 1, ["2026-11-07..2026-11-07"], "2026-11-09"),
    (Unit.NATURAL_DAY, "2026-11-06", 1, ["2026-11-09..2026-11-09"], "2026-11-10"),
    (Unit.NATURAL_DAY, "2026-11-06", 1, ["2026-11-09.."], None),
    (Unit.NATURAL_DAY, "2026-11-06", 1, ["2026-11-10.."], "2026-11-09"),
]

EXTENDED = [
    (Unit.WORKING_DAY, "2026-09-28", 5, [3], [], "2026-10-14"),
    (Unit.WORKING_DAY, "2026-09-28", 5, [2, 1], [], "2026-10-14"),
    (Unit.WORKING_DAY, "2026-11-23", 3, [2], ["2026-11-24..2026-11-25"], "2026-12-02"),
    (Unit.NATURAL_DAY, "2026-11-02", 15, [10], [], "2026-11-27"),
    (Unit.HOUR, "2026-11-23", 24, [12], [], "2026-11-24"),
]


def _due_on(unit: Unit, start: str, amount: int, pauses: list[str], *extensions: int) -> date | None:
    at = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
    ledger: list[Entry] = [*map(parse_pause, pauses), *(Extension(more, at) for more in extensions)]
    return due(Limit(unit, amount), date.fromisoformat(start), ledger, CALENDAR).due_on


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@pytest.mark.parametrize(("start", "amount", "expected"), WORKING_DAYS)
def test_working_days_know_holidays_and_make_up_workdays(start: str, amount: int, expected: str) -> None:
    assert _due_on(Unit.WORKING_DAY, start, amount, []) == _day(expected)


@pytest.mark.parametrize(("start", "amount", "expected"), NATURAL_DAYS)
def test_natural_days_end_on_the_next_working_day(start: str, amount: int, expected: str) -> None:
    assert _due_on(Unit.NATURAL_DAY, start, amount, []) == _day(expected)


@pytest.mark.parametrize(("start", "amount", "expected"), HOURS)
def test_hours_run_through_nights_and_holidays(start: str, amount: int, expected: str) -> None:
    result = due(Limit(Unit.HOUR, amount), datetime.fromisoformat(start), (), CALENDAR)
    assert result.due_at == datetime.fromisoformat(expected)
    assert result.due_on == date.fromisoformat(expected[:10])


@pytest.mark.parametrize(("pauses", "expected"), PAUSED_HOURS)
def test_hours_lose_the_time_of_their_pauses(pauses: list[str], expected: str | None) -> None:
    start = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
    result = due(Limit(Unit.HOUR, 24), start, tuple(map(parse_pause, pauses)), CALENDAR)
    assert result.due_at == (expected and datetime.fromisoformat(f"{expected}+08:00"))


@pytest.mark.parametrize(("unit", "start", "amount", "pauses", "expected"), PAUSED_DAYS)
def test_days_lose_every_day_a_pause_touches(
    unit: Unit, start: str, amount: int, pauses: list[str], expected: str | None
) -> None:
    assert _due_on(unit, start, amount, pauses) == _day(expected)


@pytest.mark.parametrize(("unit", "start", "amount", "more", "pauses", "expected"), EXTENDED)
def test_extensions_add_to_the_amount(
    unit: Unit, start: str, amount: int, more: list[int], pauses: list[str], expected: str
) -> None:
    assert _due_on(unit, start, amount, pauses, *more) == _day(expected)


def test_natural_days_may_end_on_a_rest_day_where_the_rule_says_so() -> None:
    limit = Limit(Unit.NATURAL_DAY, 1, rolls_over=False)
    assert due(limit, date(2026, 11, 6), (), CALENDAR).due_on == date(2026, 11, 7)


def test_days_end_at_midnight_after_their_last_day() -> None:
    result = due(Limit(Unit.WORKING_DAY, 5), datetime(2026, 9, 28, 23, 59, tzinfo=SHANGHAI), (), CALENDAR)
    assert result.due_at is not None
    assert result.due_at.isoformat() == "2026-10-11T00:00:00+08:00"


def test_hours_from_a_date_run_from_its_first_moment() -> None:
    result = due(Limit(Unit.HOUR, 24), date(2026, 11, 23), (), CALENDAR)
    assert result.due_at == datetime(2026, 11, 24, tzinfo=SHANGHAI)
    assert result.due_on == date(2026, 11, 24)


PROVISIONAL = [
    (Unit.WORKING_DAY, "2026-12-28", 3, [], "2026-12-31", False),
    (Unit.WORKING_DAY, "2026-12-28", 4, [], "2027-01-04", True),
    (Unit.WORKING_DAY, "2027-09-30", 1, [], "2027-10-04", True),
    (Unit.WORKING_DAY, "2027-04-30", 1, [], "2027-05-03", True),
    (Unit.NATURAL_DAY, "2026-12-16", 15, [], "2026-12-31", False),
    (Unit.NATURAL_DAY, "2026-12-17", 15, [], "2027-01-04", True),
    (Unit.WORKING_DAY, "2026-12-28", 9, ["2027-01-06.."], None, True),
    (Unit.NATURAL_DAY, "2026-12-17", 15, ["2027-01-03.."], None, True),
    (Unit.NATURAL_DAY, "2026-12-17", 30, ["2027-01-03.."], None, False),
    (Unit.HOUR, "2026-12-31", 48, [], "2027-01-02", False),
]


@pytest.mark.parametrize(("unit", "start", "amount", "pauses", "expected", "is_provisional"), PROVISIONAL)
def test_a_clock_says_when_a_year_is_not_announced(
    unit: Unit, start: str, amount: int, pauses: list[str], expected: str | None, is_provisional: bool
) -> None:
    ledger = tuple(map(parse_pause, pauses))
    result = due(Limit(unit, amount), date.fromisoformat(start), ledger, CALENDAR)
    assert (result.due_on, result.is_provisional) == (_day(expected), is_provisional)


def test_a_loaded_year_is_official_with_its_own_make_up_days() -> None:
    loaded = official_calendar({2027: ([date(2027, 1, 1), date(2027, 1, 4)], [date(2027, 1, 9)])})
    for amount, expected in ((1, date(2027, 1, 5)), (5, date(2027, 1, 9)), (6, date(2027, 1, 11))):
        result = due(Limit(Unit.WORKING_DAY, amount), date(2026, 12, 31), (), loaded)
        assert (result.due_on, result.is_provisional) == (expected, False)


def test_a_pause_given_as_moments_of_another_zone_is_the_same_pause() -> None:
    here = Pause(datetime(2026, 11, 24, 8, tzinfo=SHANGHAI), datetime(2026, 11, 24, 9, tzinfo=SHANGHAI))
    there = Pause(datetime.fromisoformat("2026-11-24T00:00Z"), datetime.fromisoformat("2026-11-24T01:00Z"))
    assert here.span == there.span
