"""Meetings from the invitation to the decision carried out: who writes, who reads, what each refusal is called."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cast import CHENGDONG, NOW, SYSTEM, TODAY, ZHUKOU_VILLAGE
from tests.orglife.conftest import Room
from tests.relief.conftest import Desk
from yicun.base.documents import render_pdf
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters.models import Matter
from yicun.orglife import queries, services
from yicun.orglife.models import Decision, Meeting, WorkSystem
from yicun.relief.models import Fulfilment


def test_a_decision_is_a_matter_in_the_hands_of_the_unit_named(room: Room) -> None:
    meeting = room.hold()
    decision = room.decide(meeting, area_code=ZHUKOU_VILLAGE)
    with scoped(SYSTEM):
        matter = Matter.objects.get(pk=decision.matter_id)
    assert (matter.channel, matter.kind, matter.state) == ("meeting", "hazard", "assigned")
    assert (matter.handling_unit_id, matter.area_code) == (room.cast.unit("zhukou_station"), ZHUKOU_VILLAGE)
    assert "2026-12-02 前办结" in matter.body
    row = room.detail("chen_zhiming", meeting).decisions[0]
    assert (row.number, row.state, row.is_open, row.is_late) == (matter.number, "待接办", True, False)


def test_a_decision_is_carried_out_when_its_matter_is_closed(room: Room) -> None:
    meeting = room.hold()
    decision = room.decide(meeting)
    loop = room.loop
    loop.do("wang_jianguo", "take", decision.matter_id)
    loop.do("wang_jianguo", "feed_back", decision.matter_id, result="已查完")
    loop.do("lin_xiaowen", "verify", decision.matter_id)
    assert room.detail("chen_zhiming", meeting).decisions[0].is_open
    loop.do("lin_xiaowen", "close", decision.matter_id)
    row = room.detail("chen_zhiming", meeting).decisions[0]
    assert (row.state, row.is_open) == ("已办结", False)


def test_what_the_last_meeting_left_open_comes_first_in_the_next(room: Room) -> None:
    first = room.hold(held_on=TODAY - timedelta(days=7))
    decision = room.decide(first)
    room.hold(system_code="border", agenda=("无关的会",))
    second = room.hold(agenda=("本周警情",))
    agenda = room.detail("chen_zhiming", second).agenda
    assert [(item.is_carried, item.matter_id) for item in agenda] == [
        (True, decision.matter_id),
        (False, None),
    ]
    assert agenda[0].text == "上次决定还没有办结：下周三前查完朱口村的电线"


def test_a_line_of_the_agenda_leads_to_the_matter_it_names(room: Room) -> None:
    own = room.loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE)
    foreign = room.loop.record("luo_xiaomei", area_code=CHENGDONG)
    meeting = room.hold(agenda=(f"{own.number} 怎么办", f"{foreign.number} 怎么办", "本周警情"))
    assert [item.matter_id for item in room.detail("chen_zhiming", meeting).agenda] == [own.pk, None, None]


def test_a_decision_past_its_day_says_so_until_it_is_done(room: Room) -> None:
    meeting = room.hold()
    room.decide(meeting, due_on=TODAY + timedelta(days=1))
    room.now = NOW + timedelta(days=3)
    assert room.detail("chen_zhiming", meeting).decisions[0].is_late


def test_a_matter_out_of_sight_shows_nothing_but_that(room: Room) -> None:
    """The border meeting: the other side took part, and sees what was decided, but not our matter."""
    meeting = room.hold(system_code="border", unit_ids=(room.cast.unit("shancheng_station"),))
    room.decide(meeting)
    row = room.detail("qiu_wenbin", meeting).decisions[0]
    assert (row.number, row.state, row.is_visible) == ("", "不在您的范围内", False)


def test_who_took_part_reads_and_who_did_not_finds_nothing(room: Room) -> None:
    alone = room.hold()
    both = room.hold(
        system_code="border", unit_ids=(room.cast.unit("shancheng_station"),), offices=("邻县大布派出所",)
    )
    assert room.detail("qiu_wenbin", both).attendance == ["杉城派出所", "邻县大布派出所"]
    assert room.refusal("detail", "qiu_wenbin", alone) == "record.not_found"
    assert room.refusal("decide", both, "qiu_wenbin") == "meeting.not_host"
    assert room.refusal("decide", alone, "qiu_wenbin") == "record.not_found"


def test_an_officer_without_office_records_no_meeting(room: Room) -> None:
    assert room.refusal("hold", "wang_jianguo") == "meeting.not_host"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"system_code": "tea_party"}, "meeting.system_unknown"),
        ({"held_on": TODAY + timedelta(days=1)}, "meeting.in_future"),
        ({"held_on": date(1900, 1, 1)}, "value.date_out_of_range"),
        ({"minutes_spent": 0}, "meeting.time_wrong"),
        ({"people": 501}, "meeting.people_wrong"),
        ({"unit_ids": (999_999,)}, "meeting.unit_unknown"),
        ({"agenda": tuple(f"议题{n}" for n in range(41))}, "meeting.too_many_lines"),
        ({"place": "长" * 101}, "value.too_long"),
        ({"text": "响\x07铃"}, "text.control_characters"),
    ],
)
def test_a_meeting_that_cannot_have_been_is_refused(room: Room, changed: dict[str, Any], code: str) -> None:
    assert room.refusal("hold", **changed) == code
    with scoped(SYSTEM):
        assert Meeting.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"text": "  "}, "decision.text_missing"),
        ({"kind": "incident"}, "value.unknown_choice"),
        ({"due_on": TODAY - timedelta(days=1)}, "decision.due_wrong"),
        ({"due_on": date(2030, 1, 1)}, "decision.due_wrong"),
        ({"due_on": None}, "decision.due_wrong"),
        ({"unit_id": None}, "decision.unit_unknown"),
        ({"unit_id": 999_999}, "decision.unit_unknown"),
        ({"area_code": 123}, "matter.area_unknown"),
    ],
)
def test_a_decision_that_says_too_little_leaves_no_matter(
    room: Room, changed: dict[str, Any], code: str
) -> None:
    meeting = room.hold()
    assert room.refusal("decide", meeting, **changed) == code
    with scoped(SYSTEM):
        assert (Decision.objects.count(), Matter.objects.count()) == (0, 0)


def test_the_same_form_twice_is_one_meeting_and_one_decision(room: Room) -> None:
    key, other = uuid7(), uuid7()
    meeting = room.hold(id=key)
    assert room.refusal("hold", id=key) == "meeting.already_stored"
    room.decide(meeting, matter_id=other)
    assert room.refusal("decide", meeting, matter_id=other) == "matter.already_stored"


def test_minutes_are_put_right_by_the_host_and_never_overwritten_unseen(room: Room) -> None:
    meeting = room.hold(text="第一稿")
    actor = room.cast.actor("lin_xiaowen")
    given: dict[str, Any] = {"meeting_id": meeting.pk, "actor": actor, "now": NOW}
    with scoped(actor):
        assert services.write_minutes(text="第二稿", version=1, **given).version == 2
        with pytest.raises(Refused) as refused:
            services.write_minutes(text="第三稿", version=1, **given)
    assert refused.value.code == "meeting.changed"
    with scoped(SYSTEM):
        verbs = AuditEntry.objects.filter(subject="orglife.meeting").order_by("id")
        assert [entry.verb for entry in verbs] == ["hold", "write_minutes"]


def test_a_unit_sees_which_meetings_it_owes(room: Room) -> None:
    assert room.standing("chen_zhiming")["alarm_briefing"] == "还没有开过"
    assert room.standing("wang_jianguo") == {}
    room.hold(held_on=TODAY)
    assert room.standing("chen_zhiming")["alarm_briefing"] == "本期已开"
    room.now = NOW + timedelta(days=7)
    assert room.standing("chen_zhiming")["alarm_briefing"] == "12月6日前要开"
    room.now = NOW + timedelta(days=15)
    assert room.standing("chen_zhiming")["alarm_briefing"] == "欠 1 次"


def test_the_briefing_counts_what_the_unit_received_since_the_last_meeting(room: Room) -> None:
    room.loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE)
    room.loop.record("luo_xiaomei", area_code=CHENGDONG)
    briefing = room.detail("chen_zhiming", room.hold()).briefing
    assert [(label, count) for _, label, count in briefing.kinds] == [("求助", 1)]
    assert [(code, count) for code, _, count in briefing.villages] == [(ZHUKOU_VILLAGE, 1)]
    county = room.detail("zhou_yulan", room.hold("zhou_yulan")).briefing
    assert county.total == 2


def test_time_is_counted_for_the_unit_never_for_a_person(room: Room) -> None:
    room.hold(minutes_spent=90, people=5)
    room.hold(system_code="night_school", minutes_spent=30, people=8)
    actor = room.cast.actor("chen_zhiming")
    with scoped(actor):
        burden = queries.burden_of(actor, room.cast.unit("zhukou_station"), TODAY)
    assert burden == {"number": 2, "hours": "11.5"}


def test_a_meeting_fulfils_the_demand_that_asked_for_it(room: Room) -> None:
    desk = Desk(room.cast, room.loop)
    demand = desk.running(title="每周开一次警情通报会", cadence="weekly")
    meeting = room.hold(demand_id=demand.pk)
    with scoped(SYSTEM):
        assert [(one.source, one.source_id) for one in Fulfilment.objects.all()] == [("meeting", meeting.pk)]
    assert desk.owed("chen_zhiming") == []
    assert room.refusal("hold", demand_id=uuid7()) == "record.not_found"


def test_the_minutes_print_with_their_decisions(room: Room) -> None:
    meeting = room.hold(text="会上通报了本周警情", agenda=("本周警情",))
    room.decide(meeting)
    data = queries.paper_of(room.detail("chen_zhiming", meeting))
    assert [one["state"] for one in data["decisions"]] == ["待接办"]
    assert render_pdf("meeting_minutes", data).startswith(b"%PDF")


def test_a_county_puts_its_own_systems_in_the_place_of_ours(room: Room, tmp_path: Path) -> None:
    head = "code,name,cadence,held_by,takes_part,starts_on,source\n"
    (tmp_path / "systems.csv").write_text(
        head + "alarm_briefing,警情分析例会,monthly,station,全所,2026-11-01,本县\n"
    )
    with scoped(SYSTEM):
        given: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "folder": tmp_path}
        assert (services.load_systems(**given), services.load_systems(**given)) == (1, 0)
        names = [one.name for one in queries.systems_at(TODAY) if one.code == "alarm_briefing"]
        kept = WorkSystem.objects.filter(code="alarm_briefing").count()
    assert (names, kept) == (["警情分析例会"], 2)


@pytest.mark.parametrize(
    "line", ["x,名,hourly,station,全所,2026-01-01,本县", "x,名,weekly,station,全所,soon,本县"]
)
def test_a_table_of_systems_that_cannot_be_read_is_refused_whole(
    room: Room, tmp_path: Path, line: str
) -> None:
    head = "code,name,cadence,held_by,takes_part,starts_on,source\n"
    (tmp_path / "systems.csv").write_text(head + line + "\n")
    with pytest.raises(Refused) as refused, scoped(SYSTEM):
        services.load_systems(actor=SYSTEM, now=NOW, folder=tmp_path)
    assert refused.value.code == "reference.file_unreadable"
