"""Requests for a signature: asked, signed with their step, sent back and asked again; the two never differ."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cast import NOW, SYSTEM, TODAY
from tests.databases import Clone
from tests.matters.conftest import Loop
from tests.matters.test_races import at_once
from yicun.base import inbox
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.force.services import delegate, post
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import Approval, ApprovalLine, Entry, Matter

DAY = timedelta(days=1)
HAZARD = {"kind": "hazard", "details": {"hazard_kind": "wiring"}, "title": "电线老化"}
DISPUTE = {"kind": "dispute", "details": {"dispute_type": "0103"}, "title": "老屋产权"}


def ask(loop: Loop, username: str, matter: Matter, kind: str, **given: Any) -> Approval:
    loop.do(username, "ask_approval", matter, **{"ask": kind, "reason": "请领导审定"} | given)
    return newest(matter)


def newest(matter: Matter) -> Approval:
    with scoped(SYSTEM):
        return Approval.objects.filter(matter_id=matter.pk).latest("asked_at", "id")


def decide(loop: Loop, username: str, deed: str, approval: Approval, **given: Any) -> Matter:
    actor = loop.cast.actor(username)
    loop.now += timedelta(hours=1)
    with scoped(actor):
        done: Matter = getattr(services, deed)(approval_id=approval.pk, actor=actor, now=loop.now, **given)
        return done


def refusal(loop: Loop, username: str, deed: str, approval: Approval, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        decide(loop, username, deed, approval, **given)
    return refused.value.code


def queue(loop: Loop, username: str) -> list[tuple[str, str]]:
    actor = loop.cast.actor(username)
    with scoped(actor):
        found = queries.waiting_for_signature(actor, loop.now)
    return [(paper.kind, paper.in_name_of) for paper in found]


def lines(approval: Approval) -> list[tuple[int, str, str]]:
    with scoped(SYSTEM):
        rows = ApprovalLine.objects.filter(approval=approval).order_by("at", "id")
        return [(row.round, row.deed, row.by) for row in rows]


def verbs(since: datetime) -> list[str]:
    with scoped(SYSTEM):
        found = AuditEntry.objects.filter(happened_at__gte=since).order_by("id")
        return list(found.values_list("verb", flat=True))


def deputy_at_zhukou(loop: Loop) -> None:
    with scoped(SYSTEM):
        post(
            member_id=loop.cast.members["zheng_haifeng"],
            unit_id=loop.cast.unit("zhukou_station"),
            role="deputy",
            starts_on=TODAY - DAY,
            actor=SYSTEM,
            now=NOW,
        )


def hand_on(loop: Loop, to: str, **more: Any) -> None:
    actor = loop.cast.actor("chen_zhiming")
    with scoped(actor):
        delegate(
            delegate_id=loop.cast.members[to],
            reason="leave",
            starts_on=TODAY,
            ends_on=TODAY + 5 * DAY,
            actor=actor,
            now=loop.now,
            **more,
        )


ROADS: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    ("deferral", "handling", "wang_jianguo", {}, "deferred", "defer"),
    ("closing", "verified", "lin_xiaowen", {"satisfaction": "satisfied"}, "closed", "close"),
    ("declining", "recorded", "lin_xiaowen", {}, "declined", "decline"),
    ("transfer", "assessed", "lin_xiaowen", {"unit_id": "fire_rescue"}, "assigned", "assign"),
]


@pytest.mark.parametrize(("kind", "state", "asker", "given", "ends_in", "verb"), ROADS)
def test_the_signature_takes_the_step_it_was_asked_for(
    loop: Loop, kind: str, state: str, asker: str, given: dict[str, Any], ends_in: str, verb: str
) -> None:
    matter = loop.reach(state, **HAZARD)
    approval = ask(loop, asker, matter, kind, **loop.filled(given))
    assert (approval.state, approval.signer_label, approval.round) == ("waiting", "陈志明（所长）", 1)
    assert queue(loop, "chen_zhiming") == [(kind, "")]
    assert queue(loop, asker) == []
    before = loop.now + timedelta(minutes=1)
    done = decide(loop, "chen_zhiming", "sign", approval, opinion="同意，抓紧。")
    signed = newest(matter)
    assert (done.state, signed.state, signed.decided_label) == (ends_in, "approved", "陈志明（所长）")
    assert (signed.opinion, signed.decided_at) == ("同意，抓紧。", loop.now)
    assert verbs(before) == [verb], "request and step are one deed"
    assert [deed for _, deed, _ in lines(approval)] == ["submit", "sign"]
    assert queue(loop, "chen_zhiming") == []


def test_extension_by_its_own_buttons_writes_the_same_record(loop: Loop) -> None:
    matter = loop.reach("handling", **HAZARD)
    loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="等电工")
    approval = newest(matter)
    assert (approval.kind, approval.given["amount"], approval.state) == ("extension", 1, "waiting")
    loop.do("zhao_min", "approve_extension", matter, text="同意")
    assert (newest(matter).state, newest(matter).decided_label) == ("approved", "赵敏（局领导）")
    assert refusal(loop, "chen_zhiming", "sign", approval) == "approval.already_decided"


def test_extension_signed_in_the_queue_moves_the_deadline(loop: Loop) -> None:
    matter = loop.reach("handling", **HAZARD)
    before = loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="等电工").due_at
    after = decide(loop, "chen_zhiming", "sign", newest(matter), opinion="同意").due_at
    assert before is not None and after is not None and after > before


def test_what_was_sent_back_comes_again_as_the_next_round(loop: Loop) -> None:
    matter = loop.reach("handling", **HAZARD)
    loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="忙")
    first = newest(matter)
    assert refusal(loop, "chen_zhiming", "send_back", first, opinion=" ") == "step.incomplete"
    decide(loop, "chen_zhiming", "send_back", first, opinion="请写明等什么")
    assert (newest(matter).state, newest(matter).opinion) == ("returned", "请写明等什么")
    actor = loop.cast.actor("wang_jianguo")
    with scoped(actor):
        assert [paper.is_returned for paper in queries.asked_by(actor, loop.now)] == [True]
        assert matter.pk in {row.pk for row in queries.todo_for(actor, loop.now)}
    chief = loop.cast.actor("chen_zhiming")
    with scoped(chief):
        assert [paper.id for paper in queries.returned_by(chief, loop.now)] == [first.pk]
    loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="等供电所换线")
    again = newest(matter)
    assert (again.pk, again.round, again.state, again.decided_label) == (first.pk, 2, "waiting", "")
    assert refusal(loop, "chen_zhiming", "sign", first, version=first.version) == "approval.changed"
    decide(loop, "chen_zhiming", "sign", again, version=again.version)
    assert lines(first) == [
        (1, "submit", "王建国（社区民警）"),
        (1, "send_back", "陈志明（所长）"),
        (2, "resubmit", "王建国（社区民警）"),
        (2, "sign", "陈志明（所长）"),
    ]


def test_request_of_another_kind_is_sent_back_and_withdrawn(loop: Loop) -> None:
    matter = loop.reach("handling", **DISPUTE)
    approval = ask(loop, "wang_jianguo", matter, "deferral")
    since = loop.now + timedelta(minutes=1)
    decide(loop, "chen_zhiming", "send_back", approval, opinion="先试一次调解")
    assert refusal(loop, "lin_xiaowen", "withdraw", approval) == "approval.not_yours"
    decide(loop, "wang_jianguo", "withdraw", approval)
    assert newest(matter).state == "withdrawn"
    assert verbs(since) == ["send_back", "withdraw"]
    with scoped(SYSTEM):
        told = Entry.objects.filter(matter_id=matter.pk, verb__in=["send_back", "withdraw"]).count()
    assert told == 2


def test_withdrawn_extension_may_be_asked_for_again(loop: Loop) -> None:
    matter = loop.reach("handling", **HAZARD)
    loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="等电工")
    decide(loop, "wang_jianguo", "withdraw", newest(matter))
    assert loop.refusal("chen_zhiming", "approve_extension", matter) == "extension.none_pending"
    loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="等电工")
    assert newest(matter).state == "waiting"


@pytest.mark.parametrize(
    ("username", "deed", "code"),
    [
        ("wang_jianguo", "sign", "step.forbidden"),
        ("lin_xiaowen", "send_back", "step.forbidden"),
        ("huang_defu", "sign", "step.forbidden"),
        ("qiu_wenbin", "sign", "record.not_found"),
        ("he_meizhen", "send_back", "record.not_found"),
    ],
)
def test_only_a_leader_of_the_place_signs(loop: Loop, username: str, deed: str, code: str) -> None:
    approval = ask(loop, "wang_jianguo", loop.reach("handling", **DISPUTE), "deferral")
    given = {"opinion": "不行"} if deed == "send_back" else {}
    assert refusal(loop, username, deed, approval, **given) == code


def test_nobody_signs_what_he_asked_for_or_handles(loop: Loop) -> None:
    matter = loop.reach("verified", **DISPUTE)
    mine = ask(loop, "chen_zhiming", matter, "closing")
    assert mine.signer_label == "赵敏（局领导）", "the next above, for the chief himself asks"
    assert refusal(loop, "chen_zhiming", "sign", mine) == "approval.own_request"
    assert refusal(loop, "chen_zhiming", "send_back", mine, opinion="不") == "approval.own_request"
    handled = loop.reach("handling", **DISPUTE)
    loop.do("wang_jianguo", "request_extension", handled, amount=1, reason="等档案")
    with scoped(SYSTEM):
        post(
            member_id=loop.cast.members["wang_jianguo"],
            unit_id=loop.cast.unit("zhukou_station"),
            role="deputy",
            starts_on=TODAY - DAY,
            actor=SYSTEM,
            now=NOW,
        )
    assert refusal(loop, "wang_jianguo", "sign", newest(handled)) == "extension.own_request"


@pytest.mark.parametrize(
    ("state", "username", "given", "code"),
    [
        ("handling", "wang_jianguo", {"ask": "closing"}, "approval.not_now"),
        ("handling", "wang_jianguo", {"ask": "wish"}, "value.unknown_choice"),
        ("handling", "wang_jianguo", {"ask": "extension"}, "value.unknown_choice"),
        ("handling", "wang_jianguo", {"ask": "deferral", "reason": " "}, "step.incomplete"),
        ("handling", "wang_jianguo", {"ask": "deferral", "reason": "字" * 4001}, "value.too_long"),
        ("handling", "wang_jianguo", {"ask": "deferral", "reason": "x\x00"}, "text.control_characters"),
        ("handling", "zheng_haifeng", {"ask": "deferral"}, "step.forbidden"),
        ("fed_back", "lin_xiaowen", {"ask": "closing"}, "step.unavailable"),
        ("assessed", "lin_xiaowen", {"ask": "transfer"}, "approval.unit_missing"),
        ("assessed", "lin_xiaowen", {"ask": "transfer", "unit_id": 999999}, "matter.unit_unknown"),
        ("verified", "lin_xiaowen", {"ask": "closing", "satisfaction": "glad"}, "value.unknown_choice"),
    ],
)
def test_request_that_cannot_be_is_not_stored(
    loop: Loop, state: str, username: str, given: dict[str, Any], code: str
) -> None:
    matter = loop.reach(state, **DISPUTE)
    assert loop.refusal(username, "ask_approval", matter, **{"reason": "请审定"} | given) == code
    with scoped(SYSTEM):
        assert not Approval.objects.exists()


def test_same_request_twice_is_one(loop: Loop) -> None:
    matter = loop.reach("handling", **DISPUTE)
    ask(loop, "wang_jianguo", matter, "deferral")
    code = loop.refusal("wang_jianguo", "ask_approval", matter, ask="deferral", reason="再报")
    assert code == "approval.waiting_already"


def test_red_dispute_is_closed_with_a_signature_only(loop: Loop) -> None:
    matter = loop.reach("accepted", **DISPUTE)
    loop.do("lin_xiaowen", "assess", matter, urgency="ordinary", grade="red")
    loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("zhukou_station"))
    loop.do("wang_jianguo", "take", matter)
    loop.do("wang_jianguo", "feed_back", matter, result="双方签了协议")
    loop.do("lin_xiaowen", "verify", matter)
    assert loop.refusal("lin_xiaowen", "close", matter) == "approval.closing_needs_one"
    approval = ask(loop, "lin_xiaowen", matter, "closing")
    assert loop.refusal("lin_xiaowen", "close", matter) == "approval.closing_needs_one"
    assert decide(loop, "chen_zhiming", "sign", approval).state == "closed"
    assert newest(matter).opinion == "同意。"


def test_step_waits_while_its_signature_is_waited_for(loop: Loop) -> None:
    matter = loop.reach("recorded", **DISPUTE)
    ask(loop, "lin_xiaowen", matter, "declining")
    assert loop.refusal("lin_xiaowen", "decline", matter, reason="不属本县") == "approval.pending"
    loop.do("chen_zhiming", "decline", matter, reason="确实不属本县")
    assert newest(matter).state == "approved", "who leads and presses the button has signed"


def test_request_lapses_when_the_matter_has_moved_on(loop: Loop) -> None:
    matter = loop.reach("recorded", **DISPUTE)
    approval = ask(loop, "lin_xiaowen", matter, "declining")
    loop.do("lin_xiaowen", "accept", matter)
    assert newest(matter).state == "waiting", "it may be declined still"
    loop.do("lin_xiaowen", "assess", matter, urgency="ordinary")
    assert newest(matter).state == "lapsed"
    assert refusal(loop, "chen_zhiming", "sign", approval) == "approval.already_decided"
    assert queue(loop, "chen_zhiming") == []


def test_pending_extension_lapses_with_its_clock(loop: Loop) -> None:
    matter = loop.reach("handling", **HAZARD)
    loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="等电工")
    loop.do("wang_jianguo", "feed_back", matter, result="已换线")
    assert newest(matter).state == "lapsed"


def test_deadline_comes_from_the_countys_table(loop: Loop) -> None:
    """Asked on Monday 23 November: to be signed by 24:00 on Tuesday; an urgent one within four hours."""
    ordinary = ask(loop, "lin_xiaowen", loop.reach("recorded", **DISPUTE), "declining")
    assert ordinary.due_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert "1 个工作日" in ordinary.article
    urgent = ask(loop, "lin_xiaowen", loop.reach("recorded", **DISPUTE, urgency="urgent"), "declining")
    assert urgent.due_at == loop.now + timedelta(hours=4)
    actor = loop.cast.actor("chen_zhiming")
    with scoped(actor):
        found = queries.waiting_for_signature(actor, loop.now + timedelta(hours=5))
    assert [(paper.id, paper.is_late) for paper in found] == [(urgent.pk, True), (ordinary.pk, False)]


def test_delegated_request_lies_in_both_queues_and_bears_both_names(loop: Loop) -> None:
    approval = ask(loop, "lin_xiaowen", loop.reach("verified", **DISPUTE), "closing")
    assert queue(loop, "zhao_min") == []
    hand_on(loop, "zhao_min")
    assert queue(loop, "zhao_min") == [("closing", "陈志明（所长）")]
    assert queue(loop, "chen_zhiming") == [("closing", "")]
    decide(loop, "zhao_min", "sign", approval, opinion="同意办结")
    with scoped(SYSTEM):
        (signed,) = Approval.objects.all()
        last = Entry.objects.filter(matter_id=signed.matter_id).latest("at", "id")
        audited = AuditEntry.objects.filter(verb="close").latest("id")
    both = "赵敏（局领导）代陈志明（所长）"
    assert (signed.decided_label, last.actor_label, audited.actor_label) == (both, both, both)
    assert signed.decided_by == loop.cast.accounts["zhao_min"]
    assert refusal(loop, "chen_zhiming", "sign", approval) == "approval.already_decided"


@pytest.mark.parametrize(("kinds", "told"), [([], ["approval_asked"]), (["extension"], [])])
def test_whoever_signs_for_the_chief_hears_of_what_is_asked_while_he_is_away(
    loop: Loop, kinds: list[str], told: list[str]
) -> None:
    hand_on(loop, "zhao_min", kinds=kinds)
    ask(loop, "lin_xiaowen", loop.reach("verified", **DISPUTE), "closing")
    actor = loop.cast.actor("zhao_min")
    with scoped(actor):
        found = inbox.for_actor(actor).filter(kind="approval_asked", account_id=actor.account_id)
        assert [notice.kind for notice in found] == told


def test_delegation_of_some_kinds_gives_no_others(loop: Loop) -> None:
    approval = ask(loop, "lin_xiaowen", loop.reach("verified", **DISPUTE), "closing")
    hand_on(loop, "zhao_min", kinds=["extension"])
    assert queue(loop, "zhao_min") == []
    assert refusal(loop, "zhao_min", "sign", approval) == "step.forbidden"


def test_delegate_may_not_sign_what_he_asked_for(loop: Loop) -> None:
    deputy_at_zhukou(loop)
    approval = ask(loop, "zheng_haifeng", loop.reach("verified", **DISPUTE), "closing")
    hand_on(loop, "zheng_haifeng")
    assert queue(loop, "zheng_haifeng") == []
    assert refusal(loop, "zheng_haifeng", "sign", approval) == "approval.own_request"


def test_request_is_forwarded_to_a_leader_who_could_sign_it(loop: Loop) -> None:
    deputy_at_zhukou(loop)
    approval = ask(loop, "lin_xiaowen", loop.reach("verified", **DISPUTE), "closing")
    chief = loop.cast.actor("chen_zhiming")
    with scoped(chief):
        offered = dict(queries.possible_signers(approval.pk, chief, loop.now))
    assert offered[loop.cast.members["zheng_haifeng"]] == "郑海峰（副所长）"
    for unfit in ("lin_xiaowen", "wang_jianguo", "zhao_min", "qiu_wenbin"):
        to = loop.cast.members[unfit]
        assert refusal(loop, "chen_zhiming", "forward", approval, member_id=to) == "approval.forward_unfit"
    assert refusal(loop, "chen_zhiming", "forward", approval, member_id=uuid7()) == "member.unknown"
    decide(loop, "chen_zhiming", "forward", approval, member_id=loop.cast.members["zheng_haifeng"])
    assert queue(loop, "chen_zhiming") == []
    assert queue(loop, "zheng_haifeng") == [("closing", "")]
    decide(loop, "zheng_haifeng", "sign", approval)
    assert [deed for _, deed, _ in lines(approval)] == ["submit", "forward", "sign"]


def test_asker_and_signer_hear_of_it_by_one_notice_a_day(loop: Loop) -> None:
    for number in range(2):
        approval = ask(
            loop, "wang_jianguo", loop.reach("handling", **DISPUTE | {"title": f"第{number}件"}), "deferral"
        )
    decide(loop, "chen_zhiming", "send_back", approval, opinion="再想想")
    rung = {}
    for username in ("chen_zhiming", "wang_jianguo", "qiu_wenbin"):
        actor = loop.cast.actor(username)
        with scoped(actor):
            found = inbox.for_actor(actor).filter(kind__startswith="approval_")
            rung[username] = [(notice.kind, len(notice.lines)) for notice in found]
    assert rung == {
        "chen_zhiming": [("approval_asked", 2)],
        "wang_jianguo": [("approval_returned", 1)],
        "qiu_wenbin": [],
    }


def test_request_one_may_not_see_is_like_one_that_is_not_there(loop: Loop) -> None:
    approval = ask(loop, "lin_xiaowen", loop.reach("verified", **DISPUTE), "closing")
    stranger = loop.cast.actor("qiu_wenbin")
    with scoped(stranger):
        for key in (approval.pk, uuid7()):
            with pytest.raises(Refused, match="record.not_found"):
                queries.paper_for(key, stranger, loop.now)
            with pytest.raises(Refused, match="record.not_found"):
                queries.possible_signers(key, stranger, loop.now)


def test_of_two_signatures_at_once_one_stands(own_database: Clone, loop: Loop) -> None:
    approval = ask(loop, "lin_xiaowen", loop.reach("verified", **DISPUTE), "closing")
    hand_on(loop, "zhao_min")

    def press(username: str) -> str:
        actor = loop.cast.actor(username)
        with scoped(actor):
            return str(services.sign(approval_id=approval.pk, actor=actor, now=loop.now).state)

    answers = at_once(lambda: press("chen_zhiming"), lambda: press("zhao_min"))
    assert sorted(answers) == ["approval.already_decided", "closed"]
    assert [deed for _, deed, _ in lines(approval)] == ["submit", "sign"]


KEY = UUID("018f0000-0000-7000-8000-00000000dead")


def test_unknown_request_is_not_found(loop: Loop) -> None:
    actor = loop.cast.actor("chen_zhiming")
    with scoped(actor), pytest.raises(Refused, match="record.not_found"):
        services.sign(approval_id=KEY, actor=actor, now=loop.now)


def test_request_falls_on_a_working_day(loop: Loop) -> None:
    """Asked on a Friday, it is due on Monday."""
    loop.now = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    approval = ask(loop, "lin_xiaowen", loop.reach("recorded", **DISPUTE), "declining")
    assert approval.due_at is not None
    assert (approval.due_at - timedelta(seconds=1)).date() == date(2026, 11, 30)
