"""The pages of the loop as the cast opens them: what each one shows, and what one press does."""

from typing import Any

import pytest

from tests.cast import ZHUKOU_VILLAGE
from tests.house.queries import queries
from tests.matters.conftest import Loop
from tests.matters.visits import SignIn, now_loop, page, signed_in
from yicun.kernel.ids import uuid7
from yicun.matters.models import Matter, Party
from yicun.matters.rules.drafting import PartyDraft

__all__ = ["now_loop", "signed_in"]


@pytest.mark.parametrize(
    ("username", "first"),
    [
        ("lin_xiaowen", "无人动过"),
        ("wang_jianguo", "我的"),
        ("chen_zhiming", "已逾期"),
        ("zhou_yulan", "无人动过"),
        ("he_meizhen", "我的"),
    ],
)
def test_home_begins_with_what_the_role_answers_for(signed_in: SignIn, username: str, first: str) -> None:
    html = page(signed_in(username), "/")
    assert html.partition('class="tile"')[2].partition('class="label">')[2].startswith(first)


def test_home_shows_what_is_sent_back_before_the_day_ends(now_loop: Loop, signed_in: SignIn) -> None:
    matter = now_loop.reach("assigned", title="路灯不亮")
    now_loop.do("wang_jianguo", "return_back", matter, reason="归住建局管")
    assert "路灯不亮" in page(signed_in("lin_xiaowen"), "/")
    assert "路灯不亮" not in page(signed_in("luo_xiaomei"), "/")


def test_a_chief_finds_the_extension_that_waits_for_him(now_loop: Loop, signed_in: SignIn) -> None:
    matter = now_loop.reach("handling", kind="hazard", title="电线老化", details={"hazard_kind": "wiring"})
    now_loop.do("wang_jianguo", "request_extension", matter, amount=1, reason="等电工")
    assert "等您签批 1 件" in page(signed_in("chen_zhiming"), "/")
    assert "等您签批" not in page(signed_in("wang_jianguo"), "/")
    html = page(signed_in("chen_zhiming"), f"/matters/{matter.pk}/")
    assert "现在要做：同意延期" in html
    assert "等电工" in html


def test_pages_cost_a_fixed_number_of_queries(now_loop: Loop, signed_in: SignIn) -> None:
    for number in range(3):
        now_loop.reach("handling", title=f"事项{number}")
    matter = now_loop.reach("assessed")
    desk = signed_in("lin_xiaowen")
    for url, count in (("/", 17), ("/matters/", 11), (f"/matters/{matter.pk}/", 21), ("/matters/new", 9)):
        page(desk, url)
        with queries(count):
            page(desk, url)


@pytest.mark.parametrize(
    ("board", "title", "hint"),
    [
        ("untouched", "没有无人动过的事项", "会先出现在这里"),
        ("mine", "没有等您办理的事项", "登记事项"),
        ("overdue", "没有逾期的事项", "截止时间已过"),
        ("sent_back", "没有被退回的事项", "要求返工"),
        ("supervised", "没有督办中的事项", "黄牌"),
    ],
)
def test_an_empty_board_says_what_will_stand_there(
    signed_in: SignIn, board: str, title: str, hint: str
) -> None:
    html = page(signed_in("he_meizhen"), f"/matters/?board={board}")
    assert title in html
    assert hint in html


def test_a_filter_narrows_the_board_and_travels_with_the_next_page(now_loop: Loop, signed_in: SignIn) -> None:
    for number in range(22):
        now_loop.record("lin_xiaowen", title=f"求助{number}")
    now_loop.record("lin_xiaowen", kind="service", title="办证", details={"service_kind": "other"})
    desk = signed_in("lin_xiaowen")
    html = page(desk, "/matters/?board=untouched&kind=help")
    assert html.count('class="cell-title"') == 20
    assert "办证" not in html
    after = html.partition("&amp;after=")[2].partition('"')[0]
    second = page(desk, f"/matters/?board=untouched&kind=help&after={after}")
    assert second.count('class="cell-title"') == 2
    assert "kind=help" in second.partition("回第一页")[0].rpartition('class="button" href=')[2]


def test_a_bent_cursor_is_refused_in_words(signed_in: SignIn) -> None:
    answer = signed_in("lin_xiaowen").get("/matters/?after=xyz")
    assert answer.status_code == 422
    assert "list.cursor_malformed" in answer.content.decode()


def test_a_search_from_the_frame_looks_through_everything(now_loop: Loop, signed_in: SignIn) -> None:
    matter = now_loop.reach("closed", title="羊群跑进菜地")
    html = page(signed_in("lin_xiaowen"), "/matters/?q=羊群")
    assert matter.number in html


def test_the_place_picker_answers_to_initials(signed_in: SignIn) -> None:
    found = signed_in("wang_jianguo").get("/matters/places?q=zkc").json()
    assert {"code": str(ZHUKOU_VILLAGE), "name": "朱口村", "path": "朱口镇"} in found


def record_form(**given: object) -> dict[str, Any]:
    start = {"id": str(uuid7()), "kind": "help", "body": "老人走失\n穿蓝色上衣", "area": ZHUKOU_VILLAGE}
    return start | given


def test_an_officer_records_with_three_fields(loop: Loop, signed_in: SignIn) -> None:
    client = signed_in("wang_jianguo")
    form = record_form()
    answer = client.post("/matters/new", form)
    assert answer.headers["Location"] == f"/matters/{form['id']}/"
    html = page(client, f"/matters/{form['id']}/")
    assert "已登记，编号" in html
    assert "<h1>老人走失" in html
    assert f'<option value="{ZHUKOU_VILLAGE}" selected>' in page(client, "/matters/new")


def test_a_double_press_stores_once(signed_in: SignIn) -> None:
    client, form = signed_in("wang_jianguo"), record_form()
    places = [client.post("/matters/new", form).headers["Location"] for _ in range(2)]
    assert places == [f"/matters/{form['id']}/"] * 2
    assert Matter.objects.filter(pk=form["id"]).count() == 1


def test_another_text_under_a_used_key_is_kept_and_gets_its_own(signed_in: SignIn) -> None:
    client, form = signed_in("wang_jianguo"), record_form()
    client.post("/matters/new", form)
    answer = client.post("/matters/new", form | {"body": "另一件事：羊丢了"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "matter.already_stored" in html
    assert "另一件事：羊丢了" in html
    assert str(form["id"]) not in html.partition('name="id"')[2][:80]


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"body": ""}, 422, "请写一句话，说明是什么事。"),
        ({"area": "350429999999000"}, 422, "没有编号为 350429999999000 的村（居）"),
        ({"kind": "dispute"}, 422, "matter.detail_required"),
        ({"kind": "hazard", "hazard-hazard_kind": "moon"}, 422, "matter.detail_malformed"),
        ({"name": "12345"}, 422, "matter.name_is_a_number"),
        ({"body": "响\x07铃"}, 422, "text.control_characters"),
        ({"happened_at": "1900-01-01T08:00"}, 422, "value.date_out_of_range"),
        ({"happened_at": "2099-01-01T08:00"}, 422, "matter.happened_in_future"),
    ],
)
def test_a_wrong_record_comes_back_with_everything_typed(
    signed_in: SignIn, wrong: dict[str, object], status: int, said: str
) -> None:
    form = record_form(place_text="朱口街 18 号", phone="13800000000", **wrong)
    answer = signed_in("wang_jianguo").post("/matters/new", form)
    html = answer.content.decode()
    assert answer.status_code == status
    assert said in html
    assert "朱口街 18 号" in html
    assert "13800000000" in html
    assert Matter.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "dispute"}, "dispute-dispute_type"),
        ({"kind": "hazard", "hazard-hazard_kind": "moon"}, "hazard-hazard_kind"),
        ({"name": "12345"}, "name"),
        ({"happened_at": "1900-01-01T08:00"}, "happened_at"),
    ],
)
def test_what_the_rules_refuse_is_said_beside_its_field(
    signed_in: SignIn, wrong: dict[str, object], field: str
) -> None:
    html = signed_in("wang_jianguo").post("/matters/new", record_form(**wrong)).content.decode()
    wrong_fields = html.split('<div class="field field-wrong">')[1:]
    assert len(wrong_fields) == 1
    assert f'for="id_{field}"' in wrong_fields[0][:120]
    assert f'<a href="#id_{field}">' in html


def test_ones_own_villages_stand_first_and_a_single_one_is_chosen(signed_in: SignIn) -> None:
    villages = (350429101208000, 350429101201000, 350429101202000)
    html = page(signed_in("wang_jianguo"), "/matters/new")
    assert f'data-near="{" ".join(map(str, villages))}"' in html
    assert "selected" not in html.partition('id="id_area"')[2].partition("</select>")[0].replace(
        '<option value="" selected>', ""
    )
    assert f'<option value="{ZHUKOU_VILLAGE}" selected>' in page(signed_in("huang_defu"), "/matters/new")
    assert 'data-near=""' in page(signed_in("lin_xiaowen"), "/matters/new")


def test_a_search_that_finds_nothing_on_a_board_offers_the_whole_list(
    now_loop: Loop, signed_in: SignIn
) -> None:
    matter = now_loop.reach("closed", title="羊群跑进菜地")
    client = signed_in("lin_xiaowen")
    html = page(client, "/matters/?board=mine&q=羊群")
    assert matter.number not in html
    wider = html.partition('<div class="nothing">')[2].partition('class="button" href="')[2].partition('"')[0]
    assert matter.number in page(client, f"/matters/{wider.replace('&amp;', '&')}")
    assert "没有符合条件的事项" in page(client, "/matters/?board=all&q=牛群")


@pytest.mark.parametrize(
    ("board", "said"),
    [
        ("mine", "没有等您办理的事项"),
        ("untouched", "没有无人动过的事项"),
        ("overdue", "没有逾期的事项"),
        ("sent_back", "没有被退回的事项"),
        ("supervised", "没有督办中的事项"),
        ("all", "还没有登记过事项"),
    ],
)
def test_an_empty_board_says_what_would_be_there(signed_in: SignIn, board: str, said: str) -> None:
    assert said in page(signed_in("wang_jianguo"), f"/matters/?board={board}")


def test_likely_duplicates_of_the_same_village_are_named(now_loop: Loop, signed_in: SignIn) -> None:
    now_loop.record("li_xiuying", title="老人走失", body="老人走失，穿蓝色上衣")
    client = signed_in("wang_jianguo")
    asked = "/matters/duplicates?body=老人走失，穿蓝色上衣&area="
    assert "相像的事项" in page(client, f"{asked}{ZHUKOU_VILLAGE}")
    assert "相像的事项" not in page(client, f"{asked}350429100001000")
    assert "相像的事项" not in page(client, f"{asked}nowhere")


def test_a_party_is_masked_until_a_purpose_is_given(now_loop: Loop, signed_in: SignIn) -> None:
    matter = now_loop.record("lin_xiaowen", parties=(PartyDraft("reporter", "黄德福", "13812345678"),))
    client = signed_in("lin_xiaowen")
    url = f"/matters/{matter.pk}/"
    masked = page(client, url)
    assert "黄**" in masked
    assert "黄德福" not in masked
    party = Party.objects.get(matter_id=matter.pk)
    refused = client.post(f"{url}parties/{party.pk}/", {"purpose": ""})
    assert refused.status_code == 422
    shown = client.post(f"{url}parties/{party.pk}/", {"purpose": "call_back"}).content.decode()
    assert "黄德福" in shown
    assert "13812345678" in shown
    assert "黄德福" not in page(client, url)
