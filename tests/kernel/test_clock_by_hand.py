"""A second set of deadlines, each worked out on paper from the yearly notices of 2018 to 2026.

`pauses`: `FROM..TO` with both dates inside, or moments; `more`: extensions. What is expected is the moment of expiry in
Shanghai: `2026-10-10 24:00` for a limit in days. None: unknown while a pause is open.
"""

from datetime import date, datetime, timedelta

import pytest

from yicun.kernel.clocks import SHANGHAI, Entry, Extension, Limit, Unit, due, parse_limit, parse_pause
from yicun.kernel.clocks.typed import parse_start
from yicun.kernel.workdays import official_calendar

CALENDAR = official_calendar()
GRANTED = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)

WORKING_DAYS = [
    # 2018: Spring Festival 15-21 February, worked on Sunday 11 and Saturday 24
    ("2018-02-09", 1, "2018-02-11"),
    ("2018-02-09", 4, "2018-02-14"),
    ("2018-02-09", 5, "2018-02-22"),
    ("2018-02-09", 7, "2018-02-24"),
    ("2018-02-09", 8, "2018-02-26"),
    ("2018-04-04", 1, "2018-04-08"),
    ("2018-04-27", 2, "2018-05-02"),
    ("2018-09-28", 2, "2018-09-30"),
    ("2018-09-28", 3, "2018-10-08"),
    ("2018-12-28", 1, "2018-12-29"),
    ("2018-12-28", 2, "2019-01-02"),
    # 2019: Spring Festival 4-10 February after a worked weekend; Labour Day as lengthened in March
    ("2019-02-01", 2, "2019-02-03"),
    ("2019-02-01", 3, "2019-02-11"),
    ("2019-02-01", 7, "2019-02-15"),
    ("2019-04-26", 3, "2019-04-30"),
    ("2019-04-26", 4, "2019-05-05"),
    ("2019-04-26", 5, "2019-05-06"),
    ("2019-09-12", 1, "2019-09-16"),
    ("2019-09-27", 3, "2019-10-08"),
    ("2019-09-27", 7, "2019-10-12"),
    ("2019-09-27", 8, "2019-10-14"),
    # 2020: Spring Festival lengthened to 2 February, Saturday the 1st no longer worked
    ("2020-01-17", 1, "2020-01-19"),
    ("2020-01-17", 6, "2020-02-03"),
    ("2020-01-17", 10, "2020-02-07"),
    ("2020-04-30", 4, "2020-05-09"),
    ("2020-06-24", 1, "2020-06-28"),
    ("2020-09-30", 1, "2020-10-09"),
    ("2020-09-30", 3, "2020-10-12"),
    # 2021: Spring Festival 11-17 February, worked on Sunday 7 and Saturday 20; Mid-autumn 19-21 September
    ("2021-02-05", 4, "2021-02-10"),
    ("2021-02-05", 5, "2021-02-18"),
    ("2021-02-05", 7, "2021-02-20"),
    ("2021-02-05", 8, "2021-02-22"),
    ("2021-09-17", 2, "2021-09-22"),
    ("2021-09-17", 5, "2021-09-26"),
    ("2021-12-31", 1, "2022-01-04"),
    # 2022 and 2023: two worked days in a row before or after the rest
    ("2022-01-28", 2, "2022-01-30"),
    ("2022-01-28", 3, "2022-02-07"),
    ("2022-04-01", 2, "2022-04-06"),
    ("2022-09-30", 2, "2022-10-09"),
    ("2022-09-30", 3, "2022-10-10"),
    ("2023-01-20", 2, "2023-01-29"),
    ("2023-06-21", 1, "2023-06-25"),
    ("2023-09-28", 1, "2023-10-07"),
    ("2023-09-28", 3, "2023-10-09"),
    ("2023-12-29", 1, "2024-01-02"),
    # begun on a rest day, on a worked Saturday, about 29 February, late at night, at the very first moment
    ("2026-10-03", 2, "2026-10-09"),
    ("2026-02-28", 1, "2026-03-02"),
    ("2024-02-28", 1, "2024-02-29"),
    ("2024-02-29", 1, "2024-03-01"),
    ("2026-11-23T23:59", 1, "2026-11-24"),
    ("2026-11-24T00:00", 1, "2026-11-25"),
    ("2026-11-23T15:59:59Z", 1, "2026-11-24"),
    ("2026-11-23T16:00Z", 1, "2026-11-25"),
]

NATURAL_DAYS = [
    ("2026-11-09", 30, "2026-12-09"),
    ("2026-01-01", 15, "2026-01-16"),
    ("2026-09-16", 15, "2026-10-08"),
    ("2018-09-14", 15, "2018-09-29"),  # a worked Saturday
    ("2018-09-16", 15, "2018-10-08"),
    ("2019-01-20", 15, "2019-02-11"),
    ("2019-04-20", 15, "2019-05-05"),  # a worked Sunday
    ("2020-01-10", 15, "2020-02-03"),
    ("2020-02-14", 15, "2020-03-02"),  # Saturday 29 February
    ("2020-02-15", 15, "2020-03-02"),
    ("2021-09-04", 15, "2021-09-22"),
    ("2022-12-16", 15, "2023-01-03"),
    ("2023-09-14", 15, "2023-10-07"),  # rolled on to a worked Saturday
    ("2024-12-17", 15, "2025-01-02"),
    ("2024-01-31", 30, "2024-03-01"),
    ("2023-01-31", 30, "2023-03-02"),
]

HOURS = [
    ("2026-11-23T23:59", 1, "2026-11-24 00:59"),
    ("2026-11-23T23:00", 1, "2026-11-24 00:00"),
    ("2024-02-28T23:30", 48, "2024-03-01 23:30"),
    ("2025-02-28T23:30", 48, "2025-03-02 23:30"),
    ("2026-12-31T23:59", 24, "2027-01-01 23:59"),
    ("2026-02-16T20:00", 72, "2026-02-19 20:00"),
    ("2026-11-23", 2, "2026-11-23 02:00"),
]

# limit, start, pauses, extensions, expiry; five working days from 23 November end on the 30th
LEDGERS: list[tuple[str, str, list[str], list[int], str | None]] = [
    ("5 working_days", "2026-11-23", ["2026-11-27..2026-11-30"], [], "2026-12-02 24:00"),
    ("5 working_days", "2026-11-23", ["2026-11-28..2026-11-29"], [], "2026-11-30 24:00"),
    ("5 working_days", "2026-11-23", ["2026-11-16..2026-11-20"], [], "2026-11-30 24:00"),
    ("5 working_days", "2026-11-23", ["2026-11-20..2026-11-24"], [], "2026-12-01 24:00"),
    ("5 working_days", "2026-11-23", ["2026-11-23..2026-11-23"], [], "2026-11-30 24:00"),
    (
        "5 working_days",
        "2026-11-23",
        ["2026-11-24..2026-11-26", "2026-11-25..2026-11-27"],
        [],
        "2026-12-04 24:00",
    ),
    (
        "5 working_days",
        "2026-11-23",
        ["2026-11-24..2026-11-27", "2026-11-25..2026-11-25"],
        [],
        "2026-12-04 24:00",
    ),
    (
        "5 working_days",
        "2026-11-23",
        ["2026-11-24..2026-11-27", "2026-11-24..2026-11-27"],
        [],
        "2026-12-04 24:00",
    ),
    ("5 working_days", "2026-11-23", ["2026-11-25T23:59..2026-11-26T00:00"], [], "2026-12-01 24:00"),
    ("5 working_days", "2026-11-23", ["2026-11-25T23:59..2026-11-26T00:01"], [], "2026-12-02 24:00"),
    ("5 working_days", "2026-11-23", ["2026-12-01.."], [], "2026-11-30 24:00"),
    ("5 working_days", "2026-11-23", ["2026-11-30.."], [], None),
    ("5 working_days", "2026-11-23", ["2026-11-30T23:00.."], [], None),
    ("5 working_days", "2026-11-23", ["2026-11-24..2026-11-24", "2026-12-01.."], [], None),
    ("1 working_day", "2026-10-09", ["2026-10-10..2026-10-10"], [], "2026-10-12 24:00"),
    ("5 working_days", "2026-09-28", ["2026-10-01..2026-10-07"], [], "2026-10-10 24:00"),
    ("3 working_days", "2026-02-09", [], [3], "2026-02-24 24:00"),
    ("3 working_days", "2026-02-09", ["2026-02-12..2026-02-13"], [1], "2026-02-24 24:00"),
    ("3 working_days", "2026-11-23", ["2026-11-24..2026-11-25"], [1, 1], "2026-12-02 24:00"),
    ("5 working_days", "2018-09-25", ["2018-09-29..2018-09-30"], [], "2018-10-09 24:00"),
    ("5 working_days", "2020-01-20", ["2020-01-23..2020-02-03"], [], "2020-02-06 24:00"),
    ("7 days", "2026-11-09", ["2026-11-12..2026-11-13"], [], "2026-11-18 24:00"),
    ("7 days", "2026-11-09", ["2026-11-14..2026-11-15"], [], "2026-11-18 24:00"),
    ("1 day", "2026-11-06", ["2026-11-07..2026-11-08"], [], "2026-11-09 24:00"),
    ("15 days", "2026-09-14", ["2026-09-28..2026-09-30"], [], "2026-10-08 24:00"),
    ("15 days", "2026-12-01", [], [15], "2026-12-31 24:00"),
    ("2 hours", "2026-11-23T23:00", ["2026-11-23T23:30..2026-11-24T00:30"], [], "2026-11-24 02:00"),
    ("24 hours", "2026-11-23T23:00", ["2026-11-24..2026-11-24"], [], "2026-11-25 23:00"),
    ("24 hours", "2026-11-23T23:00", ["2026-11-24..2026-11-24"], [24], "2026-11-26 23:00"),
    ("24 hours", "2026-11-23T12:00", ["2026-11-23T12:00.."], [], None),
    ("24 hours", "2026-11-23T12:00", ["2026-11-24T12:00.."], [], "2026-11-24 12:00"),
]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    day, hour = text.split()
    begins = datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)
    return begins + timedelta(hours=int(hour[:2]), minutes=int(hour[3:]))


@pytest.mark.parametrize(("start", "amount", "expected"), WORKING_DAYS)
def test_working_days_end_on_the_day_worked_out_on_paper(start: str, amount: int, expected: str) -> None:
    result = due(Limit(Unit.WORKING_DAY, amount), parse_start(start), (), CALENDAR)
    assert (result.due_on, result.is_provisional) == (date.fromisoformat(expected), False)
    assert result.due_at == _moment(f"{expected} 24:00")


@pytest.mark.parametrize(("start", "amount", "expected"), NATURAL_DAYS)
def test_natural_days_end_on_the_day_worked_out_on_paper(start: str, amount: int, expected: str) -> None:
    result = due(Limit(Unit.NATURAL_DAY, amount), parse_start(start), (), CALENDAR)
    assert (result.due_on, result.is_provisional) == (date.fromisoformat(expected), False)


@pytest.mark.parametrize(("start", "amount", "expected"), HOURS)
def test_hours_end_at_the_minute_worked_out_on_paper(start: str, amount: int, expected: str) -> None:
    assert due(Limit(Unit.HOUR, amount), parse_start(start), (), CALENDAR).due_at == _moment(expected)


@pytest.mark.parametrize(("limit", "start", "pauses", "more", "expected"), LEDGERS)
def test_pauses_and_extensions_move_the_end_as_worked_out_on_paper(
    limit: str, start: str, pauses: list[str], more: list[int], expected: str | None
) -> None:
    ledger: list[Entry] = [*map(parse_pause, pauses), *(Extension(amount, GRANTED) for amount in more)]
    result = due(parse_limit(limit), parse_start(start), ledger, CALENDAR)
    assert result.due_at == _moment(expected)


# 2027 is not announced: weekends and the statutory days alone; the lunar ones are known by the almanac
NOT_ANNOUNCED = [
    ("2026-12-31", 1, "2027-01-04"),
    ("2027-02-04", 1, "2027-02-09"),  # New Year's eve is Friday the 5th
    ("2027-04-02", 1, "2027-04-06"),  # Tomb-sweeping Day is Monday the 5th
    ("2027-06-08", 1, "2027-06-10"),  # Dragon Boat
    ("2027-09-14", 1, "2027-09-16"),  # Mid-autumn
    ("2027-09-30", 2, "2027-10-05"),
]


@pytest.mark.parametrize(("start", "amount", "expected"), NOT_ANNOUNCED)
def test_year_not_announced_keeps_its_statutory_days_and_says_so(
    start: str, amount: int, expected: str
) -> None:
    result = due(Limit(Unit.WORKING_DAY, amount), parse_start(start), (), CALENDAR)
    assert (result.due_on, result.is_provisional) == (date.fromisoformat(expected), True)
