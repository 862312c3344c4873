"""Market days: by the digit of the lunar or solar day of the month, or by weekday."""

from collections.abc import Sequence
from datetime import date

from lunar_python import Solar

from yicun.kernel.refusals import Refused
from yicun.territory.terms import MarketRule

_ALLOWED = {
    MarketRule.LUNAR_DIGIT: range(10),
    MarketRule.SOLAR_DIGIT: range(10),
    MarketRule.WEEKDAY: range(1, 8),
}


def check_rule(rule: str, days: Sequence[int]) -> None:
    allowed = _ALLOWED.get(MarketRule(rule)) if rule in MarketRule.values else None
    if allowed is None or not days or len(set(days)) != len(days) or any(day not in allowed for day in days):
        raise Refused("market_day.rule_wrong")


def is_market_day(rule: str, days: Sequence[int], on: date) -> bool:
    """Digits 3 and 8 of the lunar day are the 3rd, 8th, 13th, 18th, 23rd and 28th; Monday is weekday 1."""
    if rule == MarketRule.WEEKDAY:
        return on.isoweekday() in days
    day = on.day if rule == MarketRule.SOLAR_DIGIT else lunar_day(on)
    return day % 10 in days


def lunar_day(on: date) -> int:
    return int(Solar.fromYmd(on.year, on.month, on.day).getLunar().getDay())
