"""A demand from the proposal to its end: who may, who may not, and what each refusal is called."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.cast import NOW, SYSTEM, TODAY
from tests.databases import Clone
from tests.matters.test_races import held
from tests.relief.conftest import Desk
from yicun.base.models import AuditEntry, Notice
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.relief import services
from yicun.relief.models import Demand, Fulfilment
from yicun.relief.rules.flow import WORKFLOW
from yicun.relief.services.stepping import WAYS


def test_a_demand_goes_through_the_gate_to_the_station_and_is_met(desk: Desk) -> None:
    demand = desk.propose()
    assert demand.state == "proposed"
    assert desk.owed("wang_jianguo") == []
    demand = desk.do("ye_qingfang", "admit", demand)
    assert (demand.state, demand.gate_label) == ("running", "叶清芳（活动办）")
    assert desk.owed("wang_jianguo") == ["冬季消防宣传进村"]
    assert desk.owed("xu_lixin") == []
    desk.do("wang_jianguo", "fulfil", demand, text="朱口村、音山村都开了会")
    assert desk.owed("wang_jianguo") == []
    assert desk.owed("fan_jinsheng") == ["冬季消防宣传进村"]
    row = desk.detail("zhao_min", demand).row
    assert row.standing == "本期 1/2 个单位已完成"


def test_every_step_writes_an_audit_entry_of_its_own_verb(desk: Desk) -> None:
    demand = desk.running()
    desk.do("chen_zhiming", "appoint", demand, member_id=desk.cast.members["wang_jianguo"])
    desk.do("wang_jianguo", "fulfil", demand, text="已开会")
    desk.do("ye_qingfang", "renew", demand, expires_on=TODAY + timedelta(days=90), reason="春节后再看")
    desk.do("zhao_min", "complete", demand, text="做得够了")
    with scoped(SYSTEM):
        verbs = AuditEntry.objects.filter(subject="relief.demand").order_by("id")
        assert [entry.verb for entry in verbs] == [
            "propose", "admit", "start", "appoint", "fulfil", "renew", "complete",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"authority": ""}, "demand.no_authority"),
        ({"authority": "上级要求"}, "demand.authority_too_vague"),
        ({"authority": "上级有关会议精神要求"}, "demand.authority_too_vague"),
        ({"units": ()}, "demand.nobody_addressed"),
        ({"units": (999_999,)}, "demand.unit_unknown"),
        ({"expires_on": date(2026, 11, 1)}, "demand.period_wrong"),
        ({"starts_on": date(2026, 1, 1), "expires_on": date(2026, 2, 1)}, "demand.over_already"),
        ({"expires_on": date(2028, 1, 1)}, "demand.too_long"),
        ({"expires_on": date(9999, 12, 31)}, "value.date_out_of_range"),
        ({"starts_on": date(1900, 1, 1)}, "value.date_out_of_range"),
        ({"starts_on": date(2026, 8, 22)}, "demand.starts_too_early"),
        ({"minutes": 0}, "demand.minutes_wrong"),
        ({"title": "长" * 81}, "value.too_long"),
        ({"title": "响\x07铃"}, "text.control_characters"),
        ({"list_name": "pushed"}, "value.unknown_choice"),
        ({"roles": ("mayor",)}, "value.unknown_choice"),
        ({"defence": "publicity"}, "campaign.definition_missing"),
        ({"counted": {"kinds": ["hazard"]}}, "campaign.defence_missing"),
        ({"defence": "publicity", "counted": {"kinds": ["rumour"]}}, "campaign.definition_unknown"),
    ],
)
def test_a_proposal_that_says_too_little_is_refused(desk: Desk, changed: dict[str, Any], code: str) -> None:
    assert desk.refused_proposal(**changed) == code
    with scoped(SYSTEM):
        assert Demand.objects.count() == 0


def test_what_the_law_prescribes_may_last_longer_than_a_year(desk: Desk) -> None:
    demand = desk.propose(
        list_name="prescribed",
        expires_on=date(2030, 12, 31),
        authority_kind="law",
        authority="《消防法》第五十三条",
    )
    assert demand.state == "proposed"


def test_an_officer_without_office_asks_nothing_of_stations(desk: Desk) -> None:
    assert desk.refused_proposal("wang_jianguo") == "demand.not_proposer"


def test_a_chief_asks_only_his_own_station(desk: Desk) -> None:
    assert desk.refused_proposal("chen_zhiming") == "demand.beyond_your_reach"
    own = desk.propose("chen_zhiming", units=(desk.cast.unit("zhukou_station"),))
    assert desk.do("ye_qingfang", "admit", own).state == "running"
    assert desk.owed("wang_jianguo") == ["冬季消防宣传进村"]
    assert desk.owed("qiu_wenbin") == []


def test_nobody_keeps_the_gate_for_his_own_demand(desk: Desk) -> None:
    demand = desk.propose("ye_qingfang")
    assert desk.refusal("ye_qingfang", "admit", demand) == "gate.own_demand"
    assert desk.do("zhou_yulan", "admit", demand).state == "running"


def test_what_the_gate_sends_back_comes_again_put_right(desk: Desk) -> None:
    demand = desk.propose()
    assert desk.refusal("ye_qingfang", "return_back", demand) == "step.incomplete"
    assert desk.do("ye_qingfang", "return_back", demand, reason="照片台账不应要求").state == "returned"
    with scoped(desk.cast.actor("zhao_min")):
        told = Notice.objects.get(kind="demand_returned")
    assert told.unit_id == desk.cast.unit("taining_bureau")
    assert desk.refusal("wang_jianguo", "revise", demand, deliverable="x", authority=demand.authority) == (
        "record.not_found"
    )
    again = desk.do("zhao_min", "revise", demand, deliverable="只要开会", authority=demand.authority)
    assert (again.state, again.deliverable) == ("proposed", "只要开会")


def test_a_demand_like_one_in_force_is_shown_before_it_is_stored(desk: Desk) -> None:
    desk.running()
    assert desk.refused_proposal(title="冬季消防宣传进村活动") == "demand.likely_duplicate"
    again = desk.propose(title="冬季消防宣传进村活动", is_no_duplicate=True)
    found = desk.detail("ye_qingfang", again)
    assert [one.title for one in found.alike] == ["冬季消防宣传进村"]


def test_the_same_form_twice_is_one_demand(desk: Desk) -> None:
    key = uuid7()
    desk.propose(id=key)
    assert desk.refused_proposal(id=key, is_no_duplicate=True) == "demand.already_stored"


def test_a_station_reads_nothing_before_it_is_let_in(desk: Desk) -> None:
    demand = desk.propose()
    assert desk.refusal("chen_zhiming", "fulfil", demand, text="做了") == "record.not_found"


def test_who_is_not_asked_cannot_meet_it(desk: Desk) -> None:
    demand = desk.running(units=(desk.cast.unit("zhukou_station"),))
    assert desk.refusal("zhao_min", "fulfil", demand, text="做了") == "step.forbidden"
    assert desk.refusal("fan_jinsheng", "fulfil", demand, text="做了") == "record.not_found"
    other = desk.cast.unit("shancheng_station")
    assert desk.refusal("wang_jianguo", "fulfil", demand, text="做了", unit_id=other) == "demand.not_yours"


def test_a_demand_meant_for_one_role_is_met_by_it_or_by_a_leader(desk: Desk) -> None:
    demand = desk.running(roles=("fire_officer",))
    assert desk.owed("wang_jianguo") == []
    assert desk.refusal("wang_jianguo", "fulfil", demand, text="做了") == "step.forbidden"
    assert desk.owed("zheng_haifeng") == ["冬季消防宣传进村"]
    assert desk.do("zheng_haifeng", "fulfil", demand, text="讲了课").state == "running"


def test_an_office_below_the_station_is_asked_with_it(desk: Desk) -> None:
    demand = desk.running()
    assert desk.owed("huang_defu") == ["冬季消防宣传进村"]
    desk.do("huang_defu", "fulfil", demand, text="协助开会")
    assert desk.owed("chen_zhiming") == []


def test_a_period_is_met_once_and_by_a_record_where_there_is_one(desk: Desk) -> None:
    demand = desk.running()
    matter = desk.loop.record("wang_jianguo")
    assert desk.refusal("wang_jianguo", "fulfil", demand) == "demand.source_missing"
    assert desk.refusal("wang_jianguo", "fulfil", demand, matter_id=str(uuid7())) == "demand.source_unknown"
    desk.do("wang_jianguo", "fulfil", demand, matter_id=str(matter.pk))
    assert desk.refusal("chen_zhiming", "fulfil", demand, text="又做") == "demand.fulfilled_already"
    met = desk.detail("chen_zhiming", demand).met
    assert [(one.doer, one.matter_id) for one in met] == [("王建国（社区民警）", matter.pk)]


def test_a_missed_week_stays_owed_until_it_is_met_late(desk: Desk) -> None:
    demand = desk.running(cadence="weekly")
    desk.now = NOW + timedelta(days=15)
    row = next(row for row in desk.detail("wang_jianguo", demand).asked if row.is_mine)
    assert row.standing == "欠 2 期"
    desk.do("wang_jianguo", "fulfil", demand, text="补上第一周", period_on="2026-11-25")
    assert desk.refusal("wang_jianguo", "fulfil", demand, text="x", period_on="2027-06-01") == (
        "demand.period_closed"
    )
    met = desk.detail("wang_jianguo", demand).met
    assert [(one.period, one.is_late) for one in met] == [("11-23 至 11-29", True)]


def test_only_somebody_of_the_station_is_made_its_owner(desk: Desk) -> None:
    demand = desk.running()
    stranger, own = desk.cast.members["fan_jinsheng"], desk.cast.members["wang_jianguo"]
    assert desk.refusal("chen_zhiming", "appoint", demand, member_id=stranger) == "demand.owner_not_there"
    assert desk.refusal("wang_jianguo", "appoint", demand, member_id=own) == "step.forbidden"
    desk.do("chen_zhiming", "appoint", demand, member_id=own)
    assert desk.detail("chen_zhiming", demand).row.owner == "王建国（社区民警）"
    assert desk.detail("qiu_wenbin", demand).row.owner == "单位领导"


def test_somebody_of_two_units_asked_says_for_which(desk: Desk) -> None:
    both = (desk.cast.unit("zhukou_station"), desk.cast.unit("criminal_division"))
    demand = desk.running(units=both)
    assert desk.refusal("li_xiuying", "fulfil", demand, text="做了") == "demand.unit_missing"
    done = desk.do("li_xiuying", "fulfil", demand, text="做了", unit_id=both[0])
    with scoped(SYSTEM):
        assert [one.handling_unit_id for one in Fulfilment.objects.all()] == [both[0]]
    assert done.state == "running"


@pytest.mark.parametrize(
    ("expires_on", "code"),
    [
        ("2026-12-01", "demand.renewed_backwards"),
        ("2028-06-01", "demand.too_long"),
        ("soon", "value.not_a_date"),
    ],
)
def test_a_renewal_goes_forward_and_a_year_at_most(desk: Desk, expires_on: str, code: str) -> None:
    demand = desk.running()
    assert desk.refusal("ye_qingfang", "renew", demand, expires_on=expires_on, reason="继续") == code


def test_two_people_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    demand = desk.running()
    seen = demand.version
    desk.do("ye_qingfang", "withdraw", demand, reason="不再需要")
    actor = desk.cast.actor("zhao_min")
    with pytest.raises(Refused) as refused, scoped(actor):
        services.complete(demand_id=demand.pk, actor=actor, now=NOW, version=seen)
    assert refused.value.code == "demand.changed"


def test_a_step_that_does_not_exist_or_asks_for_more_is_refused(desk: Desk) -> None:
    demand = desk.running()
    assert desk.refusal("ye_qingfang", "fly", demand) == "step.unavailable"
    assert desk.refusal("ye_qingfang", "expire", demand) == "step.unavailable"
    assert desk.refusal("ye_qingfang", "admit", demand, colour="red") == "demand.field_unknown"
    assert desk.refusal("ye_qingfang", "admit", uuid7()) == "record.not_found"


def test_the_clock_starts_ends_and_completes(desk: Desk) -> None:
    later = desk.propose(starts_on=TODAY + timedelta(days=3), title="下周才开始的检查")
    assert desk.do("ye_qingfang", "admit", later).state == "admitted"
    zhukou = (desk.cast.unit("zhukou_station"),)
    met = desk.running(title="只做一次的登记核对", units=zhukou, is_no_duplicate=True)
    desk.do("wang_jianguo", "fulfil", met, text="已核对")
    over = desk.running(title="短期看护巡逻任务", expires_on=TODAY + timedelta(days=1), is_no_duplicate=True)
    with scoped(SYSTEM):
        moved = services.sweep(actor=SYSTEM, now=NOW + timedelta(days=4))
        again = services.sweep(actor=SYSTEM, now=NOW + timedelta(days=4))
        states = dict(Demand.objects.values_list("pk", "state"))
    assert (moved, again) == (3, 0)
    assert states == {later.pk: "running", met.pk: "done", over.pk: "expired"}


def test_every_step_of_the_table_has_a_way_or_is_the_clocks(desk: Desk) -> None:
    assert {step.action for step in WORKFLOW.steps} - set(WAYS) == {"start", "expire"}


def test_demand_held_by_somebody_else_for_too_long_is_busy(own_database: Clone, desk: Desk) -> None:
    demand = desk.propose()
    with held(own_database, "relief_demand", demand.pk), pytest.raises(Refused) as refused:
        desk.do("ye_qingfang", "admit", demand)
    assert refused.value.code == "server.busy"
    assert desk.do("ye_qingfang", "admit", demand).state == "running"
