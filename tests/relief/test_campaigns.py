"""Campaigns: what counts is data with versions, the numbers come from the matters, each number opens its list."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cast import CHENGDONG, SHANCHENG, TODAY, YINSHAN_VILLAGE, ZHUKOU_VILLAGE
from tests.matters.conftest import Loop
from tests.relief.conftest import Desk
from yicun.base.documents import render_pdf
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.relief import queries
from yicun.relief.models import Demand

WIRING = {"kind": "hazard", "title": "电线老化", "details": {"hazard_kind": "wiring"}}


@pytest.fixture
def campaign(desk: Desk) -> Demand:
    return desk.running(
        title="冬春火灾隐患专项整治",
        defence="rectification",
        counted={"kinds": ["hazard"], "categories": ["hazard_kind=wiring"]},
        starts_on=TODAY - timedelta(days=7),
    )


def seen(desk: Desk, username: str, demand: Demand) -> Any:
    tally = desk.detail(username, demand).tally
    assert tally is not None
    return tally


def test_numbers_are_counted_from_matters_by_week_and_village(desk: Desk, campaign: Demand) -> None:
    loop: Loop = desk.loop
    loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE, **WIRING)
    loop.record("wang_jianguo", area_code=YINSHAN_VILLAGE, **WIRING)
    loop.record("luo_xiaomei", area_code=CHENGDONG, **WIRING)
    loop.record("luo_xiaomei", area_code=CHENGDONG, kind="hazard", details={"hazard_kind": "water"})
    loop.record("luo_xiaomei", area_code=CHENGDONG)
    county = seen(desk, "zhao_min", campaign)
    assert (county.total, county.ended) == (3, 0)
    assert [(row.code, row.by_week) for row in county.villages] == [
        (CHENGDONG, (0, 1)), (YINSHAN_VILLAGE, (0, 1)), (ZHUKOU_VILLAGE, (0, 1)),
    ]  # fmt: skip
    assert county.by_week == (0, 3)


def test_a_station_counts_only_what_it_may_see(desk: Desk, campaign: Demand) -> None:
    desk.loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE, **WIRING)
    desk.loop.record("luo_xiaomei", area_code=CHENGDONG, **WIRING)
    assert seen(desk, "chen_zhiming", campaign).total == 1
    assert seen(desk, "zhao_min", campaign).total == 2


def test_a_new_definition_counts_anew_and_the_old_one_stays(desk: Desk, campaign: Demand) -> None:
    desk.loop.record("luo_xiaomei", area_code=CHENGDONG, kind="hazard", details={"hazard_kind": "water"})
    assert seen(desk, "zhao_min", campaign).total == 0
    desk.do("zhao_min", "define", campaign, kinds=["hazard"], area=str(SHANCHENG), reason="水源也算")
    found = desk.detail("zhao_min", campaign)
    assert [one.version for one in found.definitions] == [2, 1]
    assert found.tally is not None and found.tally.total == 1
    assert found.tally.words == "隐患"
    assert found.history[0].text == "水源也算"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kinds": []}, "step.incomplete"),
        ({"kinds": ["hazard"], "categories": ["hazard_kind=dragon"]}, "campaign.definition_unknown"),
        ({"kinds": ["hazard"], "area": "123456789012345"}, "campaign.definition_unknown"),
        ({"kinds": "hazard"}, "value.malformed"),
        ({"kinds": ["hazard"], "area": "east"}, "value.not_a_number"),
    ],
)
def test_a_definition_of_unknown_words_is_refused(
    desk: Desk, campaign: Demand, given: dict[str, Any], code: str
) -> None:
    assert desk.refusal("zhao_min", "define", campaign, reason="试", **given) == code


def test_the_list_behind_a_number_holds_as_many_matters(desk: Desk, campaign: Demand) -> None:
    desk.loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE, **WIRING)
    desk.loop.record("wang_jianguo", area_code=YINSHAN_VILLAGE, **WIRING)
    actor = desk.cast.actor("zhao_min")
    with scoped(actor):
        found = queries.detail_of(campaign.pk, actor, desk.now)
        assert found.tally is not None
        behind = [
            queries.counted_matters(
                campaign, found.definitions[0], actor, first=week.first, last=week.last, area=row.code
            ).count()
            for row in found.tally.villages
            for week in found.tally.weeks
        ]
    assert behind == [number for row in found.tally.villages for number in row.by_week]


def test_remarks_stand_under_their_stage_and_belong_to_campaigns(desk: Desk, campaign: Demand) -> None:
    desk.do("zhao_min", "remark", campaign, stage="opening", text="部署到各所")
    desk.do("chen_zhiming", "remark", campaign, stage="midway", text="已查三个村")
    assert desk.refusal("zhao_min", "remark", campaign, stage="someday", text="x") == "value.unknown_choice"
    remarks = desk.detail("qiu_wenbin", campaign).remarks
    assert [(stage, [one.text for one in said]) for stage, said in remarks] == [
        ("部署", ["部署到各所"]), ("中期", ["已查三个村"]),
    ]  # fmt: skip
    plain = desk.running(title="普通要求", deliverable="报一次名单", is_no_duplicate=True)
    assert desk.refusal("zhao_min", "remark", plain, stage="opening", text="x") == "campaign.not_one"


def test_the_report_prints_what_was_counted(desk: Desk, campaign: Demand) -> None:
    desk.loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE, **WIRING)
    found = desk.detail("zhao_min", campaign)
    data = queries.paper_of(found, desk.now)
    assert (data["total"], data["villages"][0]["counts"]) == (1, [0, 1])
    assert render_pdf("campaign_report", data).startswith(b"%PDF")


def test_a_demand_that_counts_nothing_prints_no_report(desk: Desk) -> None:
    found = desk.detail("zhao_min", desk.running())
    with pytest.raises(Refused) as refused:
        queries.paper_of(found, desk.now)
    assert refused.value.code == "campaign.nothing_counted"
