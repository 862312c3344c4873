"""A matter changes hands on its way: sent elsewhere by the desk, handed to a successor; its clock runs on."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cast import SYSTEM, Cast
from tests.matters.conftest import Loop
from tests.matters.test_handover import bounced, watchers
from yicun.base import inbox
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import Clock, Entry, Matter

GONE = {"reason": "调离本所"}


def running(matter: Matter) -> tuple[Any, ...]:
    with scoped(SYSTEM):
        clock = Clock.objects.get(matter_id=matter.pk, ended_at__isnull=True)
        stored = Matter.objects.get(pk=matter.pk)
    assert (stored.running_clock, stored.due_at) == (clock.name, clock.due_at)
    return clock.pk, clock.name, clock.started_at, clock.due_at


def notices(cast: Cast, username: str) -> set[str]:
    actor = cast.actor(username)
    with scoped(actor):
        return set(inbox.for_actor(actor).values_list("kind", flat=True))


@pytest.mark.parametrize("state", ["assigned", "handling"])
def test_desk_sends_a_matter_to_another_unit_without_a_bounce(loop: Loop, state: str) -> None:
    matter, housing = loop.reach(state), loop.cast.unit("housing_bureau")
    clock = running(matter)
    assert loop.refusal("wang_jianguo", "reassign", matter, unit_id=housing, **GONE) == "step.forbidden"
    assert loop.refusal("luo_xiaomei", "reassign", matter, unit_id=housing, **GONE) == "record.not_found"
    for name in ("unit_id", "reason"):
        given: dict[str, Any] = {"unit_id": housing, "reason": "归住建管"} | {name: ""}
        assert loop.refusal("lin_xiaowen", "reassign", matter, **given) == "step.incomplete"
    done = loop.do("lin_xiaowen", "reassign", matter, unit_id=housing, reason="归住建管")
    assert (done.state, done.handling_unit_id, done.handler_member_id, done.bounces) == (
        "assigned",
        housing,
        None,
        0,
    )
    assert running(matter) == clock, "the same clock, not started anew"
    with scoped(SYSTEM):
        entry = Entry.objects.filter(matter_id=matter.pk).latest("at")
        audited = AuditEntry.objects.filter(subject_id=str(matter.pk)).latest("id")
    assert (entry.verb, entry.text, entry.facts["unit"]) == ("reassign", "归住建管", "泰宁县住房和城乡建设局")
    assert entry.facts["before"].startswith("泰宁县公安局朱口派出所")
    assert (audited.verb, audited.unit_id) == ("reassign", housing)
    assert loop.do("gao_yuming", "take", matter).state == "handling"


def test_giver_goes_on_seeing_what_was_sent_elsewhere(loop: Loop) -> None:
    matter = loop.reach("assessed")
    judicial, housing = loop.cast.unit("zhukou_judicial"), loop.cast.unit("housing_bureau")
    loop.do("lin_xiaowen", "assign", matter, unit_id=judicial)
    loop.do("he_meizhen", "take", matter)
    loop.do("lin_xiaowen", "reassign", matter, unit_id=housing, reason="改由住建办理")
    assert watchers(loop, matter, "he_meizhen", "gao_yuming", "xu_lixin", "lin_xiaowen") == {
        "he_meizhen",
        "gao_yuming",
        "lin_xiaowen",
    }
    assert "reassigned" in notices(loop.cast, "he_meizhen")
    assert "assigned" in notices(loop.cast, "gao_yuming")


def test_unit_lead_changes_the_person_inside_the_unit_only(loop: Loop) -> None:
    matter = loop.reach("assessed")
    judicial, members = loop.cast.unit("zhukou_judicial"), loop.cast.members
    loop.do("lin_xiaowen", "assign", matter, unit_id=judicial, member_id=members["he_meizhen"])
    elsewhere = {"unit_id": loop.cast.unit("housing_bureau"), "reason": "不归我们"}
    assert loop.refusal("he_meizhen", "reassign", matter, **elsewhere) == "reassign.outside_unit"
    same = {"unit_id": judicial, "member_id": members["he_meizhen"], "reason": "x"}
    assert loop.refusal("he_meizhen", "reassign", matter, **same) == "reassign.unchanged"
    stranger = same | {"member_id": members["gao_yuming"]}
    assert loop.refusal("he_meizhen", "reassign", matter, **stranger) == "matter.member_not_there"
    unknown = {"unit_id": 999_999, "reason": "x"}
    assert loop.refusal("lin_xiaowen", "reassign", matter, **unknown) == "matter.unit_unknown"
    freed = loop.do("he_meizhen", "reassign", matter, unit_id=judicial, reason="外出学习")
    assert (freed.handler_member_id, freed.handler_label, freed.state) == (None, "", "assigned")


def test_chief_names_another_officer_and_the_new_one_takes_it(loop: Loop) -> None:
    matter, station = loop.reach("handling"), loop.cast.unit("zhukou_station")
    clock, zheng = running(matter), loop.cast.members["zheng_haifeng"]
    done = loop.do("chen_zhiming", "reassign", matter, unit_id=station, member_id=zheng, reason="本人休假")
    assert (done.state, done.handler_member_id) == ("assigned", zheng)
    assert running(matter) == clock
    assert loop.refusal("wang_jianguo", "take", matter) == "step.forbidden"
    assert loop.do("zheng_haifeng", "take", matter).state == "handling"
    assert "reassigned" in notices(loop.cast, "wang_jianguo")


def test_pause_goes_on_in_other_hands(loop: Loop) -> None:
    matter, station = loop.reach("handling"), loop.cast.unit("zhukou_station")
    loop.do("wang_jianguo", "pause", matter, pause_reason="materials", text="等户主")
    zheng = loop.cast.members["zheng_haifeng"]
    loop.do("lin_xiaowen", "reassign", matter, unit_id=station, member_id=zheng, reason="换人")
    loop.do("zheng_haifeng", "take", matter)
    assert loop.detail("zheng_haifeng", matter).matter.due_at is None
    assert loop.do("zheng_haifeng", "resume", matter).due_at is not None


def test_ruled_matter_is_sent_elsewhere_by_the_tie_breaker_alone(loop: Loop) -> None:
    matter = bounced(loop, 2)
    station, housing = loop.cast.unit("zhukou_station"), loop.cast.unit("housing_bureau")
    loop.do("wu_guoping", "assign", matter, unit_id=station)
    loop.do("wang_jianguo", "take", matter)
    for username in ("lin_xiaowen", "chen_zhiming"):
        refused = loop.refusal(username, "reassign", matter, unit_id=housing, reason="不归我们")
        assert refused == "bounce.final"
    zheng = loop.cast.members["zheng_haifeng"]
    within = loop.do("lin_xiaowen", "reassign", matter, unit_id=station, member_id=zheng, reason="换人")
    assert (within.ruled_unit_id, within.is_tie_broken) == (station, True)
    ruled = loop.do("wu_guoping", "reassign", matter, unit_id=housing, reason="重新裁定")
    assert (ruled.ruled_unit_id, ruled.is_tie_broken, ruled.bounces) == (housing, True, 2)
    assert loop.refusal("gao_yuming", "return_back", matter, reason="不归我们") == "bounce.final"


HANDED = [
    ("assigned", (), "zheng_haifeng"),
    ("handling", (), "zheng_haifeng"),
    ("handling", (("chen_zhiming", "defer", {"reason": "等汛期过去"}),), "zheng_haifeng"),
    ("fed_back", (), "zheng_haifeng"),
    ("verified", (), "zheng_haifeng"),
]


@pytest.mark.parametrize(("state", "before", "successor"), HANDED)
def test_matter_is_handed_to_a_successor_in_whatever_state_it_is(
    loop: Loop, state: str, before: tuple[tuple[str, str, dict[str, str]], ...], successor: str
) -> None:
    to = loop.cast.members[successor]
    if state == "assigned":
        named = {"unit_id": loop.cast.unit("zhukou_station"), "member_id": loop.cast.members["wang_jianguo"]}
        matter = loop.do("lin_xiaowen", "assign", loop.reach("assessed"), **named)
    else:
        matter = loop.reach(state)
    for username, action, given in before:
        matter = loop.do(username, action, matter, **given)
    clock, stood = running(matter), matter.state
    assert loop.refusal("zheng_haifeng", "hand_over", matter, to_member_id=to, **GONE) == "step.forbidden"
    assert loop.refusal("luo_xiaomei", "hand_over", matter, to_member_id=to, **GONE) == "record.not_found"
    for name in ("to_member_id", "reason"):
        incomplete: dict[str, Any] = {"to_member_id": to, **GONE} | {name: ""}
        assert loop.refusal("wang_jianguo", "hand_over", matter, **incomplete) == "step.incomplete"
    done = loop.do("wang_jianguo", "hand_over", matter, to_member_id=to, **GONE)
    assert (done.state, done.handler_member_id, done.handler_label) == (
        stood,
        to,
        loop.cast.actor(successor).label,
    )
    assert running(matter) == clock
    with scoped(SYSTEM):
        entry = Entry.objects.filter(matter_id=matter.pk).latest("at")
        assert AuditEntry.objects.filter(subject_id=str(matter.pk)).latest("id").verb == "hand_over"
    assert (entry.verb, entry.text) == ("hand_over", "调离本所")
    assert entry.facts == {"before": "王建国（社区民警）", "member": done.handler_label}
    assert {"handed_over"} <= notices(loop.cast, successor)
    assert "reassigned" not in notices(loop.cast, "wang_jianguo"), "he gave it away himself"


def test_lead_hands_over_for_somebody_who_is_gone(loop: Loop) -> None:
    """A village officer's matter lies with a working point under the station: its chief leads there too."""
    matter, longhu = loop.reach("assessed"), loop.cast.unit("longhu_point")
    loop.do("lin_xiaowen", "assign", matter, unit_id=longhu, member_id=loop.cast.members["li_xiuying"])
    station_officer = loop.cast.members["wang_jianguo"]
    refused = loop.refusal("chen_zhiming", "hand_over", matter, to_member_id=station_officer, **GONE)
    assert refused == "matter.member_not_there", "a successor serves in the unit that holds the matter"
    again = loop.cast.members["li_xiuying"]
    assert (
        loop.refusal("chen_zhiming", "hand_over", matter, to_member_id=again, **GONE)
        == "hand_over.same_person"
    )
    assert loop.refusal("he_meizhen", "hand_over", matter, to_member_id=again, **GONE) == "record.not_found"


def test_matter_named_for_nobody_needs_no_successor(loop: Loop) -> None:
    matter = loop.reach("assigned")
    to = loop.cast.members["zheng_haifeng"]
    assert (
        loop.refusal("wang_jianguo", "hand_over", matter, to_member_id=to, **GONE) == "hand_over.nobody_named"
    )
    waiting = loop.reach("assessed")
    assert loop.refusal("chen_zhiming", "hand_over", waiting, to_member_id=to, **GONE) == "step.unavailable"
    assert loop.refusal("lin_xiaowen", "hand_over", matter, to_member_id="x", **GONE) == "value.malformed"


def test_successor_hears_of_a_matter_once_and_the_leaver_of_none_that_others_gave_away(loop: Loop) -> None:
    matter = loop.reach("handling")
    to = loop.cast.members["zheng_haifeng"]
    loop.do("chen_zhiming", "hand_over", matter, to_member_id=to, **GONE)
    assert "reassigned" in notices(loop.cast, "wang_jianguo")
    assert loop.refusal("wang_jianguo", "feed_back", matter, result="已办") == "step.forbidden"
    assert loop.do("zheng_haifeng", "feed_back", matter, result="已办").state == "fed_back"


def test_what_is_in_somebodys_hands_is_what_is_open_and_named_for_him(loop: Loop) -> None:
    wang = loop.cast.members["wang_jianguo"]
    mine = [loop.reach(state) for state in ("handling", "fed_back", "verified")]
    deferred = loop.do("chen_zhiming", "defer", loop.reach("handling"), reason="等汛期过去")
    loop.reach("closed")
    loop.reach("assigned")
    given_away = loop.reach("handling")
    loop.do("wang_jianguo", "hand_over", given_away, to_member_id=loop.cast.members["zheng_haifeng"], **GONE)
    for username, expected in (
        ("chen_zhiming", {*mine, deferred}),
        ("wang_jianguo", {*mine, deferred}),
        ("luo_xiaomei", set()),
        ("xu_lixin", set()),
    ):
        actor = loop.cast.actor(username)
        with scoped(actor):
            found = queries.in_hands_of(wang, actor)
        assert set(found) == expected, username
    with scoped(SYSTEM):
        pressing = [matter.due_at for matter in queries.in_hands_of(wang, SYSTEM) if matter.due_at]
    assert pressing == sorted(pressing)


def test_version_that_was_looked_at_is_asked_for(loop: Loop) -> None:
    matter = loop.reach("handling")
    loop.do("wang_jianguo", "note", matter, text="又去看了")
    actor, to = loop.cast.actor("wang_jianguo"), loop.cast.members["zheng_haifeng"]
    with scoped(actor), pytest.raises(Refused) as refused:
        services.hand_over(
            matter_id=matter.pk,
            to_member_id=to,
            reason="调离",
            actor=actor,
            now=loop.now + timedelta(hours=1),
            version=matter.version,
        )
    assert refused.value.code == "matter.changed"
