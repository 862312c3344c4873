"""The pages of matters that come together, come apart and change hands."""

from tests.house.queries import queries
from tests.matters.conftest import Loop
from tests.matters.test_pages_steps import past_loop, press
from tests.matters.visits import SignIn, now_loop, page, signed_in
from yicun.kernel.ids import uuid7

__all__ = ["now_loop", "past_loop", "signed_in"]


def test_desk_finds_reads_both_and_merges(past_loop: Loop, signed_in: SignIn) -> None:
    kept = past_loop.record("lin_xiaowen", title="桥头路灯不亮", body="第一个电话")
    other = past_loop.record("lin_xiaowen", title="有人卖假药", body="集市上")
    matter = past_loop.record("lin_xiaowen", title="桥头路灯又不亮", body="第二个电话")
    desk, address = signed_in("lin_xiaowen"), f"/matters/{matter.pk}/merge-into"
    assert address in page(desk, f"/matters/{matter.pk}/")
    html = page(desk, address)
    assert "桥头路灯不亮" in html
    assert "有人卖假药" not in html
    assert "有人卖假药" in page(desk, f"{address}?q=假药")
    assert "没有找到还在办理的事项" in page(desk, f"{address}?q=没有这样的事")
    html = page(desk, f"{address}?into={kept.pk}")
    assert "第一个电话" in html
    assert "第二个电话" in html
    assert f'name="into" value="{kept.number}"' in html
    answer = press(desk, matter, "merge", into=kept.number, sameness="follow_up", text="又来一个电话")
    assert answer.status_code == 302
    seen = page(desk, f"/matters/{kept.pk}/")
    assert "并入本件的事项（1 件）" in seen
    assert "后续情况" in seen
    told = desk.get(f"/api/v1/matters/{kept.pk}").json()["merged"]
    assert [(one["number"], one["sameness"], one["state_before"]) for one in told] == [
        (matter.number, "follow_up", "recorded")
    ]
    assert desk.get(f"/api/v1/matters/{matter.pk}").json()["survivor"]["number"] == kept.number
    assert "现在办到" in page(desk, f"/matters/{matter.pk}/")
    assert desk.get(address).status_code == 302, "a merged matter is merged no further"
    assert "不能并入" in page(desk, f"/matters/{other.pk}/merge-into?into={matter.pk}")
    assert press(desk, matter, "unmerge", reason="不是同一盏灯").status_code == 302
    assert "并入本件的事项" not in page(desk, f"/matters/{kept.pk}/")


def test_what_one_may_not_see_is_not_offered_and_answers_as_nothing(
    past_loop: Loop, signed_in: SignIn
) -> None:
    matter, far = past_loop.record("lin_xiaowen"), past_loop.record("fan_jinsheng", area_code=350429100001000)
    desk, address = signed_in("lin_xiaowen"), f"/matters/{matter.pk}/merge-into"
    answers = [desk.get(f"{address}?into={key}") for key in (far.pk, uuid7())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert (
        far.number
        not in page(desk, f"{address}?q={far.number}")
        .partition('id="search-title"')[2]
        .partition("plain-list")[2]
    )
    assert desk.get(f"{address}?into=nonsense").status_code == 200
    assert desk.get(f"{address}?q={'长' * 300}").status_code == 200
    assert desk.get(f"/matters/{far.pk}/merge-into").status_code == 404


def test_choosing_costs_a_fixed_number_of_queries(past_loop: Loop, signed_in: SignIn) -> None:
    matter, desk = past_loop.record("lin_xiaowen"), signed_in("lin_xiaowen")
    for number in range(3):
        past_loop.record("lin_xiaowen", title=f"老人走失{number}")
    page(desk, f"/matters/{matter.pk}/merge-into")
    with queries(19):
        page(desk, f"/matters/{matter.pk}/merge-into")


def test_desk_sends_elsewhere_and_officer_hands_over(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling")
    desk, officer = signed_in("lin_xiaowen"), signed_in("wang_jianguo")
    assert "改派到" in page(desk, f"/matters/{matter.pk}/")
    html = page(officer, f"/matters/{matter.pk}/")
    assert "改派到" not in html
    zheng = past_loop.cast.members["zheng_haifeng"]
    assert f'value="{zheng}"' in html.partition('name="to_member_id"')[2].partition("</select>")[0]
    assert press(officer, matter, "hand_over", to_member_id=zheng, reason="").status_code == 422
    assert press(officer, matter, "hand_over", to_member_id=uuid7(), reason="x").status_code == 422
    assert press(officer, matter, "hand_over", to_member_id=zheng, reason="轮岗").status_code == 302
    housing = past_loop.cast.unit("housing_bureau")
    assert press(desk, matter, "reassign", unit_id=housing, reason="归住建管").status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.handling_unit_id) == ("assigned", housing)
    assert "归住建管" in page(desk, f"/matters/{matter.pk}/")


def test_lead_of_a_partner_body_chooses_among_its_own_people(past_loop: Loop, signed_in: SignIn) -> None:
    matter, judicial = past_loop.reach("assessed"), past_loop.cast.unit("zhukou_judicial")
    past_loop.do("lin_xiaowen", "assign", matter, unit_id=judicial)
    html = page(signed_in("he_meizhen"), f"/matters/{matter.pk}/")
    offered = html.partition('id="reassign_unit_id"')[2].partition("</select>")[0]
    assert offered.count("<option") == 1
    assert f'value="{judicial}"' in offered
