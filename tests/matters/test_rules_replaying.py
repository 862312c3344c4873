from datetime import datetime, timedelta

import pytest

from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.workdays import official_calendar
from yicun.matters.rules.replaying import Handled, by_body, check_answer, figures, message_of, percentile

CALENDAR = official_calendar()
MONDAY = datetime(2019, 4, 8, 9, 0, tzinfo=SHANGHAI)


def handled(unit: str, days: float, due_days: int = 5) -> Handled:
    return Handled(unit, MONDAY, MONDAY + timedelta(days=due_days), MONDAY + timedelta(days=days))


@pytest.mark.parametrize(
    "answer,answered_at,code",
    [
        ("", MONDAY, "replay.answer_missing"),
        ("  \n", MONDAY, "replay.answer_missing"),
        ("已处理", None, "replay.answer_missing"),
        ("已处理", MONDAY - timedelta(seconds=1), "replay.answer_too_early"),
    ],
)
def test_message_without_a_believable_answer_says_so(
    answer: str, answered_at: datetime | None, code: str
) -> None:
    values = {"source_key": "1", "happened_at": MONDAY, "answer": answer, "answered_at": answered_at}
    with pytest.raises(Refused) as refused:
        check_answer(message_of(2, values))
    assert refused.value.code == code


def test_message_answered_at_once_is_believed() -> None:
    values = {"source_key": "1", "title": "路灯", "body": "不亮", "reporter": "A1", "happened_at": MONDAY}
    message = message_of(2, values | {"answer": "已修", "answered_at": MONDAY})
    check_answer(message)
    assert (message.number, message.key, message.title, message.reporter) == (2, "1", "路灯", "A1")


def test_answer_at_the_deadline_is_late() -> None:
    assert not handled("住建局", 5).is_on_time
    assert handled("住建局", 4.99).is_on_time
    assert not Handled("住建局", MONDAY, None, MONDAY).is_on_time


def test_working_days_leave_out_weekends_and_holidays() -> None:
    assert handled("住建局", 7).working_days(CALENDAR) == 5
    over_may = Handled(
        "住建局", datetime(2019, 4, 30, tzinfo=SHANGHAI), None, datetime(2019, 5, 6, tzinfo=SHANGHAI)
    )
    assert over_may.working_days(CALENDAR) == 2  # 5 May 2019 was a make-up Sunday


def test_figures_count_shares_and_spans() -> None:
    rows = [handled("住建局", days) for days in (1, 2, 4, 7)]
    assert figures(rows, CALENDAR) == {
        "answered": 4,
        "on_time": 3,
        "on_time_share": 0.75,
        "median_days": 3.0,
        "median_working_days": 3.0,
        "p95_days": 7.0,
        "p95_working_days": 5,
    }


def test_figures_of_nothing_are_empty() -> None:
    found = figures([], CALENDAR)
    assert (found["answered"], found["on_time_share"], found["median_days"], found["p95_days"]) == (
        0,
        None,
        None,
        None,
    )


def test_bodies_are_listed_by_the_number_of_their_answers() -> None:
    rows = [handled("住建局", 1), handled("教育局", 1), handled("教育局", 9), handled("医保局", 1)]
    assert [(body["body"], body["answered"]) for body in by_body(rows, CALENDAR)] == [
        ("教育局", 2),
        ("住建局", 1),
        ("医保局", 1),
    ]


@pytest.mark.parametrize("count,rank", [(1, 1), (20, 19), (21, 20), (100, 95)])
def test_percentile_is_the_nearest_rank(count: int, rank: int) -> None:
    assert percentile(range(1, count + 1), 95) == rank
