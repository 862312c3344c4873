"""Boards: who finds what where, page by page, by a literal number of queries."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import CHENGDONG, NOW, SYSTEM, ZHUKOU_VILLAGE
from tests.house.queries import queries as asking
from tests.matters.conftest import Loop
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import queries
from yicun.matters.models import Matter
from yicun.matters.rules.drafting import Draft
from yicun.matters.rules.paging import Cursor
from yicun.matters.services import record_all
from yicun.matters.terms import Board

EVENING = NOW + timedelta(hours=12)
WORK = [board.value for board in Board if board != Board.ALL]


def titles(loop: Loop, username: str, board: str, now: datetime, **filters: Any) -> set[str]:
    actor = loop.cast.actor(username)
    text = filters.pop("text", "")
    with scoped(actor):
        return set(queries.board_for(actor, board, filters, now, text).values_list("title", flat=True))


@pytest.fixture
def county_at_work(loop: Loop) -> Loop:
    """One matter in every situation, named after it; clocks of handling end on 8 December."""
    desk, wang = "lin_xiaowen", "wang_jianguo"
    housing, fire = loop.cast.unit("housing_bureau"), loop.cast.unit("fire_rescue")
    further: list[tuple[str, str, list[tuple[str, str, dict[str, Any]]]]] = [
        ("recorded", "recorded", []),
        ("assigned", "assigned", []),
        ("handling", "handling", []),
        ("fed back", "fed_back", []),
        ("closed", "closed", []),
        ("sent back", "assigned", [(wang, "return_back", {"reason": "不是我们管"})]),
        ("rework", "fed_back", [(desk, "rework", {"reason": "没办好"})]),
        ("instructed", "handling", [("zhao_min", "instruct", {"text": "抓紧"})]),
        ("at housing", "assessed", [(desk, "assign", {"unit_id": housing})]),
        ("beside", "handling", [(wang, "add_co_handler", {"unit_id": fire, "text": "看"})]),
        ("on hold", "handling", [("chen_zhiming", "defer", {"reason": "等人回来"})]),
    ]
    for title, state, step in further:
        loop.now = NOW
        matter = loop.reach(state, title=title)
        for username, action, given in step:
            loop.do(username, action, matter, **given)
    loop.now = NOW
    loop.record("fan_jinsheng", title="town", area_code=CHENGDONG)
    loop.now = EVENING
    return loop


ZHUKOU = {
    "recorded",
    "assigned",
    "handling",
    "fed back",
    "closed",
    "sent back",
    "rework",
    "instructed",
    "at housing",
    "beside",
    "on hold",
}
WANGS = {"assigned", "handling", "rework", "instructed", "beside", "on hold"}

# who, board, what is found there on the evening of the first day
FOUND: list[tuple[str, str, set[str]]] = [
    ("lin_xiaowen", "all", ZHUKOU),
    ("lin_xiaowen", "untouched", {"recorded", "assigned", "at housing"}),
    ("lin_xiaowen", "mine", {"recorded", "assigned", "fed back", "sent back"}),
    ("lin_xiaowen", "sent_back", {"sent back", "rework"}),
    ("lin_xiaowen", "supervised", {"instructed"}),
    ("lin_xiaowen", "overdue", set()),
    ("chen_zhiming", "mine", {"recorded", "assigned", "fed back", "sent back"}),
    ("wang_jianguo", "all", ZHUKOU),
    ("wang_jianguo", "mine", WANGS),
    ("zheng_haifeng", "mine", {"assigned"}),
    ("huang_defu", "mine", set()),
    ("gao_yuming", "all", {"at housing"}),
    ("gao_yuming", "untouched", {"at housing"}),
    ("gao_yuming", "mine", {"at housing"}),
    ("xu_lixin", "all", {"beside"}),
    ("xu_lixin", "mine", {"beside"}),
    ("he_meizhen", "all", set()),
    ("luo_xiaomei", "all", {"town"}),
    ("luo_xiaomei", "mine", {"town"}),
    ("zhou_yulan", "all", ZHUKOU | {"town"}),
    ("zhou_yulan", "untouched", {"recorded", "assigned", "at housing", "town"}),
    ("zhou_yulan", "mine", set()),
    ("wu_guoping", "sent_back", {"sent back", "rework"}),
]


def test_everybody_finds_exactly_his_own_matters_on_each_board(county_at_work: Loop) -> None:
    now = county_at_work.now
    for username, board, expected in FOUND:
        assert titles(county_at_work, username, board, now) == expected, (username, board)


def test_a_co_handler_has_it_on_his_board_until_he_answers(loop: Loop) -> None:
    matter = loop.reach("handling", title="beside")
    loop.do("wang_jianguo", "add_co_handler", matter, unit_id=loop.cast.unit("fire_rescue"), text="看")
    assert titles(loop, "xu_lixin", "mine", loop.now) == {"beside"}
    loop.do("xu_lixin", "answer_as_co_handler", matter, text="看过了")
    assert titles(loop, "xu_lixin", "mine", loop.now) == set()


def test_what_was_passed_around_waits_on_the_board_of_the_tie_breaker(loop: Loop) -> None:
    matter = loop.reach("assigned", title="nobody's")
    loop.do("wang_jianguo", "return_back", matter, reason="不归我们管")
    assert titles(loop, "wu_guoping", "mine", loop.now) == set()
    loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("housing_bureau"))
    loop.do("gao_yuming", "return_back", matter, reason="不归我们管")
    assert titles(loop, "wu_guoping", "mine", loop.now) == {"nobody's"}
    loop.do("wu_guoping", "assign", matter, unit_id=loop.cast.unit("housing_bureau"))
    assert titles(loop, "wu_guoping", "mine", loop.now) == set()


def test_who_may_only_report_follows_what_he_reported(loop: Loop) -> None:
    loop.record("liao_shuifa", title="his")
    loop.record("wang_jianguo", title="another's")
    assert titles(loop, "liao_shuifa", "mine", loop.now) == {"his"}


def test_a_place_is_shown_without_the_village_twice(loop: Loop) -> None:
    written = ("朱口村文昌阁", "朱口镇朱口村文昌阁", "文昌阁", "朱口村", "")
    shown = [
        queries.rows_of([loop.record("wang_jianguo", place_text=text)], loop.now)[0].place for text in written
    ]
    assert shown == ["朱口镇 朱口村 文昌阁"] * 3 + ["朱口镇 朱口村"] * 2


def test_overdue_board_fills_as_deadlines_pass(county_at_work: Loop) -> None:
    late = {
        "recorded",
        "assigned",
        "handling",
        "fed back",
        "sent back",
        "rework",
        "instructed",
        "at housing",
        "beside",
    }
    acceptance = datetime(2026, 11, 24, 16, tzinfo=NOW.tzinfo)
    before = acceptance - timedelta(seconds=1)
    assert titles(county_at_work, "lin_xiaowen", "overdue", before) == set()
    assert titles(county_at_work, "lin_xiaowen", "overdue", acceptance) == {"recorded", "sent back"}
    assert titles(county_at_work, "lin_xiaowen", "overdue", NOW + timedelta(days=90)) == late


@pytest.mark.parametrize("username", ["lin_xiaowen", "wang_jianguo", "gao_yuming", "xu_lixin", "zhou_yulan"])
def test_counts_are_the_lengths_of_the_boards_in_one_query(county_at_work: Loop, username: str) -> None:
    now = NOW + timedelta(days=2)
    actor = county_at_work.cast.actor(username)
    with scoped(actor):
        with asking(1):
            counts = queries.counts_for(actor, now)
        lengths = {board: queries.board_for(actor, board, {}, now).count() for board in WORK}
        assert counts == lengths


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, ZHUKOU),
    ({"kind": ""}, ZHUKOU),
    ({"state": "handling"}, {"handling", "rework", "instructed", "beside"}),
    ({"state": "handling", "kind": "dispute"}, set()),
    ({"channel": "doorstep", "urgency": "ordinary", "state": "closed"}, {"closed"}),
    ({"satisfaction": "satisfied"}, {"closed"}),
    ({"colour": "red"}, ZHUKOU),
    ({"area": (ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999)}, ZHUKOU),
    ({"area": (CHENGDONG, CHENGDONG + 999)}, set()),
]


def test_filter_narrows_the_whole_list(county_at_work: Loop) -> None:
    for filters, expected in FILTERS:
        assert titles(county_at_work, "lin_xiaowen", "all", NOW, **filters) == expected, filters
    housing = county_at_work.cast.unit("housing_bureau")
    assert titles(county_at_work, "lin_xiaowen", "all", NOW, handling_unit_id=housing) == {"at housing"}


SEARCHES = [
    ("路灯", {"朱口桥头路灯不亮"}),
    ("灯路", set()),
    ("桥头", {"朱口桥头路灯不亮", "井盖"}),
    (" 桥头 ", {"朱口桥头路灯不亮", "井盖"}),
    ("井", {"井盖"}),
    ("ab", {'Ab\'c\\d "e" 100%'}),
    ("'c", {'Ab\'c\\d "e" 100%'}),
    ("c\\d", {'Ab\'c\\d "e" 100%'}),
    ("\\", {'Ab\'c\\d "e" 100%'}),
    ('"e"', {'Ab\'c\\d "e" 100%'}),
    ("0%", {'Ab\'c\\d "e" 100%'}),
    ("%%", set()),
    ('d "', {'Ab\'c\\d "e" 100%'}),
    ("老人老人", set()),
    ("& | !", set()),
    ("走失寻人", {"寻人"}),
]


def test_two_characters_find_a_matter_by_number_title_or_text(loop: Loop) -> None:
    loop.record("li_xiuying", title="朱口桥头路灯不亮")
    loop.record("li_xiuying", title="井盖", body="就在桥头，\n很危险")
    loop.record("li_xiuying", title='Ab\'c\\d "e" 100%')
    found = loop.record("li_xiuying", title="寻人", body="家中走失寻人启事" * 10)
    for text, expected in SEARCHES:
        assert titles(loop, "lin_xiaowen", "all", NOW, text=text) == expected, text
    assert titles(loop, "lin_xiaowen", "all", NOW, text=found.number.lower()) == {"寻人"}
    assert titles(loop, "lin_xiaowen", "untouched", NOW, text="寻人") == {"寻人"}
    assert titles(loop, "luo_xiaomei", "all", NOW, text="寻人") == set()


def test_search_for_a_control_character_is_refused(loop: Loop) -> None:
    with pytest.raises(Refused) as refused:
        titles(loop, "lin_xiaowen", "all", NOW, text="空\x00格")
    assert refused.value.code == "text.control_characters"


def test_unknown_board_is_refused(loop: Loop) -> None:
    with pytest.raises(Refused) as refused:
        titles(loop, "lin_xiaowen", "elsewhere", NOW)
    assert refused.value.code == "value.unknown_choice"


def fill(loop: Loop, count: int, start: int = 0) -> None:
    actor = loop.cast.actor("li_xiuying")
    drafts = [
        Draft("help", f"第 {start + n} 件", area_code=ZHUKOU_VILLAGE, urgency=("ordinary", "urgent")[n % 2])
        for n in range(count)
    ]
    with scoped(actor):
        record_all(drafts=drafts, actor=actor, now=NOW + timedelta(minutes=start))


def walk(loop: Loop, board: str, limit: int, *, inserting: bool) -> list[Matter]:
    """Every page behind the last one, new matters coming in between."""
    actor = loop.cast.actor("lin_xiaowen")
    rows: list[Matter] = []
    after, more = "", True
    while more:
        with scoped(actor):
            found = queries.board_for(actor, board, {}, NOW)
            page = queries.page_of(found, board, after, limit)
        assert len(page.matters) <= limit
        rows += page.matters
        after, more = page.after, bool(page.after)
        if inserting:
            fill(loop, 2, start=1_000 + len(rows))
    return rows


@pytest.mark.parametrize(
    ("board", "limit"), [("all", 7), ("all", 23), ("all", 24), ("untouched", 5), ("mine", 1)]
)
def test_pages_show_every_row_once_and_in_order(loop: Loop, board: str, limit: int) -> None:
    fill(loop, 23)
    with scoped(SYSTEM):
        Matter.objects.filter(title__in=["第 3 件", "第 4 件", "第 5 件"]).update(due_at=None, version=2)
    rows = walk(loop, board, limit, inserting=False)
    assert len(rows) == len({row.pk for row in rows}) == 23
    if board == "all":
        assert rows == sorted(rows, key=lambda row: (row.recorded_at, row.pk), reverse=True)
    else:
        assert rows == sorted(rows, key=lambda row: (row.due_at is None, row.due_at or NOW, row.pk))


def test_pages_show_each_old_row_once_while_new_ones_arrive(loop: Loop) -> None:
    fill(loop, 20)
    with scoped(SYSTEM):
        old = set(Matter.objects.values_list("pk", flat=True))
    rows = [row.pk for row in walk(loop, "all", 6, inserting=True)]
    assert len(rows) == len(set(rows)) == 20, "what came later belongs to a page before the first"
    assert set(rows) == old


def test_cursor_of_another_board_is_refused(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    actor = loop.cast.actor("lin_xiaowen")
    with scoped(actor), pytest.raises(Refused) as refused:
        queries.page_of(queries.board_for(actor, "all", {}, NOW), "all", Cursor(None, matter.pk).text, 10)
    assert refused.value.code == "list.cursor_malformed"


@pytest.mark.parametrize("count", [1, 30])
def test_board_and_detail_cost_the_same_with_one_matter_and_with_thirty(loop: Loop, count: int) -> None:
    matter = loop.reach("handling")
    loop.do("wang_jianguo", "pause", matter, pause_reason="weather", text="暴雨")
    fill(loop, count - 1)
    for number in range(count - 1):
        loop.do("wang_jianguo", "note", matter, text=f"第 {number} 次")
    actor = loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        queries.detail_of(matter.pk, actor)
        with asking(1):
            queries.counts_for(actor, NOW)
        for board in Board:
            with asking(1):
                page = queries.page_of(queries.board_for(actor, board, {}, NOW, "老人"), board, "", 50)
        assert [row.pk for row in page.matters] == [matter.pk]
        with asking(9):
            detail = queries.detail_of(matter.pk, actor)
    assert len(detail.entries) == 6 + count - 1


def test_a_board_is_counted_as_far_as_anybody_works(loop: Loop) -> None:
    fill(loop, 101)
    actor = loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        counts = queries.counts_for(actor, NOW)
    assert [counts["untouched"], counts["sent_back"]] == [100, 0]
    assert [queries.shown_count(n) for n in (0, 99, 100)] == ["0", "99", "99+"]
