from datetime import date

import pytest

from yicun.kernel.refusals import Refused
from yicun.territory.rules.markets import check_rule, is_market_day, lunar_day


@pytest.mark.parametrize(
    "on, day",
    [(date(2026, 2, 17), 1), (date(2026, 11, 23), 15), (date(2025, 7, 25), 1), (date(2026, 11, 21), 13)],
)
def test_a_day_has_its_lunar_day(on: date, day: int) -> None:
    assert lunar_day(on) == day


@pytest.mark.parametrize(
    "rule, days, on, is_market",
    [
        ("lunar_digit", (3, 8), date(2026, 11, 21), True),
        ("lunar_digit", (3, 8), date(2026, 11, 22), False),
        ("lunar_digit", (5, 0), date(2026, 11, 23), True),
        ("solar_digit", (3,), date(2026, 11, 23), True),
        ("solar_digit", (0,), date(2026, 11, 30), True),
        ("solar_digit", (1,), date(2026, 11, 30), False),
        ("weekday", (1,), date(2026, 11, 23), True),
        ("weekday", (7,), date(2026, 11, 23), False),
        ("weekday", (7,), date(2026, 11, 29), True),
    ],
)
def test_a_rule_picks_its_market_days(rule: str, days: tuple[int, ...], on: date, is_market: bool) -> None:
    assert is_market_day(rule, days, on) is is_market


@pytest.mark.parametrize(
    "rule, days",
    [
        ("monthly", (1,)),
        ("weekday", ()),
        ("weekday", (0,)),
        ("weekday", (8,)),
        ("lunar_digit", (10,)),
        ("solar_digit", (-1,)),
        ("lunar_digit", (3, 3)),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule: str, days: tuple[int, ...]) -> None:
    with pytest.raises(Refused) as refused:
        check_rule(rule, days)
    assert refused.value.code == "market_day.rule_wrong"


@pytest.mark.parametrize("rule, days", [("weekday", (1, 7)), ("lunar_digit", (0, 9)), ("solar_digit", (5,))])
def test_a_rule_that_can_be_passes(rule: str, days: tuple[int, ...]) -> None:
    check_rule(rule, days)
