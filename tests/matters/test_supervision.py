"""The ladder that climbs by itself, instructions with their reply, and notices that do not ring a hundred times."""

from datetime import datetime, timedelta
from typing import Any

from tests.cast import NOW, SYSTEM
from tests.matters.conftest import Loop
from yicun.base import inbox
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.matters import services
from yicun.matters.models import Entry, Matter

LATE = 10


def sweep(now: datetime) -> int:
    with scoped(SYSTEM):
        return services.supervise(actor=SYSTEM, now=now)


def heights() -> list[int]:
    with scoped(SYSTEM):
        return sorted(Matter.objects.values_list("supervision", flat=True))


def rings(loop: Loop, username: str, prefix: str = "level_") -> list[tuple[str, int]]:
    """Kind and number of lines of each notice that this person finds, oldest first."""
    actor = loop.cast.actor(username)
    with scoped(actor):
        found = inbox.for_actor(actor).filter(kind__startswith=prefix).order_by("changed_at", "kind")
        return [(notice.kind, len(notice.lines)) for notice in found]


def late_ones(loop: Loop) -> datetime:
    """Ten matters recorded on Monday 23 November: to be accepted by 24:00 on Tuesday."""
    for number in range(LATE):
        loop.record("li_xiuying", title=f"第 {number} 件")
    with scoped(SYSTEM):
        (due_at,) = set(Matter.objects.values_list("due_at", flat=True))
    assert due_at == datetime(2026, 11, 24, 16, 0, tzinfo=NOW.tzinfo)
    assert isinstance(due_at, datetime)
    return due_at


def test_ten_late_matters_climb_together_and_ring_once_a_rung(loop: Loop) -> None:
    due_at = late_ones(loop)
    ladder = [
        (-25, 0, 0),
        (-24, LATE, 1),
        (-1, 0, 1),
        (0, LATE, 2),
        (47, 0, 2),
        (48, LATE, 3),
        (120, LATE, 4),
    ]
    for hours, moved, height in ladder:
        now = due_at + timedelta(hours=hours)
        assert sweep(now) == moved
        assert sweep(now) == 0, "running twice moves nothing"
        assert heights() == [height] * LATE
    expected = [("level_remind", 10), ("level_yellow", 10), ("level_red", 10), ("level_leader", 10)]
    assert rings(loop, "lin_xiaowen") == expected
    assert rings(loop, "luo_xiaomei") == []
    with scoped(SYSTEM):
        assert AuditEntry.objects.filter(verb="supervise").count() == 4, "of the whole county, one a sweep"
        levels = Entry.objects.exclude(verb="record").order_by("at").values_list("verb", flat=True)
        assert list(dict.fromkeys(levels)) == ["remind", "yellow", "red", "leader"]
        assert len(levels) == 4 * LATE
        assert set(Matter.objects.values_list("version", flat=True)) == {5}


def test_matter_far_too_late_climbs_to_the_top_at_once(loop: Loop) -> None:
    due_at = late_ones(loop)
    assert sweep(due_at + timedelta(days=30)) == LATE
    assert heights() == [4] * LATE
    assert rings(loop, "lin_xiaowen") == [("level_leader", LATE)]


def test_desk_hears_of_what_is_late_elsewhere_from_the_second_rung_on(loop: Loop) -> None:
    matter = loop.reach("assessed")
    matter = loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("housing_bureau"))
    assert matter.due_at is not None
    assert sweep(matter.due_at - timedelta(hours=1)) == 1
    assert (rings(loop, "gao_yuming"), rings(loop, "lin_xiaowen")) == ([("level_remind", 1)], [])
    assert sweep(matter.due_at) == 1
    assert rings(loop, "gao_yuming") == [("level_remind", 1), ("level_yellow", 1)]
    assert rings(loop, "lin_xiaowen") == [("level_yellow", 1)]


def test_cards_for_late_verification_go_to_the_desk_and_not_to_the_body_that_is_done(loop: Loop) -> None:
    matter = loop.reach("assessed")
    loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("housing_bureau"))
    loop.do("gao_yuming", "take", matter)
    matter = loop.do("gao_yuming", "feed_back", matter, result="已修好")
    assert (matter.running_clock, sweep(matter.due_at)) == ("verification", 1)  # type: ignore[arg-type]
    assert (rings(loop, "gao_yuming"), rings(loop, "lin_xiaowen")) == ([], [("level_yellow", 1)])
    loop.do("ye_qingfang", "remind", matter, text="请核验")
    loop.do("zhao_min", "instruct", matter, text="尽快核验")
    for kind in ("reminded", "instructed"):
        assert (rings(loop, "gao_yuming", kind), rings(loop, "lin_xiaowen", kind)) == ([], [(kind, 1)])
    due_at: Any = matter.due_at
    verified = loop.do("lin_xiaowen", "verify", matter)
    assert (verified.running_clock, verified.due_at) == ("verification", due_at)
    assert sweep(due_at + timedelta(hours=48)) == 1, "verified and not closed is late too"


def test_last_rung_reaches_the_countys_command_centre(loop: Loop) -> None:
    due_at = late_ones(loop)
    sweep(due_at + timedelta(hours=48))
    assert rings(loop, "zhou_yulan") == []
    sweep(due_at + timedelta(hours=120))
    assert rings(loop, "zhou_yulan") == [("level_leader", LATE)]


def test_extended_matter_comes_down_the_ladder_and_is_reminded_again(loop: Loop) -> None:
    matter = loop.reach("handling", kind="service", details={"service_kind": "certificate"})
    due_at: Any = matter.due_at
    loop.now = due_at
    assert sweep(due_at) == 1
    loop.do("wang_jianguo", "request_extension", matter, amount=5, reason="路断")
    matter = loop.do("chen_zhiming", "approve_extension", matter)
    extended: Any = matter.due_at
    assert (matter.supervision, extended > due_at) == (0, True)
    assert [sweep(extended - timedelta(hours=24)), heights()] == [1, [1]]
    assert [sweep(extended), heights()] == [1, [2]]


def test_paused_and_ended_matters_do_not_climb(loop: Loop) -> None:
    paused = loop.do("wang_jianguo", "pause", loop.reach("handling"), pause_reason="weather", text="暴雨")
    deferred = loop.do("chen_zhiming", "defer", loop.reach("handling"), reason="等汛期过去")
    closed = loop.reach("closed")
    assert sweep(NOW + timedelta(days=300)) == 0
    assert heights() == [0, 0, 0]
    assert {paused.due_at, deferred.due_at, closed.due_at} == {None}


def test_new_clock_starts_at_the_foot_of_the_ladder(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    assert matter.due_at is not None
    sweep(matter.due_at)
    assert heights() == [2]
    loop.now = matter.due_at
    assert loop.do("lin_xiaowen", "accept", matter).supervision == 0
    assert heights() == [0]


def test_county_without_a_ladder_supervises_nobody(loop: Loop) -> None:
    late_ones(loop)
    assert sweep(datetime(1999, 1, 1, tzinfo=NOW.tzinfo)) == 0


def test_sweep_that_moved_something_is_audited_once(loop: Loop) -> None:
    due_at = late_ones(loop)
    actor: Any = loop.cast.actor("zhou_yulan")
    with scoped(actor):
        assert services.supervise(actor=actor, now=due_at) == LATE
        assert services.supervise(actor=actor, now=due_at) == 0
        audited = AuditEntry.objects.filter(verb="supervise").values_list("facts", flat=True)
        assert list(audited) == [{"moved": LATE}]


def test_instruction_shows_until_somebody_replies_to_all_of_them(loop: Loop) -> None:
    matter = loop.reach("handling")
    assert loop.refusal("wang_jianguo", "reply", matter, text="在办") == "instruction.none_open"
    loop.do("zhao_min", "instruct", matter, text="三日内报结果")
    matter = loop.do("ye_qingfang", "instruct", matter, text="抄送活动办")
    assert matter.has_open_instruction
    matter = loop.do("wang_jianguo", "reply", matter, text="已找到")
    assert not matter.has_open_instruction
    rows = loop.detail("zhao_min", matter).instructions
    assert [(row.text, row.reply) for row in rows] == [("抄送活动办", "已找到"), ("三日内报结果", "已找到")]
    assert loop.refusal("wang_jianguo", "reply", matter, text="又") == "instruction.none_open"
    assert rings(loop, "wang_jianguo", "instructed") == [("instructed", 2)]


def test_reminders_of_one_day_are_one_notice_and_of_two_days_two(loop: Loop) -> None:
    matter = loop.reach("handling")
    for _ in range(3):
        loop.do("ye_qingfang", "remind", matter, text="请抓紧")
    assert rings(loop, "wang_jianguo", "reminded") == [("reminded", 3)]
    loop.now += timedelta(days=1)
    loop.do("ye_qingfang", "remind", matter, text="请抓紧")
    assert rings(loop, "wang_jianguo", "reminded") == [("reminded", 3), ("reminded", 1)]
