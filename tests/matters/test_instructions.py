"""A leader's instruction: by when, to whom, answered, judged; and the matter that a leader takes upon himself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.cast import SYSTEM
from tests.matters.conftest import Loop
from tests.matters.visits import SignIn, now_loop, page, signed_in
from yicun.base import inbox
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import queries
from yicun.matters.models import Entry, Instruction, Matter
from yicun.matters.rules.instructions import check_due, is_overdue

__all__ = ["now_loop", "signed_in"]

MONDAY = date(2026, 11, 23)


def instruction(matter: Matter) -> Instruction:
    with scoped(SYSTEM):
        return Instruction.objects.filter(matter_id=matter.pk).latest("given_at", "id")


def todo(loop: Loop, username: str) -> list[Any]:
    actor = loop.cast.actor(username)
    with scoped(actor):
        return [row.pk for row in queries.todo_for(actor, loop.now)]


@pytest.mark.parametrize(
    ("days", "code"),
    [(0, ""), (366, ""), (-1, "instruction.due_past"), (367, "instruction.due_too_far")],
)
def test_reply_is_asked_for_within_a_year(days: int, code: str) -> None:
    said = ""
    try:
        check_due(MONDAY + timedelta(days=days), MONDAY)
    except Refused as refused:
        said = refused.code
    assert said == code


@pytest.mark.parametrize(
    ("due_on", "is_replied", "late"),
    [
        (MONDAY, False, False),
        (MONDAY - timedelta(1), False, True),
        (date(2026, 1, 1), True, False),
        (None, False, False),
    ],
)
def test_reply_is_late_from_the_day_after(due_on: date | None, is_replied: bool, late: bool) -> None:
    assert is_overdue(due_on, is_replied=is_replied, today=MONDAY) is late


def test_instruction_asks_for_a_reply_on_the_next_working_day(loop: Loop) -> None:
    """Given on a Friday, to be answered on Monday by whoever has to act."""
    loop.now = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    matter = loop.reach("handling")
    loop.do("zhao_min", "instruct", matter, text="三日内报结果")
    given = instruction(matter)
    assert (given.due_on, given.unit_id) == (date(2026, 11, 30), loop.cast.unit("zhukou_station"))
    assert given.addressee.endswith("派出所") and given.member_id is None


def test_instruction_names_a_person_and_lies_in_his_list(loop: Loop) -> None:
    matter = loop.reach("handling")
    to = loop.cast.members["chen_zhiming"]
    loop.do(
        "zhao_min",
        "instruct",
        matter,
        text="请亲自过问",
        member_id=to,
        unit_id=loop.cast.unit("zhukou_station"),
    )
    assert instruction(matter).addressee == "陈志明（所长）"
    assert matter.pk in todo(loop, "chen_zhiming")
    chief = loop.cast.actor("chen_zhiming")
    with scoped(chief):
        assert inbox.for_actor(chief).filter(kind="instructed", account_id=chief.account_id).exists()
    loop.do("chen_zhiming", "reply", matter, text="已亲自到场")
    assert matter.pk not in todo(loop, "chen_zhiming")


@pytest.mark.parametrize(
    "given",
    [
        {"unit_id": "fire_rescue"},
        {"unit_id": "zhukou_station", "member_id": "huang_defu"},
        {"unit_id": "zhukou_station", "member_id": "zheng_haifeng"},
        {"member_id": "qiu_wenbin"},
    ],
)
def test_instruction_goes_only_to_those_who_could_reply(loop: Loop, given: dict[str, str]) -> None:
    matter = loop.reach("handling")
    filled: dict[str, Any] = loop.filled(dict(given))
    if "member_id" in given:
        filled["member_id"] = loop.cast.members[given["member_id"]]
    code = loop.refusal("zhao_min", "instruct", matter, text="抓紧", **filled)
    assert code == "instruction.addressee_elsewhere"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"due_on": "2020-01-01"}, "instruction.due_past"),
        ({"due_on": "9999-12-31"}, "instruction.due_too_far"),
        ({"due_on": "soon"}, "value.not_a_date"),
        ({"is_led": "perhaps"}, "value.malformed"),
        ({"text": "x\x00"}, "text.control_characters"),
    ],
)
def test_instruction_badly_filled_in_is_not_stored(loop: Loop, given: dict[str, Any], code: str) -> None:
    matter = loop.reach("handling")
    assert loop.refusal("zhao_min", "instruct", matter, **{"text": "抓紧"} | given) == code
    with scoped(SYSTEM):
        assert not Instruction.objects.exists()


def test_reply_is_sent_back_and_accepted_the_second_time(loop: Loop) -> None:
    matter = loop.reach("handling")
    assert loop.refusal("zhao_min", "accept_reply", matter) == "instruction.none_replied"
    loop.do("zhao_min", "instruct", matter, text="三日内报结果")
    assert loop.refusal("zhao_min", "send_back_reply", matter, reason="不清楚") == "instruction.none_replied"
    loop.do("wang_jianguo", "reply", matter, text="在办")
    assert not instruction(matter).accepted_at
    back = loop.do("zhao_min", "send_back_reply", matter, reason="请写明办到哪一步")
    assert back.has_open_instruction
    assert (instruction(matter).reply, instruction(matter).sent_back) == ("", 1)
    assert matter.pk in todo(loop, "wang_jianguo")
    loop.do("wang_jianguo", "reply", matter, text="线路已换，明日复查")
    loop.do("zhao_min", "accept_reply", matter, text="好")
    assert instruction(matter).accepted_by == "赵敏（局领导）"
    assert loop.refusal("zhao_min", "accept_reply", matter) == "instruction.none_replied"
    with scoped(SYSTEM):
        said = Entry.objects.filter(matter_id=matter.pk, verb="reply").order_by("at")
        assert [entry.text for entry in said] == ["在办", "线路已换，明日复查"], "what was said stays"


def test_matter_a_leader_takes_upon_himself_stands_on_the_top_rung(loop: Loop) -> None:
    matter = loop.reach("handling")
    led = loop.do("zhao_min", "instruct", matter, text="由我包案", is_led=True)
    assert (led.led_by, led.supervision, queries.level_of(led)) == ("赵敏（局领导）", 4, "领导包案")
    loop.do("wang_jianguo", "reply", matter, text="明白")
    loop.do("wang_jianguo", "feed_back", matter, result="已办妥")
    loop.do("lin_xiaowen", "verify", matter)
    assert loop.refusal("lin_xiaowen", "close", matter) == "approval.closing_needs_one"
    assert loop.do("chen_zhiming", "close", matter).state == "closed"


def test_instruction_stands_on_top_of_its_matter(now_loop: Loop, signed_in: SignIn) -> None:
    matter = now_loop.reach("handling")
    client = signed_in("zhao_min")
    url = f"/matters/{matter.pk}/"
    html = page(client, url)
    for words in ("请在哪天前回复", "交给哪个单位", "由我包案"):
        assert words in html
    stored = Matter.objects.get(pk=matter.pk)
    late = {"version": stored.version, "text": "请抓紧", "due_on": "1900-01-01"}
    answer = client.post(f"{url}instruct/", late)
    assert answer.status_code == 422 and "已经过去" in answer.content.decode()
    sent = {"version": stored.version, "text": "请抓紧", "is_led": "on"}
    assert client.post(f"{url}instruct/", sent).status_code == 302
    html = page(signed_in("wang_jianguo"), url)
    assert html.index("领导包案") < html.index("办理过程")
    assert "请抓紧" in html and "待回复" in html and "现在要做：回复批示" in html
    with scoped(SYSTEM):
        Instruction.objects.update(due_on=date(2026, 1, 1))
    assert "逾期未回复" in page(client, url)


def test_verifying_a_led_matter_does_not_offer_to_close_it_too(now_loop: Loop, signed_in: SignIn) -> None:
    matter = now_loop.reach("handling")
    now_loop.do("zhao_min", "instruct", matter, text="由我包案", is_led=True)
    now_loop.do("wang_jianguo", "feed_back", matter, result="已办妥")
    desk = signed_in("lin_xiaowen")
    html = page(desk, f"/matters/{matter.pk}/")
    assert "核验通过" in html and "同时办结" not in html
    now_loop.do("lin_xiaowen", "verify", matter)
    html = page(desk, f"/matters/{matter.pk}/")
    assert "请示什么" in html and "销号办结" in html
    stored = Matter.objects.get(pk=matter.pk)
    sent = {
        "version": stored.version,
        "ask": "closing",
        "reason": "已办妥，请同意销号",
        "satisfaction": "satisfied",
    }
    assert desk.post(f"/matters/{matter.pk}/ask_approval/", sent).status_code == 302
    assert "待签批" in page(desk, f"/matters/{matter.pk}/")
