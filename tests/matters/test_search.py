"""Search: the same rows as a plain comparison of texts, however far the newest matters are walked first."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q

from tests.cast import CHENGDONG, NOW, ZHUKOU_VILLAGE
from tests.matters.conftest import Loop
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import queries
from yicun.matters.models import Matter
from yicun.matters.queries.search import newest_matching
from yicun.matters.rules.paging import Cursor
from yicun.matters.terms import Board

TITLES = ("路灯不亮", "护栏松动", "路灯又坏了", "水管破裂", "路边的灯", "灯路", "ABC路灯")
WORDS = ("路灯", "灯", "路灯不亮", "abc", "又坏", "没有的词", "5%", "_", "\\")
MATTERS = 21


@pytest.fixture
def history(loop: Loop) -> Loop:
    """An hour apart, every third where Zhukou does not see it, every fifth at the moment of the one before."""
    for number in range(MATTERS):
        loop.now = NOW + timedelta(hours=number - (number % 5 == 4))
        elsewhere = number % 3 == 2
        loop.record(
            "fan_jinsheng" if elsewhere else "lin_xiaowen",
            title=TITLES[number % len(TITLES)],
            body="折扣 5% 的_斜线\\" if number == 4 else "",
            area_code=CHENGDONG if elsewhere else ZHUKOU_VILLAGE,
        )
    return loop


def plainly(username: str, loop: Loop, text: str) -> list[UUID]:
    with scoped(loop.cast.actor(username)):
        found = queries.visible_to(loop.cast.actor(username)).filter(
            Q(number__icontains=text) | Q(title__icontains=text) | Q(body__icontains=text)
        )
        return list(found.order_by("-recorded_at", "-id").values_list("pk", flat=True))


def paged(username: str, loop: Loop, text: str, limit: int) -> list[UUID]:
    actor, after, found = loop.cast.actor(username), "", list[UUID]()
    while True:
        with scoped(actor):
            page = queries.page_for(actor, Board.ALL, {}, loop.now, text, after, limit)
        found += [matter.pk for matter in page.matters]
        after = page.after
        if not after:
            return found


@pytest.mark.parametrize("username", ["lin_xiaowen", "zhao_min", "xu_lixin"])
def test_pages_of_a_search_hold_what_a_plain_comparison_finds(history: Loop, username: str) -> None:
    for text in WORDS:
        expected = plainly(username, history, text)
        for limit in (1, 2, 5, MATTERS):
            assert paged(username, history, text, limit) == expected, (text, limit)
    assert bool(plainly(username, history, "路灯")) == (username != "xu_lixin")


@pytest.mark.parametrize("walked", [0, 1, 3, MATTERS - 1, MATTERS, 4_000])
def test_however_far_is_walked_the_rows_are_the_same(history: Loop, walked: int) -> None:
    actor = history.cast.actor("lin_xiaowen")
    for text in WORDS:
        expected = plainly("lin_xiaowen", history, text)
        for most in (1, 2, 3, MATTERS):
            with scoped(actor):
                found = queries.board_for(actor, Board.ALL, {}, history.now)
                rows = newest_matching(found, text, None, most, walked=walked)
            assert [row.pk for row in rows] == expected[:most], (text, most)


def test_looking_how_far_to_walk_leaves_the_scope_as_it_was(history: Loop) -> None:
    actor = history.cast.actor("lin_xiaowen")
    with scoped(actor), connection.cursor() as cursor:
        seen = Matter.objects.count()
        cursor.execute(
            "SELECT nth_matter_before(NULL, %s), nth_matter_before(NULL, %s)", [MATTERS - 1, MATTERS]
        )
        oldest, none = cursor.fetchone()
        assert (oldest, none) == (NOW, None), "counted over the whole county"
        cursor.execute("SELECT nth_matter_before(%s, 1)", [NOW + timedelta(hours=1)])
        assert cursor.fetchone() == (NOW,)
        assert Matter.objects.count() == seen < MATTERS


def test_work_boards_are_searched_in_their_own_order(history: Loop) -> None:
    actor = history.cast.actor("lin_xiaowen")
    with scoped(actor):
        page = queries.page_for(actor, Board.UNTOUCHED, {}, history.now, "路灯", "", 3)
        expected = list(queries.board_for(actor, Board.UNTOUCHED, {}, history.now, "路灯")[:3])
    assert page.matters == expected
    assert page.after


def test_search_behind_a_cursor_without_a_time_is_refused(history: Loop) -> None:
    actor = history.cast.actor("lin_xiaowen")
    with scoped(actor), pytest.raises(Refused) as refused:
        queries.page_for(actor, Board.ALL, {}, history.now, "路灯", Cursor(None, uuid7()).text, 1)
    assert refused.value.code == "list.cursor_malformed"


def test_what_may_be_seen_can_stand_inside_another_query(history: Loop) -> None:
    fire = history.cast.unit("fire_rescue")
    matter = history.reach("handling", title="协办")
    history.do("wang_jianguo", "add_co_handler", matter, unit_id=fire, text="看")
    actor = history.cast.actor("xu_lixin")
    with scoped(actor):
        direct = set(queries.visible_to(actor).values_list("pk", flat=True))
        nested = Matter.objects.filter(pk__in=queries.visible_to(actor).values("pk"))
        twice = nested.filter(
            pk__in=queries.visible_to(actor).filter(pk__in=nested.values("pk")).values("pk")
        )
        assert set(nested.values_list("pk", flat=True)) == set(twice.values_list("pk", flat=True)) == direct
    assert matter.pk in direct
