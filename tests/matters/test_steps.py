"""Every step taken once; refused by hat, by state, by what is missing, and to whoever cannot see the matter."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.cast import CHENGDONG, SYSTEM
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.models import Entry, Matter
from yicun.matters.rules.flow import WORKFLOW

Given = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """`before`: steps between the ordinary way to `reach` and this one; `stranger`: sees it and wears no hat for it."""

    action: str
    reach: str
    username: str
    given: Given
    to: str
    stranger: str
    before: tuple[tuple[str, str, Given], ...] = ()
    kept: Given = field(default_factory=dict)


PAUSE = ("wang_jianguo", "pause", {"pause_reason": "materials", "text": "等户主回家"})
ASK = ("wang_jianguo", "request_extension", {"amount": 5, "reason": "路断"})
JOIN = ("wang_jianguo", "add_co_handler", {"unit_id": "fire_rescue", "text": "请现场看线路"})
DEFER = ("chen_zhiming", "defer", {"reason": "等汛期过去"})
ORDER = ("zhao_min", "instruct", {"text": "三日内报结果"})
ANSWER = ("wang_jianguo", "reply", {"text": "已办妥"})

TABLE = [
    Taken("accept", "recorded", "lin_xiaowen", {}, "accepted", "wang_jianguo"),
    Taken("decline", "recorded", "lin_xiaowen", {"reason": "不属本县"}, "declined", "zhao_min"),
    Taken(
        "assess",
        "accepted",
        "chen_zhiming",
        {"urgency": "urgent"},
        "assessed",
        "wang_jianguo",
        kept={"urgency": "urgent", "grade": ""},
    ),
    Taken("assign", "assessed", "zhou_yulan", {"unit_id": "zhukou_station"}, "assigned", "ye_qingfang"),
    Taken("take", "assigned", "wang_jianguo", {}, "handling", "huang_defu"),
    Taken(
        "return_back",
        "assigned",
        "wang_jianguo",
        {"reason": "不是我们管"},
        "assessed",
        "huang_defu",
        kept={"bounces": 1, "handler_label": ""},
    ),
    Taken(
        "add_co_handler",
        "handling",
        "wang_jianguo",
        {"unit_id": "fire_rescue", "text": "请派人"},
        "handling",
        "zheng_haifeng",
    ),
    Taken(
        "answer_as_co_handler",
        "handling",
        "xu_lixin",
        {"text": "线路正常"},
        "handling",
        "wang_jianguo",
        (JOIN,),
    ),
    Taken("pause", "handling", *PAUSE[::2], "handling", "zheng_haifeng", kept={"due_at": None}),
    Taken("resume", "handling", "wang_jianguo", {}, "handling", "zheng_haifeng", (PAUSE,)),
    Taken("request_extension", "handling", *ASK[::2], "handling", "zheng_haifeng"),
    Taken("approve_extension", "handling", "chen_zhiming", {}, "handling", "wang_jianguo", (ASK,)),
    Taken("refuse_extension", "handling", "zhao_min", {"reason": "抓紧"}, "handling", "lin_xiaowen", (ASK,)),
    Taken("defer", "handling", *DEFER[::2], "deferred", "wang_jianguo", kept={"due_at": None}),
    Taken(
        "ask_approval",
        "handling",
        "wang_jianguo",
        {"ask": "deferral", "reason": "继承人在国外"},
        "handling",
        "zheng_haifeng",
    ),
    Taken("reactivate", "handling", "wang_jianguo", {}, "handling", "zheng_haifeng", (DEFER,)),
    Taken(
        "feed_back",
        "handling",
        "wang_jianguo",
        {"result": "已找到"},
        "fed_back",
        "zheng_haifeng",
        kept={"answer": "已找到", "running_clock": "verification"},
    ),
    Taken(
        "verify",
        "fed_back",
        "wu_guoping",
        {},
        "verified",
        "ye_qingfang",
        kept={"running_clock": "verification"},
    ),
    Taken(
        "rework",
        "fed_back",
        "lin_xiaowen",
        {"reason": "家属说没回来"},
        "handling",
        "wang_jianguo",
        kept={"reworks": 1, "running_clock": "rework"},
    ),
    Taken(
        "close",
        "verified",
        "lin_xiaowen",
        {},
        "closed",
        "wang_jianguo",
        kept={"satisfaction": "", "due_at": None, "running_clock": ""},
    ),
    Taken(
        "reopen",
        "closed",
        "lin_xiaowen",
        {"reason": "又走失了"},
        "assessed",
        "wang_jianguo",
        kept={"reopenings": 1, "ended_at": None, "handler_label": ""},
    ),
    Taken("remind", "handling", "ye_qingfang", {"text": "请抓紧"}, "handling", "wang_jianguo"),
    Taken(
        "instruct", "verified", *ORDER[::2], "verified", "lin_xiaowen", kept={"has_open_instruction": True}
    ),
    Taken("accept_reply", "handling", "zhao_min", {}, "handling", "lin_xiaowen", (ORDER, ANSWER)),
    Taken(
        "send_back_reply",
        "handling",
        "zhao_min",
        {"reason": "没有写明日期"},
        "handling",
        "lin_xiaowen",
        (ORDER, ANSWER),
        kept={"has_open_instruction": True},
    ),
    Taken(
        "reply",
        "handling",
        "wang_jianguo",
        {"text": "已在办"},
        "handling",
        "zheng_haifeng",
        (ORDER,),
        kept={"has_open_instruction": False},
    ),
    Taken(
        "rate",
        "closed",
        "lin_xiaowen",
        {"satisfaction": "unsatisfied"},
        "closed",
        "wang_jianguo",
        kept={"satisfaction": "unsatisfied"},
    ),
    Taken("note", "recorded", "li_xiuying", {"text": "穿红衣"}, "recorded", "huang_defu"),
]


@pytest.mark.parametrize("taken", TABLE, ids=lambda taken: taken.action)
def test_step_is_taken_once_and_refused_to_everybody_else(loop: Loop, taken: Taken) -> None:
    matter = loop.reach(taken.reach)
    for username, action, given in taken.before:
        matter = loop.do(username, action, matter, **loop.filled(given))
    given = loop.filled(taken.given)
    needs = next(step.needs for step in WORKFLOW.steps if step.action == taken.action)

    assert loop.refusal(taken.stranger, taken.action, matter, **given) == "step.forbidden"
    assert loop.refusal("luo_xiaomei", taken.action, matter, **given) == "record.not_found"
    for name in needs:
        assert loop.refusal(taken.username, taken.action, matter, **(given | {name: ""})) == "step.incomplete"

    done = loop.do(taken.username, taken.action, matter, **given)
    with scoped(SYSTEM):
        stored = Matter.objects.get(pk=matter.pk)
        audited = AuditEntry.objects.filter(subject_id=str(matter.pk)).order_by("-id")
        latest = audited[0]
        written = Entry.objects.filter(matter_id=matter.pk).latest("at")
    assert (done.state, stored.state) == (taken.to, taken.to)
    assert stored.version == matter.version + 1 == len(audited)
    assert (latest.verb, latest.subject) == (taken.action, "matters.matter")
    assert latest.facts["state"] == taken.to
    assert (written.verb, written.at) == (taken.action, loop.now)
    assert written.actor_label == stored.changed_by == loop.cast.actor(taken.username).label
    assert {name: getattr(stored, name) for name in taken.kept} == taken.kept


INSTRUCTING = {"instruct", "reply", "accept_reply", "send_back_reply"}
OPEN_TO_THE_DESK_AT_ONCE = {"accept", "decline", "merge", "remind", "note", "ask_approval"} | INSTRUCTING


@pytest.mark.parametrize(
    ("state", "open_here"),
    [
        ("recorded", OPEN_TO_THE_DESK_AT_ONCE),
        ("verified", {"close", "rate", "remind", "note", "ask_approval", "hand_over"} | INSTRUCTING),
        ("closed", {"reopen", "rate"}),
    ],
)
def test_step_out_of_place_is_unavailable_even_to_the_product(
    loop: Loop, state: str, open_here: set[str]
) -> None:
    matter = loop.reach(state)
    unavailable = set()
    for action in services.stepping.WAYS:
        with pytest.raises(Refused) as refused, scoped(SYSTEM):
            services.take_step(action=action, matter_id=matter.pk, given=WRONG, actor=SYSTEM, now=loop.now)
        if refused.value.code == "step.unavailable":
            unavailable.add(action)
    assert unavailable == services.stepping.WAYS.keys() - open_here


# Filled in and wrong everywhere: no step goes through with these.
WRONG: Given = {
    "reason": "x\x00",
    "text": "x\x00",
    "result": "x\x00",
    "urgency": "soon",
    "satisfaction": "soon",
    "into_id": uuid7(),
    "unit_id": 999_999,
    "amount": 0,
    "pause_reason": "x",
}


@pytest.mark.parametrize("merged", [False, True])
def test_merged_or_declined_matter_is_at_rest(loop: Loop, merged: bool) -> None:
    kept = loop.record("li_xiuying")
    matter = loop.record("li_xiuying")
    if merged:
        matter = loop.do("lin_xiaowen", "merge", matter, into_id=kept.pk)
    else:
        matter = loop.do("lin_xiaowen", "decline", matter, reason="重复")
    assert matter.ended_at == loop.now
    assert (matter.due_at, matter.running_clock) == (None, "")
    assert loop.refusal("lin_xiaowen", "note", matter, text="补记") == "step.unavailable"
    back = "unmerge" if merged else "reopen"
    assert loop.refusal("li_xiuying", back, matter, reason="有新情况") == "step.forbidden"
    if merged:
        assert loop.refusal("lin_xiaowen", "reopen", matter, reason="不是同一件事") == "step.unavailable"
        again = loop.do("lin_xiaowen", "unmerge", matter, reason="不是同一件事")
        assert (again.state, again.merged_into, again.running_clock) == ("recorded", None, "acceptance")
    else:
        again = loop.do("lin_xiaowen", "reopen", matter, reason="不是同一件事")
        assert (again.state, again.running_clock) == ("assessed", "assignment")


def test_unknown_action_is_unavailable(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    assert loop.refusal("lin_xiaowen", "explode", matter) == "step.unavailable"
    assert loop.refusal("lin_xiaowen", "attach", matter, file="x") == "step.unavailable"


def test_matter_that_is_not_there_answers_like_one_out_of_sight(loop: Loop) -> None:
    far = loop.record("fan_jinsheng", area_code=CHENGDONG)
    for key in (uuid7(), far.pk):
        assert loop.refusal("lin_xiaowen", "accept", key) == "record.not_found"
        with pytest.raises(Refused) as refused:
            loop.detail("lin_xiaowen", far)
        assert refused.value.code == "record.not_found"


@pytest.mark.parametrize(
    ("action", "given", "code"),
    [
        ("assign", {"unit_id": "一"}, "value.not_a_number"),
        ("assign", {"unit_id": "1" * 16}, "value.not_a_number"),
        ("assign", {"unit_id": "999999"}, "matter.unit_unknown"),
        ("assign", {"unit_id": "999999", "member_id": "x"}, "value.malformed"),
        ("merge", {"into_id": "x"}, "value.malformed"),
        ("merge", {"into_id": str(uuid7())}, "record.not_found"),
        ("note", {"text": "坏\x00"}, "text.control_characters"),
        ("note", {"text": "长" * 4_001}, "value.too_long"),
    ],
)
def test_given_value_of_the_wrong_shape_is_refused(loop: Loop, action: str, given: Given, code: str) -> None:
    assert loop.refusal("lin_xiaowen", action, loop.reach("assessed"), **given) == code


@pytest.mark.parametrize(
    ("state", "username", "action", "given"),
    [
        ("accepted", "lin_xiaowen", "assess", {"urgency": "soon"}),
        ("accepted", "lin_xiaowen", "assess", {"urgency": "urgent", "grade": "purple"}),
        ("verified", "lin_xiaowen", "close", {"satisfaction": "glad"}),
        ("closed", "lin_xiaowen", "rate", {"satisfaction": "glad"}),
    ],
)
def test_choice_outside_the_list_is_refused(
    loop: Loop, state: str, username: str, action: str, given: Given
) -> None:
    assert loop.refusal(username, action, loop.reach(state), **given) == "value.unknown_choice"
