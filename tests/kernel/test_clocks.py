from datetime import date, datetime, timedelta

import pytest

from yicun.kernel.clocks import (
    SHANGHAI,
    ClockStep,
    Extension,
    ExtensionRule,
    Limit,
    Pause,
    Span,
    StepKind,
    Unit,
    allow_extension,
    allow_pause,
    answer,
    due,
    explain,
    is_overdue,
    is_paused,
    left,
    parse_limit,
    parse_pause,
    paused,
    total_amount,
    used,
)
from yicun.kernel.refusals import Refused
from yicun.kernel.workdays import official_calendar

CALENDAR = official_calendar()
FIVE = Limit(Unit.WORKING_DAY, 5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_working_day_clock_explains_holiday_and_make_up_day() -> None:
    assert explain(due(FIVE, date(2026, 9, 28), (), CALENDAR)) == [
        "9月28日（周一）为起算事件当日，不计入",
        "9月29日（周二）至9月30日（周三）计 2 个工作日，累计 2 个工作日",
        "10月1日（周四）至10月7日（周三）国庆节休息 7 天，不计入",
        "10月8日（周四）至10月9日（周五）计 2 个工作日，累计 4 个工作日",
        "10月10日（周六）为调休上班日，计 1 个工作日，累计 5 个工作日",
        "10月10日（周六）24:00届满",
    ]


def test_two_holidays_in_one_rest_are_named_together() -> None:
    said = explain(due(FIVE, date(2025, 9, 30), (), CALENDAR))
    assert said[1] == "10月1日（周三）至10月8日（周三）国庆节、中秋节休息 8 天，不计入"


def test_a_clock_explains_pauses_extensions_and_weekends() -> None:
    ledger = (
        Pause(date(2026, 11, 24), date(2026, 11, 25), "waiting"),
        Pause(date(2026, 11, 25), date(2026, 11, 26), "appraisal"),
        Pause(date(2026, 12, 10), date(2026, 12, 11), "unrelated"),
        Extension(2, at("2026-11-27T10:00"), "所长 林某"),
        Extension(1, at("2026-11-27T10:00")),
    )
    words = {"waiting": "等待材料", "appraisal": "鉴定", "unrelated": "其他"}
    assert explain(due(Limit(Unit.WORKING_DAY, 1), date(2026, 11, 23), ledger, CALENDAR), words) == [
        "11月23日（周一）为起算事件当日，不计入",
        "延长 2 个工作日（所长 林某批准）",
        "延长 1 个工作日",
        "11月24日（周二）至11月26日（周四）暂停（等待材料、鉴定），不计入",
        "11月27日（周五）计 1 个工作日，累计 1 个工作日",
        "11月28日（周六）至11月29日（周日）周末休息 2 天，不计入",
        "11月30日（周一）至12月2日（周三）计 3 个工作日，累计 4 个工作日",
        "12月2日（周三）24:00届满",
    ]


def test_a_natural_day_clock_explains_where_it_rolls_over() -> None:
    assert explain(due(Limit(Unit.NATURAL_DAY, 15), date(2026, 12, 17), (), CALENDAR)) == [
        "12月17日（周四）为起算事件当日，不计入",
        "12月18日（周五）至2027年1月1日（周五）计 15 天，累计 15 天",
        "期间的最后一日2027年1月1日（周五）是休息日，顺延至2027年1月4日（周一）",
        "2027年1月4日（周一）24:00届满",
        "2027年的放假安排尚未载入，暂按周一至周五上班、法定节假日当天休息推算",
    ]


@pytest.mark.parametrize(("days", "years"), [(1, "2027"), (300, "2027、2028"), (600, "2027至2029")])
def test_years_not_announced_are_named(days: int, years: str) -> None:
    said = explain(due(Limit(Unit.WORKING_DAY, days), date(2026, 12, 31), (), CALENDAR))
    assert said[-1].startswith(f"{years}年的放假安排尚未载入")


def test_an_hour_clock_explains_its_runs_and_pauses() -> None:
    ledger = (
        Pause(at("2026-11-23T18:30"), at("2026-11-23T20:00"), "waiting"),
        Extension(2, at("2026-11-23T21:00")),
    )
    result = due(Limit(Unit.HOUR, 24), at("2026-11-23T10:00"), ledger, CALENDAR)
    assert explain(result, {"waiting": "等待材料"}) == [
        "自11月23日（周一）10:00起算",
        "延长 2 小时",
        "11月23日（周一）10:00至11月23日（周一）18:30计 8.5 小时，累计 8.5 小时",
        "11月23日（周一）18:30至11月23日（周一）20:00暂停（等待材料），不计入",
        "11月23日（周一）20:00至11月24日（周二）13:30计 17.5 小时，累计 26 小时",
        "11月24日（周二）13:30届满",
    ]


def test_a_pause_over_at_the_event_is_not_in_the_arithmetic() -> None:
    start = at("2026-11-23T10:00")
    before = (Pause(at("2026-11-23T09:00"), start),)
    assert due(Limit(Unit.HOUR, 24), start, before, CALENDAR) == due(
        Limit(Unit.HOUR, 24), start, (), CALENDAR
    )


OPEN = [
    (FIVE, Pause(date(2026, 11, 24)), "11月24日（周二）起暂停，尚未恢复，恢复后才能确定到期时间"),
    (
        FIVE,
        Pause(date(2026, 11, 24), reason="waiting"),
        "11月24日（周二）起暂停（等待材料），尚未恢复，恢复后才能确定到期时间",
    ),
    (
        Limit(Unit.HOUR, 24),
        Pause(at("2026-11-23T12:00")),
        "11月23日（周一）12:00起暂停，尚未恢复，恢复后才能确定到期时间",
    ),
]


@pytest.mark.parametrize(("limit", "pause", "said"), OPEN)
def test_an_open_pause_leaves_the_end_unknown(limit: Limit, pause: Pause, said: str) -> None:
    result = due(limit, at("2026-11-23T10:00"), (pause,), CALENDAR)
    assert (result.due_at, result.due_on) == (None, None)
    assert explain(result, {"waiting": "等待材料"})[-1] == said
    assert not is_overdue(result, at("2036-01-01T00:00"))


def test_the_steps_carry_days_and_running_count() -> None:
    steps = due(Limit(Unit.WORKING_DAY, 3), date(2026, 9, 28), (), CALENDAR).steps
    unit = Unit.WORKING_DAY
    assert steps == (
        ClockStep(StepKind.EVENT_DAY, date(2026, 9, 28), date(2026, 9, 28), unit),
        ClockStep(StepKind.COUNTED, date(2026, 9, 29), date(2026, 9, 30), unit, 2, 2),
        ClockStep(
            StepKind.HOLIDAY, date(2026, 10, 1), date(2026, 10, 7), unit, 0, 2, codes=("national_day",)
        ),
        ClockStep(StepKind.COUNTED, date(2026, 10, 8), date(2026, 10, 8), unit, 1, 3),
        ClockStep(StepKind.EXPIRES_ON, date(2026, 10, 8), date(2026, 10, 8), unit, 0, 3),
    )


def test_a_clock_is_overdue_from_its_end_on() -> None:
    result = due(FIVE, date(2026, 9, 28), (), CALENDAR)
    assert not is_overdue(result, at("2026-10-10T23:59"))
    assert is_overdue(result, at("2026-10-11T00:00"))
    assert is_overdue(result, datetime.fromisoformat("2026-10-10T16:00+00:00"))


USED = [
    (FIVE, "2026-09-28T09:00", "2026-09-28T18:00", [], 0, 5),
    (FIVE, "2026-09-28T09:00", "2026-09-29T18:00", [], 0, 5),
    (FIVE, "2026-09-28T09:00", "2026-09-30T00:00", [], 1, 4),
    (FIVE, "2026-09-28T09:00", "2026-10-05T12:00", [], 2, 3),
    (FIVE, "2026-09-28T09:00", "2026-10-10T12:00", [], 4, 1),
    (FIVE, "2026-09-28T09:00", "2026-10-13T12:00", [], 6, 0),
    (FIVE, "2026-09-28T09:00", "2026-09-01T12:00", [], 0, 5),
    (FIVE, "2026-09-28T09:00", "2026-10-10T12:00", ["2026-09-30..2026-10-08"], 2, 3),
    (FIVE, "2026-09-28T09:00", "2026-10-10T12:00", ["2026-09-30.."], 1, 4),
    (Limit(Unit.NATURAL_DAY, 15), "2026-09-28T09:00", "2026-10-05T12:00", [], 6, 9),
    (Limit(Unit.HOUR, 24), "2026-11-23T10:00", "2026-11-23T22:30", [], 12.5, 11.5),
    (Limit(Unit.HOUR, 24), "2026-11-23T10:00", "2026-11-25T10:00", [], 48, 0),
    (Limit(Unit.HOUR, 24), "2026-11-23T10:00", "2026-11-23T09:00", [], 0, 24),
    (Limit(Unit.HOUR, 24), "2026-11-23T10:00", "2026-11-23T22:00", ["2026-11-23T12:00.."], 2, 22),
    (Limit(Unit.HOUR, 24), "2026-11-23T10:00", "2026-11-23T22:00", ["2026-11-22..2026-11-22"], 12, 12),
]


@pytest.mark.parametrize(("limit", "start", "until", "pauses", "expected_used", "expected_left"), USED)
def test_used_and_left_add_up(
    limit: Limit, start: str, until: str, pauses: list[str], expected_used: float, expected_left: float
) -> None:
    ledger = tuple(map(parse_pause, pauses))
    assert used(limit, at(start), at(until), ledger, CALENDAR) == expected_used
    assert left(limit, at(start), at(until), ledger, CALENDAR) == expected_left


def test_an_extension_is_left_too() -> None:
    ledger = (Extension(3, at("2026-09-30T10:00")),)
    assert total_amount(FIVE, ledger) == 8
    assert left(FIVE, date(2026, 9, 28), at("2026-10-05T12:00"), ledger, CALENDAR) == 6


def test_pauses_are_merged_in_order() -> None:
    ledger = (
        Pause(at("2026-11-25T10:00"), at("2026-11-25T12:00")),
        Pause(at("2026-11-23T10:00"), at("2026-11-23T12:00")),
        Extension(1, at("2026-11-23T10:00")),
        Pause(at("2026-11-23T12:00"), at("2026-11-23T13:00")),
        Pause(at("2026-11-23T11:00"), at("2026-11-23T11:30")),
        Pause(at("2026-11-26T11:00")),
        Pause(at("2026-11-27T11:00"), at("2026-11-28T11:30")),
    )
    assert paused(ledger) == (
        Span(at("2026-11-23T10:00"), at("2026-11-23T13:00")),
        Span(at("2026-11-25T10:00"), at("2026-11-25T12:00")),
        Span(at("2026-11-26T11:00"), None),
    )
    moments = ("2026-11-23T09:59", "2026-11-23T12:00", "2026-11-23T13:00", "2026-12-24T00:00")
    assert [is_paused(ledger, at(moment)) for moment in moments] == [False, True, False, True]


def test_only_named_reasons_may_pause() -> None:
    allow_pause(Limit(Unit.HOUR, 24, pauses=frozenset({"waiting"})), "waiting")
    with pytest.raises(Refused) as refused:
        allow_pause(Limit(Unit.HOUR, 24, pauses=frozenset({"waiting"})), "holiday")
    assert (refused.value.code, refused.value.facts["allowed"]) == ("clock.pause_not_allowed", ["waiting"])


def test_extensions_stay_within_their_rule() -> None:
    limit = Limit(Unit.WORKING_DAY, 5, extension=ExtensionRule(times=2, most=10))
    once = (Extension(6, at("2026-11-23T10:00")),)
    allow_extension(limit, (), 10)
    allow_extension(limit, once, 4)
    with pytest.raises(Refused) as refused:
        allow_extension(limit, once, 5)
    assert (refused.value.code, refused.value.facts["room"]) == ("clock.extension_too_long", 4)


@pytest.mark.parametrize(("rule", "times"), [(None, 0), (ExtensionRule(times=1, most=10), 1)])
def test_extensions_are_refused_where_none_is_left(rule: ExtensionRule | None, times: int) -> None:
    once = (Extension(1, at("2026-11-23T10:00")),)
    with pytest.raises(Refused) as refused:
        allow_extension(Limit(Unit.HOUR, 24, extension=rule), once, 1)
    assert (refused.value.code, refused.value.facts["times"]) == ("clock.extension_not_allowed", times)


LIMITS = [
    ("5 working_days", Limit(Unit.WORKING_DAY, 5)),
    ("1 working_day", Limit(Unit.WORKING_DAY, 1)),
    ("15 days", Limit(Unit.NATURAL_DAY, 15)),
    ("15 natural_days", Limit(Unit.NATURAL_DAY, 15)),
    (" ２４ HOURS ", Limit(Unit.HOUR, 24)),
    ("24hours", Limit(Unit.HOUR, 24)),
]


@pytest.mark.parametrize(("text", "limit"), LIMITS)
def test_a_limit_is_read(text: str, limit: Limit) -> None:
    assert parse_limit(text) == limit


REFUSED_LIMITS = [
    *((text, "clock.limit_malformed") for text in ("", "five days", "5", "-1 days", "1.5 days", "5 weeks")),
    *(
        (text, "clock.amount_out_of_range")
        for text in ("0 days", "3651 days", "87601 hours", "999999999 days")
    ),
]


@pytest.mark.parametrize(("text", "code"), REFUSED_LIMITS)
def test_a_wrong_limit_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_limit(text)
    assert refused.value.code == code


def test_a_pause_is_read_with_both_dates_inside() -> None:
    assert parse_pause(" 2026-09-30 .. 2026-10-02 ") == Pause(date(2026, 9, 30), date(2026, 10, 2))
    assert parse_pause("2026-09-30..2026-10-02").span == Span(at("2026-09-30T00:00"), at("2026-10-03T00:00"))
    assert parse_pause("2026-09-30T08:00..").span == Span(at("2026-09-30T08:00"), None)


REFUSED_PAUSES = [
    ("", "clock.pause_malformed"),
    ("2026-09-30", "clock.pause_malformed"),
    ("..2026-09-30", "clock.pause_malformed"),
    ("2026-09-30..soon", "clock.pause_malformed"),
    ("2026-09-31..2026-10-02", "clock.pause_malformed"),
    ("2026-10-02..2026-09-30", "clock.pause_reversed"),
    ("2026-10-02..2026-10-01", "clock.pause_reversed"),
    ("2026-10-02T10:00..2026-10-01", "clock.pause_reversed"),
    ("2026-10-02T10:00..2026-10-02T09:59", "clock.pause_reversed"),
    ("1900-01-01..2026-09-30", "value.date_out_of_range"),
    ("2026-09-30..9999-12-31", "value.date_out_of_range"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED_PAUSES)
def test_a_wrong_pause_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_pause(text)
    assert refused.value.code == code


def test_the_command_line_gets_its_answer() -> None:
    assert answer("2026-11-20", "1 working_days", ["2026-11-23..2026-11-23"], CALENDAR) == {
        "due_at": "2026-11-25T00:00:00+08:00",
        "due_on": "2026-11-24",
        "is_provisional": False,
        "steps": [
            _step("event_day", "2026-11-20", "2026-11-20", 0, 0, "11月20日（周五）为起算事件当日，不计入"),
            _step(
                "weekend",
                "2026-11-21",
                "2026-11-22",
                0,
                0,
                "11月21日（周六）至11月22日（周日）周末休息 2 天，不计入",
            ),
            _step("paused", "2026-11-23", "2026-11-23", 0, 0, "11月23日（周一）暂停，不计入"),
            _step(
                "counted", "2026-11-24", "2026-11-24", 1, 1, "11月24日（周二）计 1 个工作日，累计 1 个工作日"
            ),
            _step("expires_on", "2026-11-24", "2026-11-24", 0, 1, "11月24日（周二）24:00届满"),
        ],
    }


def _step(kind: str, first: str, last: str, counted: int, total: int, said: str) -> dict[str, object]:
    return {"kind": kind, "from": first, "to": last, "counted": counted, "total": total, "sentence": said}


STARTS = [
    ("2026-11-23T10:00", "2026-11-24T10:00:00+08:00"),
    ("2026-11-23T02:00Z", "2026-11-24T10:00:00+08:00"),
    ("２０２６-11-23", "2026-11-24T00:00:00+08:00"),
]


@pytest.mark.parametrize(("start", "due_at"), STARTS)
def test_a_start_without_a_zone_is_of_shanghai(start: str, due_at: str) -> None:
    assert answer(start, "24 hours", [], CALENDAR)["due_at"] == due_at


def test_an_unknown_end_is_answered_with_nothing() -> None:
    result = answer("2026-11-23", "24 hours", ["2026-11-23.."], CALENDAR)
    assert (result["due_at"], result["due_on"], result["steps"][-1]["to"]) == (None, None, None)


REFUSED_STARTS = [
    ("", "clock.start_malformed"),
    ("yesterday", "clock.start_malformed"),
    ("2026-02-30", "clock.start_malformed"),
    ("2026-11-23T25:00", "clock.start_malformed"),
    ("1900-01-01", "value.date_out_of_range"),
    ("9999-12-31T23:00-05:00", "value.date_out_of_range"),
]


@pytest.mark.parametrize(("start", "code"), REFUSED_STARTS)
def test_a_wrong_start_is_refused(start: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        answer(start, "24 hours", [], CALENDAR)
    assert refused.value.code == code


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 10)
    for refuse in (
        lambda: due(FIVE, naive, (), CALENDAR),
        lambda: Pause(naive, None),
        lambda: Extension(1, naive),
    ):
        with pytest.raises(Refused) as refused:
            refuse()
        assert refused.value.code == "clock.time_without_zone"


def test_an_extension_of_nothing_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        Extension(0, at("2026-11-23T10:00"))
    assert refused.value.code == "clock.amount_out_of_range"


def test_hours_are_counted_in_the_zone_of_the_year() -> None:
    before_summer_time = datetime.fromisoformat("1988-04-16T12:00+08:00")
    result = due(Limit(Unit.HOUR, 24), before_summer_time, (), CALENDAR)
    assert result.due_at == before_summer_time + timedelta(hours=24)
