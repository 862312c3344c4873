"""The periods of a demand: calendar weeks, months, quarters, years, clipped to its days; no day lost or twice."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yicun.relief.rules.counting import week_of, weeks
from yicun.relief.rules.periods import account, period_at, periods
from yicun.relief.terms import Cadence

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("cadence", "first", "last", "expected"),
    [
        ("once", "2026-11-23", "2027-01-10", ["2026-11-23..2027-01-10"]),
        ("weekly", "2026-11-25", "2026-12-08", ["2026-11-25..2026-11-29", "2026-11-30..2026-12-06",
                                                 "2026-12-07..2026-12-08"]),
        ("monthly", "2026-11-25", "2027-01-10", ["2026-11-25..2026-11-30", "2026-12-01..2026-12-31",
                                                  "2027-01-01..2027-01-10"]),
        ("quarterly", "2026-11-25", "2027-04-02", ["2026-11-25..2026-12-31", "2027-01-01..2027-03-31",
                                                    "2027-04-01..2027-04-02"]),
        ("yearly", "2026-11-25", "2027-03-01", ["2026-11-25..2026-12-31", "2027-01-01..2027-03-01"]),
    ],
)  # fmt: skip
def test_periods_follow_the_calendar(cadence: str, first: str, last: str, expected: list[str]) -> None:
    found = periods(cadence, date.fromisoformat(first), date.fromisoformat(last), date(2030, 1, 1))
    assert [f"{one.starts_on}..{one.due_on}" for one in found] == expected


@given(st.sampled_from(Cadence.values), DAYS, st.integers(0, 800), st.integers(-30, 900))
def test_periods_cover_every_day_once(cadence: str, first: date, length: int, ahead: int) -> None:
    last, until = first + timedelta(days=length), first + timedelta(days=ahead)
    found = list(periods(cadence, first, last, until))
    assert all(one.starts_on <= one.due_on for one in found)
    assert all(b.starts_on == a.due_on + timedelta(days=1) for a, b in pairwise(found))
    assert bool(found) == (until >= first)
    if found:
        assert found[0].starts_on == first
        assert min(last, until) <= found[-1].due_on <= last


@given(st.sampled_from(Cadence.values), DAYS, st.integers(0, 800), st.integers(-30, 900))
def test_a_day_lies_in_the_period_that_is_found_for_it(
    cadence: str, first: date, length: int, ahead: int
) -> None:
    last, day = first + timedelta(days=length), first + timedelta(days=ahead)
    found = period_at(cadence, first, last, day)
    assert (found is not None) == (first <= day <= last)
    assert found is None or found.starts_on <= day <= found.due_on


def test_what_was_missed_presses_first() -> None:
    stands = account("weekly", date(2026, 11, 2), date(2026, 12, 31), {date(2026, 11, 9)}, date(2026, 11, 24))
    assert [one.starts_on for one in stands.missed] == [date(2026, 11, 2), date(2026, 11, 16)]
    assert (stands.is_owed, stands.due_on, stands.is_done) == (True, date(2026, 11, 8), False)


def test_nothing_is_owed_before_the_first_day_or_when_all_is_met() -> None:
    before = account("once", date(2026, 12, 1), date(2026, 12, 31), set(), date(2026, 11, 24))
    met = account("once", date(2026, 11, 1), date(2026, 12, 31), {date(2026, 11, 1)}, date(2026, 11, 24))
    assert (before.is_owed, before.current) == (False, None)
    assert (met.is_owed, met.due_on) == (False, None)


@given(DAYS, st.integers(0, 200), st.integers(-5, 300))
def test_weeks_of_a_campaign_hold_each_of_its_days_once(first: date, length: int, ahead: int) -> None:
    last, on = first + timedelta(days=length), first + timedelta(days=ahead)
    found = weeks(first, last, on)
    days = [first + timedelta(days=n) for n in range(length + 1) if first + timedelta(days=n) <= on]
    assert [week_of(day, found) is not None for day in days] == [True] * len(days)
    assert week_of(last + timedelta(days=1), found) is None
    assert sum((week.last - week.first).days + 1 for week in found) == len(days)
