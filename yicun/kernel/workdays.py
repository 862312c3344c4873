"""Working days of China: public holidays, make-up workdays, provisional for years not announced."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import chinese_calendar
from lunar_python import Lunar, LunarYear, Solar

from yicun.kernel.refusals import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)

ANNOUNCED = "public_holiday"
_CODES: Mapping[str, str] = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "tomb_sweeping",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
}
_FIXED: Mapping[tuple[int, int], str] = {
    (1, 1): "new_year",
    (5, 1): "labour_day",
    (5, 2): "labour_day",
    (10, 1): "national_day",
    (10, 2): "national_day",
    (10, 3): "national_day",
}

# Place of the solar term that is Tomb-sweeping Day in a year's list of them.
_TOMB_SWEEPING = 8

ExtraYears = Mapping[int, tuple[Iterable[date], Iterable[date]]]


class Calendar(Protocol):
    def is_workday(self, day: date) -> bool: ...

    def is_official(self, year: int) -> bool:
        """Whether the State Council's arrangement of this year is known."""
        ...

    def holiday(self, day: date) -> str:
        """Code of the public holiday this rest day belongs to; empty on a workday or a plain weekend."""
        ...


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


@lru_cache(maxsize=512)
def _announced(year: int) -> Mapping[date, str] | None:
    """Rest days with their holiday code (empty: a plain weekend); None for a year not announced."""
    rest: dict[date, str] = {}
    for day in _days_of(year):
        try:
            is_rest, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return None
        if is_rest:
            rest[day] = _CODES.get(name, ANNOUNCED) if name else ""
    return rest


def _lunar(year: int, month: int, day: int) -> date:
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _tomb_sweeping(year: int) -> date:
    solar = Solar.fromJulianDay(LunarYear.fromYear(year).getJieQiJulianDays()[_TOMB_SWEEPING])
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _statutory(year: int) -> Mapping[date, str]:
    """The statutory days of a year as they are since 2025: New Year's eve of the lunar year is one of them."""
    spring = _lunar(year, 1, 1)
    return {
        **{date(year, month, day): name for (month, day), name in _FIXED.items()},
        **{spring + timedelta(days=n): "spring_festival" for n in range(-1, 3)},
        _tomb_sweeping(year): "tomb_sweeping",
        _lunar(year, 5, 5): "dragon_boat",
        _lunar(year, 8, 15): "mid_autumn",
    }


@lru_cache(maxsize=512)
def _provisional(year: int) -> Mapping[date, str]:
    """Weekends and the statutory days: what is known before days are moved for longer rests."""
    named = _statutory(year)
    return {day: named.get(day, "") for day in _days_of(year) if day in named or is_weekend(day)}


def _checked(year: int, holidays: frozenset[date], make_ups: frozenset[date]) -> None:
    for day in sorted(holidays | make_ups):
        if abs(day.year - year) > 1 or (day.year != year and day.month not in (1, 12)):
            raise Refused("clock.calendar_day_misplaced", day=day.isoformat(), year=year)
        if day in holidays and day in make_ups:
            raise Refused("clock.calendar_contradicts", day=day.isoformat())
        if day in make_ups and not is_weekend(day):
            raise Refused("clock.make_up_not_on_weekend", day=day.isoformat())


class OfficialCalendar:
    """The announced years, plus years a county loaded itself: those replace what was known of that year.

    An arrangement may move days at its neighbours' edges too (30 December for New Year).
    """

    def __init__(self, extra: ExtraYears) -> None:
        self._loaded = frozenset(extra)
        self._changes: dict[date, str | None] = {}
        for year, (holidays, make_ups) in sorted(extra.items()):
            resting, working = frozenset(holidays), frozenset(make_ups)
            _checked(year, resting, working)
            self._changes.update({day: _FIXED.get((day.month, day.day), ANNOUNCED) for day in resting})
            self._changes.update(dict.fromkeys(working))
        self._rest: dict[int, Mapping[date, str]] = {}

    def _rest_of(self, year: int) -> Mapping[date, str]:
        known = self._rest.get(year)
        if known is None:
            known = self._rest[year] = self._work_out(year)
        return known

    def _work_out(self, year: int) -> Mapping[date, str]:
        if year in self._loaded:
            rest = {day: "" for day in _days_of(year) if is_weekend(day)}
        else:
            rest = dict(_announced(year) or _provisional(year))
        for day, name in self._changes.items():
            if day.year == year and name is None:
                rest.pop(day, None)
            elif day.year == year and name is not None:
                rest[day] = name
        return rest

    def is_workday(self, day: date) -> bool:
        return day not in self._rest_of(day.year)

    def is_official(self, year: int) -> bool:
        return year in self._loaded or _announced(year) is not None

    def holiday(self, day: date) -> str:
        return self._rest_of(day.year).get(day, "")


def official_calendar(extra: ExtraYears | None = None) -> OfficialCalendar:
    return OfficialCalendar(extra or {})


def next_workday(day: date, calendar: Calendar) -> date:
    """The first working day after this one."""
    day += ONE_DAY
    while not calendar.is_workday(day):
        day += ONE_DAY
    return day


def add_workdays(day: date, amount: int, calendar: Calendar) -> date:
    """The working day that is `amount` working days after this day; the day itself is not counted."""
    if amount < 0:
        raise ValueError(f"working days are counted forwards, not {amount}")
    for _ in range(amount):
        day = next_workday(day, calendar)
    return day


def workdays_between(after: date, until: date, calendar: Calendar) -> int:
    """Working days after the first date, up to and including the second."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(calendar.is_workday(day) for day in days)
