"""Every day of 2018 to 2026 against the State Council's notices, copied out year by year and not through a library.

Each line is what the yearly notice of the General Office says: the rest days of each holiday, and the weekend days
worked for them. 2019 with the notice of March that lengthened Labour Day; 2020 with the one of January that lengthened
Spring Festival to 2 February and cancelled the make-up day of the 1st.
"""

from datetime import date, timedelta

import pytest

from yicun.kernel.workdays import official_calendar

CALENDAR = official_calendar()

# year: first and last rest day of each holiday in the order of the year, weekend days that are worked
PUBLISHED: dict[int, tuple[str, str]] = {
    2018: (
        "01-01/01-01 02-15/02-21 04-05/04-07 04-29/05-01 06-16/06-18 09-22/09-24 10-01/10-07 12-30/12-31",
        "02-11 02-24 04-08 04-28 09-29 09-30 12-29",
    ),
    2019: (
        "01-01/01-01 02-04/02-10 04-05/04-07 05-01/05-04 06-07/06-09 09-13/09-15 10-01/10-07",
        "02-02 02-03 04-28 05-05 09-29 10-12",
    ),
    2020: (
        "01-01/01-01 01-24/02-02 04-04/04-06 05-01/05-05 06-25/06-27 10-01/10-08",
        "01-19 04-26 05-09 06-28 09-27 10-10",
    ),
    2021: (
        "01-01/01-03 02-11/02-17 04-03/04-05 05-01/05-05 06-12/06-14 09-19/09-21 10-01/10-07",
        "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    ),
    2022: (
        "01-01/01-03 01-31/02-06 04-03/04-05 04-30/05-04 06-03/06-05 09-10/09-12 10-01/10-07 12-31/12-31",
        "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    ),
    2023: (
        "01-01/01-02 01-21/01-27 04-05/04-05 04-29/05-03 06-22/06-24 09-29/10-06 12-30/12-31",
        "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    ),
    2024: (
        "01-01/01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-08/06-10 09-15/09-17 10-01/10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01/01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_day_is_worked_as_the_notice_of_its_year_says(year: int) -> None:
    holidays, make_ups = PUBLISHED[year]
    spans = [span.split("/") for span in holidays.split()]
    worked = {date.fromisoformat(f"{year}-{day}") for day in make_ups.split()}
    day, wrong = date(year, 1, 1), []
    while day.year == year:
        is_rest = any(first <= day.isoformat()[5:] <= last for first, last in spans)
        expected = day in worked or (day.weekday() < 5 and not is_rest)
        if CALENDAR.is_workday(day) is not expected:
            wrong.append(day.isoformat())
        day += timedelta(days=1)
    assert wrong == []
    assert {day.weekday() >= 5 for day in worked} == {True}
