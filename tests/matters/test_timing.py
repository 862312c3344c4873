"""Pause, extension and deferral move the deadline; every due date here was counted by hand on a calendar.

National Day 2026: rest from Thursday 1 to Wednesday 7 October; Sunday 20 September and Saturday 10 October are worked;
Mid-autumn: rest from Friday 25 to Sunday 27 September.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.matters.conftest import Loop
from yicun.base.tenancy import scoped
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import Matter


def at(text: str) -> datetime:
    """`10-08 09:00` of 2026 in Shanghai."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def ends(day: str) -> datetime:
    """24:00 of the day."""
    return at(f"{day} 00:00") + timedelta(days=1)


def do_at(loop: Loop, moment: str, username: str, action: str, matter: Matter, **given: Any) -> Matter:
    loop.now = at(moment) - timedelta(hours=1)
    return loop.do(username, action, matter, **given)


def assigned(loop: Loop, moment: str, **draft: Any) -> Matter:
    """Recorded, accepted, assessed, assigned and taken at one moment."""
    loop.now = at(moment)
    matter = loop.record("li_xiuying", **draft)
    urgency = draft.get("urgency", "ordinary")
    for username, action, given in (
        ("lin_xiaowen", "accept", {}),
        ("lin_xiaowen", "assess", {"urgency": urgency}),
        ("lin_xiaowen", "assign", {"unit_id": loop.cast.unit("zhukou_station")}),
        ("wang_jianguo", "take", {}),
    ):
        matter = do_at(loop, moment, username, action, matter, **given)
    return matter


SERVICE = {"kind": "service", "details": {"service_kind": "certificate"}}
HAZARD = {"kind": "hazard", "details": {"hazard_kind": "wiring"}}
INCIDENT = {"kind": "incident", "details": {"incident_class": "L01"}}
DISPUTE = {"kind": "dispute", "details": {"dispute_type": "0101"}}
HELP: dict[str, Any] = {"kind": "help"}

# recorded at, draft, acceptance due
ACCEPTANCE = [
    ("09-30 10:00", HELP, ends("10-08")),
    ("09-28 10:00", HELP, ends("09-29")),
    ("10-09 23:59", HELP, ends("10-10")),
    ("10-10 10:00", HELP, ends("10-12")),
    ("09-30 10:00", {**HELP, "channel": "board"}, ends("10-09")),
    ("10-01 09:00", {**HELP, "urgency": "urgent"}, at("10-01 11:00")),
    ("10-01 23:30", {**HELP, "channel": "police_110"}, at("10-02 00:30")),
    ("10-01 09:00", {**HELP, "channel": "hotline_12345", "urgency": "urgent"}, at("10-01 11:00")),
]


@pytest.mark.parametrize(("moment", "draft", "due"), ACCEPTANCE)
def test_acceptance_is_due_over_the_holidays(
    loop: Loop, moment: str, draft: dict[str, Any], due: datetime
) -> None:
    loop.now = at(moment)
    matter = loop.record("li_xiuying", **draft)
    assert (matter.running_clock, matter.due_at) == ("acceptance", due)


# assigned at, draft, handling due
HANDLING = [
    ("09-28 12:00", SERVICE, ends("10-10")),
    ("09-28 12:00", HAZARD, ends("10-08")),
    ("10-01 08:00", {**HAZARD, "urgency": "urgent"}, at("10-02 08:00")),
    ("10-01 08:00", INCIDENT, at("10-02 08:00")),
    ("09-20 12:00", HELP, ends("10-08")),
    ("09-22 12:00", HELP, ends("10-08")),
    ("09-23 12:00", HELP, ends("10-08")),
    ("09-24 12:00", HELP, ends("10-09")),
    ("09-05 12:00", DISPUTE, ends("10-08")),
    ("09-28 12:00", {**HELP, "channel": "board"}, ends("10-23")),
    ("09-28 12:00", {**HELP, "channel": "hotline_12345"}, ends("10-08")),
]


@pytest.mark.parametrize(("moment", "draft", "due"), HANDLING)
def test_handling_is_due_over_the_holidays(
    loop: Loop, moment: str, draft: dict[str, Any], due: datetime
) -> None:
    matter = assigned(loop, moment, **draft)
    assert (matter.running_clock, matter.due_at) == ("handling", due)


WAITING: dict[str, Any] = {"pause_reason": "materials", "text": "等材料"}


def test_deadline_moves_with_every_entry_of_the_ledger(loop: Loop) -> None:
    """5 working days from Monday 28 September: 29, 30 September, 8, 9, 10 October, unless the ledger says more."""
    matter = assigned(loop, "09-28 12:00", **SERVICE)
    story: list[tuple[str, str, str, dict[str, Any], datetime | None]] = [
        ("09-29 13:00", "wang_jianguo", "pause", WAITING, None),
        ("09-29 14:00", "wang_jianguo", "request_extension", {"amount": 5, "reason": "等省里回函"}, None),
        # none of the days from 29 September to 9 October counts: 10, 12, 13, 14, 15 October
        ("10-09 10:00", "wang_jianguo", "resume", {}, ends("10-15")),
        # ... and 16, 19, 20, 21, 22
        ("10-09 11:00", "chen_zhiming", "approve_extension", {}, ends("10-22")),
        ("10-12 09:00", "chen_zhiming", "defer", {"reason": "停电"}, None),
        # 12, 13, 14 fall out: 10, 15, 16, 19, 20, 21, 22, 23, 26, 27 October
        ("10-14 09:00", "wang_jianguo", "reactivate", {}, ends("10-27")),
    ]
    for moment, username, action, given, due in story:
        matter = do_at(loop, moment, username, action, matter, **given)
        assert matter.due_at == due, action
    face = loop.detail("wang_jianguo", matter).running
    assert face is not None
    assert (face.due_at, face.is_paused, face.pending) == (ends("10-27"), False, None)
    assert face.arithmetic[-1].startswith("10月27日")
    assert any("陈志明" in line for line in face.arithmetic), "who approved is part of the arithmetic"


def test_natural_days_stand_still_on_every_day_that_a_pause_touches(loop: Loop) -> None:
    matter = assigned(loop, "09-20 12:00", **HELP)
    rain = {"pause_reason": "weather", "text": "暴雨"}
    matter = do_at(loop, "09-22 08:00", "wang_jianguo", "pause", matter, **rain)
    # 21 September is the first day, 26 September the second, 9 October the fifteenth
    assert do_at(loop, "09-25 08:00", "wang_jianguo", "resume", matter).due_at == ends("10-09")


def test_hours_stand_still_for_as_long_as_the_pause(loop: Loop) -> None:
    matter = assigned(loop, "10-01 08:00", **INCIDENT)
    rain = {"pause_reason": "weather", "text": "暴雨"}
    do_at(loop, "10-01 10:00", "wang_jianguo", "pause", matter, **rain)
    assert do_at(loop, "10-01 13:00", "wang_jianguo", "resume", matter).due_at == at("10-02 11:00")
    do_at(loop, "10-01 14:00", "wang_jianguo", "request_extension", matter, amount=24, reason="追踪")
    assert do_at(loop, "10-01 15:00", "chen_zhiming", "approve_extension", matter).due_at == at("10-03 11:00")


def test_deferral_of_a_paused_matter_ends_the_pause_first(loop: Loop) -> None:
    matter = assigned(loop, "09-28 12:00", **SERVICE)
    do_at(loop, "09-29 09:00", "wang_jianguo", "pause", matter, **WAITING)
    matter = do_at(loop, "09-30 09:00", "chen_zhiming", "defer", matter, reason="等新址")
    assert (matter.state, matter.due_at) == ("deferred", None)
    matter = do_at(loop, "10-08 09:00", "chen_zhiming", "reactivate", matter)
    # 9, 10, 12, 13, 14 October
    assert (matter.state, matter.due_at) == ("handling", ends("10-14"))


def test_second_extension_may_only_use_what_the_first_one_left(loop: Loop) -> None:
    matter = assigned(loop, "09-28 12:00", **SERVICE)
    loop.do("wang_jianguo", "request_extension", matter, amount=3, reason="路断")
    assert (
        loop.refusal("wang_jianguo", "request_extension", matter, amount=1, reason="又")
        == "extension.pending"
    )
    loop.do("chen_zhiming", "approve_extension", matter)
    beyond = loop.refusal("wang_jianguo", "request_extension", matter, amount=3, reason="又")
    assert beyond == "clock.extension_too_long"
    loop.do("wang_jianguo", "request_extension", matter, amount=2, reason="又")
    matter = loop.do("chen_zhiming", "refuse_extension", matter, reason="够了")
    # 10 October and three more: 12, 13, 14
    assert matter.due_at == ends("10-14")
    assert loop.refusal("chen_zhiming", "approve_extension", matter) == "extension.none_pending"
    assert loop.refusal("chen_zhiming", "refuse_extension", matter, reason="x") == "extension.none_pending"


@pytest.mark.parametrize(
    ("draft", "action", "given", "code"),
    [
        (SERVICE, "pause", {"pause_reason": "litigation", "text": "诉讼"}, "clock.pause_not_allowed"),
        (SERVICE, "pause", {"pause_reason": "holiday", "text": "放假"}, "clock.pause_not_allowed"),
        (SERVICE, "resume", {}, "clock.not_paused"),
        (SERVICE, "request_extension", {"amount": 6, "reason": "久"}, "clock.extension_too_long"),
        (SERVICE, "request_extension", {"amount": 0, "reason": "久"}, "value.not_a_number"),
        (
            {**HAZARD, "urgency": "urgent"},
            "request_extension",
            {"amount": 1, "reason": "久"},
            "clock.extension_not_allowed",
        ),
        (SERVICE, "request_extension", {"amount": 1, "reason": "坏\x00"}, "text.control_characters"),
        (SERVICE, "approve_extension", {}, "extension.none_pending"),
    ],
)
def test_ledger_refuses_what_the_limit_does_not_allow(
    loop: Loop, draft: dict[str, Any], action: str, given: dict[str, Any], code: str
) -> None:
    username = "chen_zhiming" if action == "approve_extension" else "wang_jianguo"
    assert loop.refusal(username, action, assigned(loop, "09-28 12:00", **draft), **given) == code


def test_clock_is_paused_once(loop: Loop) -> None:
    matter = loop.do("wang_jianguo", "pause", assigned(loop, "09-28 12:00", **SERVICE), **WAITING)
    assert loop.refusal("wang_jianguo", "pause", matter, **WAITING) == "clock.already_paused"


def test_matter_without_a_running_clock_has_nothing_to_pause(loop: Loop) -> None:
    matter = assigned(loop, "09-28 12:00", **SERVICE)
    actor = loop.cast.actor("wang_jianguo")
    with scoped(actor):
        services.clocks.end([matter], now=loop.now)
    with scoped(actor), pytest.raises(Refused) as refused:
        services.pause(matter_id=matter.pk, **WAITING, actor=actor, now=loop.now)
    assert refused.value.code == "clock.not_running"


def test_second_of_two_steps_at_one_moment_may_carry_the_earlier_time(loop: Loop) -> None:
    """Two servers read their clocks, then wait for the same matter: the clock never ends before it started."""
    matter = loop.do("lin_xiaowen", "accept", loop.record("li_xiuying"))
    accepted_at = loop.now
    loop.now -= timedelta(hours=1, milliseconds=5)
    loop.do("chen_zhiming", "decline", matter, reason="重复")
    clocks = {clock.name: clock for clock in loop.detail("lin_xiaowen", matter).clocks}
    assert clocks["assessment"].ended_at == accepted_at


def test_a_chief_who_handles_does_not_set_his_own_matter_aside(loop: Loop) -> None:
    matter = loop.do("chen_zhiming", "take", loop.reach("assigned"))
    assert loop.refusal("chen_zhiming", "defer", matter, reason="等汛期过去") == "deferral.own_matter"
    assert queries.situation_of(
        loop.detail("chen_zhiming", matter), loop.cast.actor("chen_zhiming")
    ).is_own_matter
    assert loop.do("zhou_yulan", "defer", matter, reason="等汛期过去").state == "deferred"


def test_a_chief_does_not_approve_what_the_desk_asked_for_him(loop: Loop) -> None:
    matter = loop.do("chen_zhiming", "take", loop.reach("assigned"))
    loop.do("lin_xiaowen", "request_extension", matter, amount=2, reason="路断")
    assert loop.refusal("chen_zhiming", "approve_extension", matter) == "extension.own_request"
    assert loop.do("zhao_min", "approve_extension", matter).state == "handling"


def test_a_chief_who_handles_does_not_approve_his_own_extension(loop: Loop) -> None:
    matter = loop.reach("assessed", **SERVICE)
    matter = loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("zhukou_station"))
    loop.do("chen_zhiming", "take", matter)
    loop.do("chen_zhiming", "request_extension", matter, amount=2, reason="路断")
    assert loop.refusal("chen_zhiming", "approve_extension", matter) == "extension.own_request"
    assert loop.refusal("chen_zhiming", "refuse_extension", matter, reason="x") == "extension.own_request"
    loop.do("zhou_yulan", "approve_extension", matter)
