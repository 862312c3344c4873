"""A matter in other hands: who sees it before and after, who may give it back, who rules in the end."""

from typing import Any

import pytest

from tests.cast import CHENGDONG, COUNTY, NOW, SYSTEM
from tests.matters.conftest import Loop
from yicun.base import sharing
from yicun.base.models import Grant
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import (
    Attachment,
    Clock,
    ClockEvent,
    CoHandler,
    Entry,
    Instruction,
    Matter,
    Party,
)
from yicun.matters.rules.drafting import PartyDraft

PARTNERS = ("he_meizhen", "xu_lixin", "gao_yuming")


def watchers(loop: Loop, matter: Matter, *usernames: str) -> set[str]:
    """Who of these sees the matter, by the database's own policy and by the query alike."""
    seeing = set()
    for username in usernames:
        actor = loop.cast.actor(username)
        with scoped(actor):
            by_policy = Matter.objects.filter(pk=matter.pk).exists()
            by_query = queries.visible_to(actor).filter(pk=matter.pk).exists()
            children = Entry.objects.filter(matter_id=matter.pk).exists()
        assert by_policy == by_query == children
        if by_policy:
            seeing.add(username)
    return seeing


def test_partner_body_sees_a_matter_only_once_it_is_handed_over(loop: Loop) -> None:
    matter = loop.reach("assessed")
    assert watchers(loop, matter, *PARTNERS) == set()
    matter = loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("housing_bureau"))
    assert watchers(loop, matter, *PARTNERS) == {"gao_yuming"}
    assert watchers(loop, matter, "lin_xiaowen", "chen_zhiming", "luo_xiaomei", "qiu_wenbin") == {
        "lin_xiaowen",
        "chen_zhiming",
    }
    matter = loop.do("gao_yuming", "take", matter)
    matter = loop.do("gao_yuming", "return_back", matter, reason="不属住建")
    assert matter.handling_unit_id == loop.cast.unit("zhukou_station")
    assert watchers(loop, matter, *PARTNERS) == {"gao_yuming"}, "who gave it back goes on seeing it"


def test_station_goes_on_seeing_a_county_matter_that_it_handed_over(loop: Loop) -> None:
    matter = loop.record("wang_jianguo", area_code=None)
    assert (matter.area_code, matter.desk_unit_id) == (COUNTY, loop.cast.unit("zhukou_station"))
    loop.do("lin_xiaowen", "accept", matter)
    loop.do("lin_xiaowen", "assess", matter, urgency="ordinary")
    loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("housing_bureau"))
    matter = loop.do("gao_yuming", "take", matter)
    assert watchers(loop, matter, "lin_xiaowen", "wang_jianguo", "luo_xiaomei", *PARTNERS) == {
        "lin_xiaowen",
        "wang_jianguo",
        "gao_yuming",
    }
    assert loop.do("gao_yuming", "feed_back", matter, result="已修好").state == "fed_back"
    assert loop.do("lin_xiaowen", "verify", matter).state == "verified"


def test_recorder_elsewhere_goes_on_seeing_what_he_recorded(loop: Loop) -> None:
    matter = loop.record("wang_jianguo", area_code=CHENGDONG)
    assert matter.desk_unit_id == loop.cast.unit("shancheng_station")
    assert watchers(loop, matter, "wang_jianguo", "luo_xiaomei", "he_meizhen") == {
        "wang_jianguo",
        "luo_xiaomei",
    }
    assert loop.do("wang_jianguo", "note", matter, text="门牌已核对").state == "recorded"


def test_co_handlers_of_two_bodies_see_and_answer_only_after_being_added(loop: Loop) -> None:
    matter = loop.reach("handling")
    fire, judicial = loop.cast.unit("fire_rescue"), loop.cast.unit("zhukou_judicial")
    assert watchers(loop, matter, *PARTNERS) == set()
    loop.do("wang_jianguo", "add_co_handler", matter, unit_id=fire, text="看线路")
    assert watchers(loop, matter, *PARTNERS) == {"xu_lixin"}
    loop.do("lin_xiaowen", "add_co_handler", matter, unit_id=judicial, text="调解")
    assert watchers(loop, matter, *PARTNERS) == {"xu_lixin", "he_meizhen"}
    assert (
        loop.refusal("wang_jianguo", "add_co_handler", matter, unit_id=fire, text="再来")
        == "co_handler.already"
    )
    own = loop.cast.unit("zhukou_station")
    assert (
        loop.refusal("lin_xiaowen", "add_co_handler", matter, unit_id=own, text="我们")
        == "co_handler.already"
    )
    unknown = loop.refusal("lin_xiaowen", "add_co_handler", matter, unit_id=999_999, text="谁")
    assert unknown == "matter.unit_unknown"

    loop.do("xu_lixin", "answer_as_co_handler", matter, text="线路正常")
    assert loop.refusal("xu_lixin", "answer_as_co_handler", matter, text="又") == "step.forbidden"
    rows = loop.detail("wang_jianguo", matter).co_handlers
    assert [(row.unit_id, row.answer, row.answered_by) for row in rows] == [
        (fire, "线路正常", loop.cast.actor("xu_lixin").label),
        (judicial, "", ""),
    ]
    assert loop.do("wang_jianguo", "feed_back", matter, result="办妥").state == "fed_back"


def test_co_handling_opens_a_matter_until_it_ends_and_again_when_it_is_reopened(loop: Loop) -> None:
    """Whoever handled it as the lead, or recorded it, goes on seeing it."""
    matter = loop.reach("handling")
    fire, judicial = loop.cast.unit("fire_rescue"), loop.cast.unit("zhukou_judicial")
    loop.do("wang_jianguo", "add_co_handler", matter, unit_id=fire, text="看线路")
    loop.do("wang_jianguo", "return_back", matter, reason="请司法所牵头")
    loop.do("lin_xiaowen", "assign", matter, unit_id=judicial)
    loop.do("he_meizhen", "take", matter)
    loop.do("he_meizhen", "feed_back", matter, result="已调解")
    loop.do("lin_xiaowen", "rework", matter, reason="请补充")
    loop.do("he_meizhen", "feed_back", matter, result="已补充")
    loop.do("lin_xiaowen", "verify", matter)
    assert watchers(loop, matter, *PARTNERS) == {"xu_lixin", "he_meizhen"}
    loop.do("lin_xiaowen", "close", matter)
    assert watchers(loop, matter, *PARTNERS) == {"he_meizhen"}
    loop.do("lin_xiaowen", "reopen", matter, reason="又起争执")
    assert "xu_lixin" in watchers(loop, matter, *PARTNERS)


def test_share_for_another_reason_outlives_the_co_handling(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    fire, judicial = loop.cast.unit("fire_rescue"), loop.cast.unit("zhukou_judicial")
    with scoped(SYSTEM):
        for unit_id, reasons in ((fire, ("co_handler", "handed_over")), (judicial, ("co_handler",))):
            for reason in reasons:
                sharing.give(unit_id=unit_id, subject_id=matter.pk, reason=reason, now=NOW)
        sharing.end(subject_id=matter.pk, reason="co_handler")
    assert watchers(loop, matter, *PARTNERS) == {"xu_lixin"}


def test_product_itself_is_no_co_handler(loop: Loop) -> None:
    matter = loop.reach("handling")
    with pytest.raises(Refused) as refused, scoped(SYSTEM):
        services.answer_as_co_handler(matter_id=matter.pk, text="好", actor=SYSTEM, now=loop.now)
    assert refused.value.code == "co_handler.not_yours"


def bounced(loop: Loop, times: int) -> Matter:
    matter = loop.reach("assigned")
    for time in range(times):
        matter = loop.do("wang_jianguo", "return_back", matter, reason="不是我们管")
        if time + 1 < times:
            matter = loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("zhukou_station"))
    assert (matter.state, matter.bounces) == ("assessed", times)
    return matter


def test_matter_bounced_twice_needs_the_tie_breaker_whose_ruling_is_final(loop: Loop) -> None:
    matter = bounced(loop, 2)
    station = loop.cast.unit("zhukou_station")
    for username in ("lin_xiaowen", "chen_zhiming"):
        assert loop.refusal(username, "assign", matter, unit_id=station) == "bounce.needs_tie_breaker"
    matter = loop.do("wu_guoping", "assign", matter, unit_id=station)
    assert (matter.state, matter.is_tie_broken) == ("assigned", True)
    assert loop.refusal("wang_jianguo", "return_back", matter, reason="还是不管") == "bounce.final"
    matter = loop.do("wang_jianguo", "take", matter)
    assert loop.refusal("chen_zhiming", "return_back", matter, reason="还是不管") == "bounce.final"
    with scoped(SYSTEM):
        ruling = Entry.objects.filter(matter_id=matter.pk, verb="assign").latest("at")
        assert ruling.facts["is_ruling"] is True


def test_ruling_stands_when_its_matter_is_opened_again(loop: Loop) -> None:
    matter, station = bounced(loop, 2), loop.cast.unit("zhukou_station")
    loop.do("wu_guoping", "assign", matter, unit_id=station)
    loop.do("wang_jianguo", "take", matter)
    loop.do("wang_jianguo", "feed_back", matter, result="已办")
    loop.do("lin_xiaowen", "verify", matter)
    loop.do("lin_xiaowen", "close", matter)
    matter = loop.do("lin_xiaowen", "reopen", matter, reason="又发生了")
    elsewhere = loop.cast.unit("housing_bureau")
    assert loop.refusal("lin_xiaowen", "assign", matter, unit_id=elsewhere) == "bounce.needs_tie_breaker"
    again = loop.do("lin_xiaowen", "assign", matter, unit_id=station)
    assert (again.is_tie_broken, again.ruled_unit_id, again.bounces) == (True, station, 2)
    assert loop.refusal("wang_jianguo", "return_back", again, reason="不管") == "bounce.final"


def test_new_ruling_replaces_the_old_one(loop: Loop) -> None:
    matter, housing = bounced(loop, 2), loop.cast.unit("housing_bureau")
    loop.do("wu_guoping", "assign", matter, unit_id=loop.cast.unit("zhukou_station"))
    loop.do("wang_jianguo", "take", matter)
    loop.do("wang_jianguo", "feed_back", matter, result="已办")
    loop.do("lin_xiaowen", "verify", matter)
    loop.do("lin_xiaowen", "close", matter)
    loop.do("lin_xiaowen", "reopen", matter, reason="又发生了")
    ruled = loop.do("wu_guoping", "assign", matter, unit_id=housing)
    assert (ruled.is_tie_broken, ruled.ruled_unit_id) == (True, housing)


def test_matter_bounced_once_is_assigned_by_the_desk_and_may_bounce_again(loop: Loop) -> None:
    matter = loop.do("lin_xiaowen", "assign", bounced(loop, 1), unit_id=loop.cast.unit("fire_rescue"))
    assert matter.is_tie_broken is False
    assert loop.do("xu_lixin", "return_back", matter, reason="不属消防").bounces == 2


def test_matter_goes_to_a_named_person_of_the_unit_only(loop: Loop) -> None:
    matter = loop.reach("assessed")
    station, members = loop.cast.unit("zhukou_station"), loop.cast.members
    stranger = {"unit_id": station, "member_id": members["fan_jinsheng"]}
    assert loop.refusal("lin_xiaowen", "assign", matter, **stranger) == "matter.member_not_there"
    named = {"unit_id": station, "member_id": str(members["zheng_haifeng"])}
    matter = loop.do("lin_xiaowen", "assign", matter, **named)
    assert matter.handler_label == loop.cast.actor("zheng_haifeng").label
    assert loop.refusal("wang_jianguo", "take", matter) == "step.forbidden"
    assert loop.do("zheng_haifeng", "take", matter).handler_member_id == members["zheng_haifeng"]


def test_whoever_takes_a_matter_of_the_unit_becomes_its_handler(loop: Loop) -> None:
    matter = loop.do("zheng_haifeng", "take", loop.reach("assigned"))
    assert matter.handler_member_id == loop.cast.members["zheng_haifeng"]
    assert loop.refusal("wang_jianguo", "feed_back", matter, result="已办") == "step.forbidden"
    assert loop.do("chen_zhiming", "feed_back", matter, result="已办").fed_back_label.startswith("陈志明")


def test_person_is_not_the_verifier_of_his_own_work_under_another_posting(loop: Loop) -> None:
    """The chief handles as a member of the unit and would verify as the desk: one account, two hats."""
    matter = loop.do("chen_zhiming", "take", loop.reach("assigned"))
    matter = loop.do("chen_zhiming", "feed_back", matter, result="已办")
    assert {"handler", "desk"} <= loop.detail("chen_zhiming", matter).hats
    assert loop.refusal("chen_zhiming", "verify", matter) == "verify.same_person"
    assert loop.refusal("chen_zhiming", "rework", matter, reason="重做") == "verify.same_person"
    assert loop.do("lin_xiaowen", "verify", matter).state == "verified"


def test_person_with_two_postings_cannot_verify_through_the_other_one(loop: Loop) -> None:
    longhu = loop.cast.unit("longhu_point")
    matter = loop.reach("assessed")
    matter = loop.do("lin_xiaowen", "assign", matter, unit_id=longhu)
    matter = loop.do("li_xiuying", "take", matter)
    matter = loop.do("li_xiuying", "feed_back", matter, result="已办")
    two = loop.cast.actor("li_xiuying")
    assert len(two.posts) == 2
    assert loop.refusal("li_xiuying", "verify", matter) == "step.forbidden"
    promoted = type(two)(
        two.kind,
        two.label,
        two.account_id,
        two.member_id,
        (*two.posts, *loop.cast.actor("chen_zhiming").posts),
        two.codes,
    )
    with pytest.raises(Refused) as refused, scoped(promoted):
        services.verify(matter_id=matter.pk, actor=promoted, now=loop.now)
    assert refused.value.code == "verify.same_person"


def test_handler_does_not_verify_what_his_lead_reported_done(loop: Loop) -> None:
    """The chief took it, the desk officer reported it done: neither verifies; the governance centre can."""
    matter = loop.do("chen_zhiming", "take", loop.reach("assigned"))
    matter = loop.do("lin_xiaowen", "feed_back", matter, result="已办")
    for username in ("chen_zhiming", "lin_xiaowen"):
        assert loop.refusal(username, "verify", matter) == "verify.same_person"
        assert loop.refusal(username, "rework", matter, reason="重做") == "verify.same_person"
        situation = queries.situation_of(loop.detail(username, matter), loop.cast.actor(username))
        assert situation.is_own_feedback
    assert loop.do("wu_guoping", "verify", matter).state == "verified"


def test_program_does_not_verify_what_it_fed_back(loop: Loop) -> None:
    matter = loop.reach("handling")
    with scoped(SYSTEM):
        services.feed_back(matter_id=matter.pk, result="已办", actor=SYSTEM, now=loop.now)
        with pytest.raises(Refused) as refused:
            services.verify(matter_id=matter.pk, actor=SYSTEM, now=loop.now)
    assert refused.value.code == "verify.same_person"


def test_children_follow_the_matter_into_other_hands(loop: Loop) -> None:
    matter = loop.reach("assigned", parties=(PartyDraft("reporter", "张三", "13800000000"),))
    loop.do("zhao_min", "instruct", matter, text="抓紧")
    loop.do("wang_jianguo", "take", matter)
    loop.do("wang_jianguo", "add_co_handler", matter, unit_id=loop.cast.unit("fire_rescue"), text="看线路")
    loop.do("wang_jianguo", "request_extension", matter, amount=2, reason="路断")
    loop.do("wang_jianguo", "return_back", matter, reason="不是我们管")
    housing = loop.cast.unit("housing_bureau")
    loop.do("lin_xiaowen", "assign", matter, unit_id=housing)
    with scoped(loop.cast.actor("gao_yuming")):
        for child in (Entry, Clock, ClockEvent, CoHandler, Instruction, Party):
            rows = child.objects.filter(matter_id=matter.pk).values_list("handling_unit_id", "area_code")
            assert set(rows) == {(housing, matter.area_code)}, child.__name__
        assert not Attachment.objects.exists()


def test_merged_matter_names_the_one_it_went_into(loop: Loop) -> None:
    first, second = loop.record("li_xiuying"), loop.record("li_xiuying", title="还是那位老人")
    assert loop.refusal("lin_xiaowen", "merge", second, into_id=second.pk) == "merge.into_itself"
    merged = loop.do("lin_xiaowen", "merge", second, into_id=first.pk)
    seen = loop.detail("lin_xiaowen", merged)
    assert (seen.matter.state, seen.matter.merged_into, seen.running) == ("merged", first, None)
    assert seen.entries[0].facts == {"into": first.number, "sameness": "same_event"}
    third = loop.record("li_xiuying", title="又是那位老人")
    assert loop.refusal("lin_xiaowen", "merge", third, into_id=second.pk) == "merge.target_merged"
    ended = loop.reach("closed")
    assert loop.refusal("lin_xiaowen", "merge", third, into_id=ended.pk) == "merge.target_ended"


def test_matter_is_not_merged_into_one_out_of_sight(loop: Loop) -> None:
    matter, far = loop.record("li_xiuying"), loop.record("fan_jinsheng", area_code=CHENGDONG)
    for key in (far.pk, uuid7()):
        assert loop.refusal("lin_xiaowen", "merge", matter, into_id=key) == "record.not_found"


def test_reopened_matter_goes_through_the_desk_again_and_is_counted(loop: Loop) -> None:
    matter = loop.do("lin_xiaowen", "reopen", loop.reach("closed"), reason="又走失了")
    assert (matter.state, matter.reopenings, matter.running_clock) == ("assessed", 1, "assignment")
    assert matter.handling_unit_id == matter.desk_unit_id
    matter = loop.do("lin_xiaowen", "assign", matter, unit_id=loop.cast.unit("zhukou_station"))
    assert loop.do("zheng_haifeng", "take", matter).handler_member_id == loop.cast.members["zheng_haifeng"]


def test_rework_is_counted_each_time_and_runs_its_own_clock(loop: Loop) -> None:
    matter = loop.reach("fed_back")
    for reworks in (1, 2):
        matter = loop.do("lin_xiaowen", "rework", matter, reason="没办好")
        assert (matter.reworks, matter.state, matter.running_clock) == (reworks, "handling", "rework")
        matter = loop.do("wang_jianguo", "feed_back", matter, result="重新办了")
    assert loop.do("lin_xiaowen", "verify", matter).state == "verified"


@pytest.mark.parametrize("given", ["", "satisfied"])
def test_satisfaction_given_at_closing_is_kept_unless_a_new_one_is_given(loop: Loop, given: Any) -> None:
    matter = loop.do("lin_xiaowen", "rate", loop.reach("verified"), satisfaction="fairly")
    matter = loop.do("lin_xiaowen", "close", matter, satisfaction=given)
    assert matter.satisfaction == (given or "fairly")


def test_grant_is_given_once_and_to_outsiders_only(loop: Loop) -> None:
    matter = loop.reach("assessed")
    with scoped(loop.cast.actor("lin_xiaowen")):
        assert not Grant.objects.filter(subject_id=matter.pk).exists()
    for _ in range(2):
        loop.do("zhou_yulan", "assign", matter, unit_id=loop.cast.unit("fire_rescue"))
        matter = loop.do("xu_lixin", "return_back", matter, reason="不属消防")
    with scoped(loop.cast.actor("xu_lixin")):
        grants = list(Grant.objects.filter(subject_id=matter.pk))
    assert [(one.unit_id, one.reason) for one in grants] == [(loop.cast.unit("fire_rescue"), "handed_over")]
    assert grants[0].given_at > NOW
