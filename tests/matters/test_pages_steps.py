"""Taking steps from the page of a matter: the loop by pressing buttons, and what a refusal leaves behind."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.matters.conftest import Loop
from tests.matters.visits import SignIn, content_of, now_loop, page, signed_in
from yicun.matters.models import Attachment, Entry, Matter

__all__ = ["now_loop", "signed_in"]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def past_loop(now_loop: Loop) -> Loop:
    """So long ago that what the pages do happens after it."""
    now_loop.now -= timedelta(hours=20)
    return now_loop


def press(client: Client, matter: Matter, action: str, **given: object) -> Any:
    matter.refresh_from_db()
    return client.post(f"/matters/{matter.pk}/{action}/", {"version": matter.version, **given})


def photo() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "green").save(drawn, "PNG")
    return SimpleUploadedFile("现场.png", drawn.getvalue(), content_type="image/png")


def test_the_loop_is_walked_by_pressing_buttons(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.record("wang_jianguo")
    desk, officer = signed_in("lin_xiaowen"), signed_in("wang_jianguo")
    station = past_loop.cast.unit("zhukou_station")
    walk: list[tuple[Client, str, dict[str, Any]]] = [
        (desk, "accept", {}),
        (desk, "assess", {"urgency": "ordinary"}),
        (desk, "assign", {"unit_id": station, "member_id": past_loop.cast.members["wang_jianguo"]}),
        (officer, "take", {}),
        (officer, "feed_back", {"result": "已送回家中", "photos": [photo(), photo()]}),
        (desk, "verify", {"is_closed_too": "on", "satisfaction": "satisfied"}),
    ]
    for client, action, given in walk:
        answer = press(client, matter, action, **given)
        assert (action, answer.status_code) == (action, 302)
    matter.refresh_from_db()
    assert (matter.state, matter.satisfaction, matter.handler_label) == (
        "closed",
        "satisfied",
        "王建国（社区民警）",
    )
    assert Attachment.objects.filter(matter_id=matter.pk).count() == 2
    html = page(desk, f"/matters/{matter.pk}/")
    assert html.count("step-done") == 8
    assert "现在要做" not in html


def test_one_press_accepts_and_assesses_and_both_are_in_the_history(
    past_loop: Loop, signed_in: SignIn
) -> None:
    dispute = {"kind": "dispute", "details": {"dispute_type": "0201"}}
    matter, desk = past_loop.record("wang_jianguo", **dispute), signed_in("lin_xiaowen")
    html = page(desk, f"/matters/{matter.pk}/")
    assert 'name="is_assessed_too" id="accept_is_assessed_too" checked' in html
    answer = press(desk, matter, "accept", is_assessed_too="on", urgency="urgent", grade="red", text="转来的")
    assert answer.status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.urgency, matter.grade) == ("assessed", "urgent", "red")
    verbs = list(Entry.objects.filter(matter_id=matter.pk).order_by("at", "id").values_list("verb", "text"))
    assert verbs == [("record", ""), ("accept", "转来的"), ("assess", "")]


def test_only_a_dispute_is_graded(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("accepted")
    assert 'name="grade"' not in page(signed_in("lin_xiaowen"), f"/matters/{matter.pk}/")


def test_accepting_alone_leaves_the_assessment_for_later(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.record("wang_jianguo")
    assert press(signed_in("lin_xiaowen"), matter, "accept", urgency="urgent").status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.urgency) == ("accepted", "ordinary")


@pytest.mark.parametrize(
    ("state", "username", "first"),
    [
        ("recorded", "lin_xiaowen", "受理"),
        ("accepted", "lin_xiaowen", "研判"),
        ("assessed", "lin_xiaowen", "派发"),
        ("assigned", "wang_jianguo", "接办"),
        ("handling", "wang_jianguo", "反馈"),
        ("fed_back", "lin_xiaowen", "核验通过"),
        ("verified", "lin_xiaowen", "办结"),
    ],
)
def test_the_panel_offers_the_step_that_is_waited_for(
    past_loop: Loop, signed_in: SignIn, state: str, username: str, first: str
) -> None:
    matter = past_loop.reach(state)
    html = page(signed_in(username), f"/matters/{matter.pk}/")
    assert f"现在要做：{first}</h2>" in html


def test_a_grid_member_looks_on_without_buttons_for_the_desk(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("accepted", area_code=350429101208001)
    html = page(signed_in("liao_shuifa"), f"/matters/{matter.pk}/")
    assert "/assess/" not in html


def test_whoever_comes_second_keeps_the_text(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling")
    seen = matter.version
    past_loop.do("wang_jianguo", "note", matter, text="又去看了一次")
    answer = signed_in("wang_jianguo").post(
        f"/matters/{matter.pk}/feed_back/", {"version": seen, "result": "已经办好了"}
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "matter.changed" in html
    assert "已经办好了</textarea>" in html
    matter.refresh_from_db()
    assert (matter.state, f'name="version" value="{matter.version}"' in html) == ("handling", True)
    assert answer.headers["HX-Retarget"] == "#main"


def test_without_scripts_the_people_of_another_unit_are_listed_on_demand(
    past_loop: Loop, signed_in: SignIn
) -> None:
    matter = past_loop.reach("assessed")
    desk, unit = signed_in("lin_xiaowen"), past_loop.cast.unit("housing_bureau")
    gao = past_loop.cast.members["gao_yuming"]
    wang = past_loop.cast.members["wang_jianguo"]
    assert str(gao) not in page(desk, f"/matters/{matter.pk}/")
    asked = {"unit_id": unit, "member_id": wang, "text": "请三日内到场", "names_only": "1"}
    answer = press(desk, matter, "assign", **asked)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<option value="{gao}">高裕民' in html
    assert str(wang) not in html.partition('id="assign_member_id"')[2].partition("</select>")[0]
    assert "请三日内到场</textarea>" in html
    assert "field-wrong" not in html
    matter.refresh_from_db()
    assert matter.state == "assessed"
    assert press(desk, matter, "assign", unit_id=unit, member_id=gao).status_code == 302
    matter.refresh_from_db()
    assert matter.handler_label == "高裕民（协同单位经办人）"


def test_the_unit_in_charge_is_suggested_where_nobody_serves_the_village(
    past_loop: Loop, signed_in: SignIn
) -> None:
    matter = past_loop.reach("assessed", area_code=350429101203000, title="开居住证明")
    html = page(signed_in("lin_xiaowen"), f"/matters/{matter.pk}/")
    station = past_loop.cast.unit("zhukou_station")
    assert f'<option value="{station}" selected>朱口派出所　本辖区</option>' in html


def test_the_request_for_more_time_names_unit_and_most(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling", kind="service", details={"service_kind": "other"})
    html = page(signed_in("wang_jianguo"), f"/matters/{matter.pk}/")
    assert "延长多少个工作日" in html
    assert "最多 5 个工作日" in html
    past_loop.do("wang_jianguo", "request_extension", matter, amount=2, reason="路断")
    assert "申请延长 2 个工作日：" in page(signed_in("chen_zhiming"), f"/matters/{matter.pk}/")


def test_a_text_for_a_step_that_is_gone_can_be_copied(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("fed_back")
    answer = press(signed_in("wang_jianguo"), matter, "feed_back", result="第二次写的结果")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "step.unavailable" in html
    assert "第二次写的结果" in html


def test_a_step_without_what_it_needs_names_the_field(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling")
    answer = press(signed_in("wang_jianguo"), matter, "return_back", reason="")
    assert answer.status_code == 422
    assert 'id="return_back_reason_error"' in answer.content.decode()
    matter.refresh_from_db()
    assert matter.state == "handling"


def test_a_bad_photo_stores_neither_photo_nor_feedback(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling")
    bad = SimpleUploadedFile("坏.exe", b"MZ" + b"x" * 600)
    answer = press(signed_in("wang_jianguo"), matter, "feed_back", result="办好了", photos=[photo(), bad])
    assert answer.status_code == 422
    assert "办好了</textarea>" in answer.content.decode()
    matter.refresh_from_db()
    assert (matter.state, Attachment.objects.filter(matter_id=matter.pk).count()) == ("handling", 0)


def test_the_address_of_a_step_leads_back_to_the_matter(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.record("lin_xiaowen")
    client = signed_in("lin_xiaowen")
    for action in ("accept", "nonsense"):
        assert client.get(f"/matters/{matter.pk}/{action}/").headers["Location"] == f"/matters/{matter.pk}/"


def test_the_suggested_unit_stands_first_with_its_reason(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach(
        "assessed", kind="service", title="医保报销比例", details={"service_kind": "advice"}
    )
    html = page(signed_in("lin_xiaowen"), f"/matters/{matter.pk}/")
    suggested = html.partition('<optgroup label="建议">')[2].partition("</optgroup>")[0]
    assert "医保局　按内容建议" in suggested
    assert "朱口派出所　王建国（社区民警）" in suggested


def test_the_members_of_the_chosen_unit_may_be_named(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("assessed")
    unit = past_loop.cast.unit("zhukou_judicial")
    html = page(signed_in("lin_xiaowen"), f"/matters/{matter.pk}/members?unit_id={unit}")
    assert "何美珍" in html
    assert "王建国" not in html


def test_a_merged_matter_names_the_other_one(past_loop: Loop, signed_in: SignIn) -> None:
    kept, double = past_loop.record("lin_xiaowen"), past_loop.record("lin_xiaowen", title="老人又走失")
    client = signed_in("lin_xiaowen")
    wrong = press(client, double, "merge", into="QZ2020-000001")
    assert wrong.status_code == 422
    press(client, double, "merge", into=kept.number)
    assert kept.number in page(client, f"/matters/{double.pk}/")


def test_files_open_only_through_their_matter(past_loop: Loop, signed_in: SignIn) -> None:
    matter, other = past_loop.reach("handling"), past_loop.reach("handling")
    officer = signed_in("wang_jianguo")
    assert press(officer, matter, "attach", photos=[photo()]).status_code == 302
    kept = Attachment.objects.get(matter_id=matter.pk)
    url = f"/matters/{matter.pk}/files/{kept.pk}"
    answer = officer.get(url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert content_of(answer).startswith(b"\xff\xd8")
    strangers = [officer.get(f"/matters/{other.pk}/files/{kept.pk}"), signed_in("luo_xiaomei").get(url)]
    assert [answer.status_code for answer in strangers] == [404, 404]
    assert strangers[0].content == strangers[1].content


def test_the_matter_prints_as_pdf(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("closed")
    answer = signed_in("lin_xiaowen").get(f"/matters/{matter.pk}/print")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_the_deadline_shows_article_and_arithmetic(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling", kind="hazard", title="电线老化", details={"hazard_kind": "wiring"})
    html = page(signed_in("wang_jianguo"), f"/matters/{matter.pk}/")
    shown = html.partition('class="deadline"')[2].partition("</details>")[0]
    assert "依据：" in shown
    assert "届满" in shown


def test_a_paused_clock_says_so_and_offers_to_go_on(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling", kind="hazard", title="电线老化", details={"hazard_kind": "wiring"})
    officer = signed_in("wang_jianguo")
    assert press(officer, matter, "pause", pause_reason="weather", text="大雨").status_code == 302
    html = page(officer, f"/matters/{matter.pk}/")
    assert "计时暂停" in html
    assert f"/matters/{matter.pk}/resume/" in html
    assert f"/matters/{matter.pk}/pause/" not in html
    assert "计时暂停" in page(officer, "/matters/?board=mine")


def test_an_instruction_stands_above_the_form_that_answers_it(past_loop: Loop, signed_in: SignIn) -> None:
    matter = past_loop.reach("handling")
    assert press(signed_in("chen_zhiming"), matter, "instruct", text="今晚办完").status_code == 302
    officer = signed_in("wang_jianguo")
    assert "现在要做：回复批示" in page(officer, f"/matters/{matter.pk}/")
    assert press(officer, matter, "reply", text="收到").status_code == 302
    html = page(officer, f"/matters/{matter.pk}/")
    assert "现在要做：反馈" in html
    assert '<div class="reply"><div class="label">回复</div>收到' in html
