"""Boards that work, as pages: ticked, looked at, confirmed, taken back; filters kept under a name."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import SYSTEM
from tests.house.queries import queries
from tests.matters.conftest import Loop
from tests.matters.visits import SignIn, content_of, now_loop, page, signed_in
from yicun.base.sheets import read_table
from yicun.base.tenancy import scoped
from yicun.matters.models import Bulk, Matter

__all__ = ["now_loop", "signed_in"]


@pytest.fixture
def desk(now_loop: Loop, signed_in: SignIn) -> Client:
    return signed_in("lin_xiaowen")


def ticked(client: Client, *matters: Matter, **more: str) -> str:
    """The address of the page that asks what to do with them."""
    sent = {"id": [str(one.pk) for one in matters], **more}
    answer = client.post("/matters/bulk/?board=untouched", sent)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def states() -> set[str]:
    with scoped(SYSTEM):
        return set(Matter.objects.values_list("state", flat=True))


def test_ticked_rows_are_looked_at_confirmed_and_taken_back(desk: Client, now_loop: Loop) -> None:
    matters = [now_loop.record("li_xiuying", title=f"第{place}件") for place in range(3)]
    declined = now_loop.do("lin_xiaowen", "decline", matters[2], reason="不属实")
    board = page(desk, "/matters/?board=untouched")
    assert f'name="id" value="{matters[0].pk}"' in board
    with queries(14):
        url = ticked(desk, matters[0], matters[1], declined)
    with queries(12):
        chosen = page(desk, url)
    assert "选中 3 件，要做什么？" in chosen
    assert "可办 2 件" in chosen
    seen = desk.post(f"{url}accept/", {"text": "请先核实"}).content.decode()
    assert "确认受理 2 件" in seen
    assert "当前状态不能进行“受理”" in seen
    assert declined.title in seen
    assert "recorded" in states()
    done = desk.post(f"{url}accept/", {"text": "请先核实", "confirm": "1"}, follow=True)
    assert "受理：办了 2 件，没有办 1 件。" in done.content.decode()
    assert states() == {"accepted", "declined"}
    again = desk.post(f"{url}accept/", {"confirm": "1"})
    assert again.status_code == 409
    assert "这一批已经提交过" in again.content.decode()
    back = desk.post(f"{url}undo", follow=True).content.decode()
    assert "已撤销 2 件，没有撤销 0 件。" in back
    assert states() == {"recorded", "declined"}
    history = page(desk, f"/matters/{matters[0].pk}/")
    assert "撤销成批办理的“受理”" in history
    assert "随撤销作废" not in history
    assert desk.post(f"{url}undo").status_code == 409
    assert desk.get(f"{url}undo").status_code == 302
    assert desk.get(f"{url}accept/").status_code == 302
    assert "部分没有办" not in page(desk, "/matters/bulk/")
    assert "已撤销" in page(desk, "/matters/bulk/")


def test_form_that_is_not_filled_in_says_so_on_the_same_page(desk: Client, now_loop: Loop) -> None:
    url = ticked(desk, now_loop.record("li_xiuying"))
    answer = desk.post(f"{url}remind/", {})
    assert answer.status_code == 422
    assert "请填写内容" in answer.content.decode()
    bent = desk.post(f"{url}remind/", {"text": "快\x07点"})
    assert bent.status_code == 422
    assert "控制字符" in bent.content.decode()
    long = desk.post(f"{url}remind/", {"text": "快" * 4_001})
    assert long.status_code == 422
    assert "文字过长" in long.content.decode()
    assert desk.post(f"{url}vanish/", {}).status_code == 302


def test_result_comes_as_a_sheet(desk: Client, now_loop: Loop, tmp_path: Path) -> None:
    first, second = (now_loop.record("li_xiuying", title=title) for title in ("甲事", "乙事"))
    now_loop.do("lin_xiaowen", "accept", second)
    url = ticked(desk, first, second)
    desk.post(f"{url}accept/", {"confirm": "1"})
    answer = desk.get(f"{url}sheet")
    path = tmp_path / "bulk.xlsx"
    path.write_bytes(content_of(answer))
    rows = [list(row.cells) for row in read_table(path).rows]
    assert [[cell for cell in row if cell] for row in rows] == [
        [first.number, "甲事", "已办"],
        [second.number, "乙事", "没有办", "当前状态不能进行“受理”"],
    ]


def test_everything_that_the_filter_shows_is_chosen(desk: Client, now_loop: Loop) -> None:
    for title in ("路灯不亮", "路灯歪了", "桥断了"):
        now_loop.record("li_xiuying", title=title)
    answer = desk.post("/matters/bulk/?board=untouched&q=路灯", {"whole": "1"})
    assert "选中 2 件" in page(desk, answer.headers["Location"])
    assert "回到看板" in page(desk, answer.headers["Location"])


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [({}, "没有选中任何事项"), ({"id": ["nothing"]}, "格式不正确"), ({"id": ["x" * 300]}, "格式不正确")],
)
def test_nothing_ticked_is_a_sentence(desk: Client, sent: dict[str, list[str]], sentence: str) -> None:
    answer = desk.post("/matters/bulk/?board=mine", sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_batch_of_another_station_is_not_there(desk: Client, now_loop: Loop, signed_in: SignIn) -> None:
    url = ticked(desk, now_loop.record("li_xiuying"))
    unknown = f"/matters/bulk/{uuid4()}/"
    for username in ("luo_xiaomei", "chen_zhiming", "wang_jianguo"):
        stranger = signed_in(username)
        for tail in ("", "sheet"):
            answer = stranger.get(url + tail)
            assert answer.status_code == 404
            assert answer.content == stranger.get(unknown + tail).content
        for tail in ("accept/", "undo"):
            answer = stranger.post(url + tail, {"confirm": "1"})
            assert answer.status_code == 404
            assert answer.content == stranger.post(unknown + tail, {"confirm": "1"}).content
    desk.post(f"{url}accept/", {"confirm": "1"})
    assert "撤销这一批" in page(signed_in("chen_zhiming"), url)
    assert signed_in("wang_jianguo").get(url).status_code == 404


def test_matter_that_is_not_seen_is_counted_and_not_named(
    desk: Client, now_loop: Loop, signed_in: SignIn
) -> None:
    hidden = now_loop.record("luo_xiaomei", area_code=350429100001000, title="别处的事")
    url = ticked(desk, hidden)
    shown = page(desk, url)
    assert "别处的事" not in shown
    assert hidden.number not in shown
    assert "选中的事项现在没有可以成批做的" in shown
    with scoped(now_loop.cast.actor("lin_xiaowen")):
        assert Bulk.objects.count() == 1


def keep(client: Client, name: str, **more: str) -> str:
    sent = {"name": name, "board": "untouched", "kind": "hazard", **more}
    return client.post("/matters/filters/", sent, follow=True).content.decode()


def test_filter_is_kept_opened_renamed_moved_and_removed(desk: Client, now_loop: Loop) -> None:
    now_loop.record("li_xiuying", kind="hazard", details={"hazard_kind": "wiring", "spot": "灶间"})
    filtered = page(desk, "/matters/?board=untouched&kind=hazard&area=350429101208000")
    assert '<input type="hidden" name="area" value="350429101208000">' in filtered
    assert '<input type="hidden" name="kind" value="hazard">' in filtered
    said = keep(desk, "隐患")
    assert "已保存筛选“隐患”" in said
    assert 'href="/matters/?board=untouched&amp;kind=hazard">隐患</a>' in said
    keep(desk, "求助", kind="help", area="350429101208000")
    keep(desk, "全部隐患", board="all")
    assert names(desk) == ["隐患", "求助", "全部隐患"]
    second = key_of(desk, 1)
    desk.post(f"/matters/filters/{second}/move")
    assert names(desk) == ["求助", "隐患", "全部隐患"]
    desk.post(f"/matters/filters/{second}/move")
    assert names(desk) == ["求助", "隐患", "全部隐患"]
    assert "已改名为“新求助”" in page_after(desk, f"/matters/filters/{second}/rename", name="新求助")
    assert "名为“隐患”" in page_after(desk, f"/matters/filters/{second}/rename", name="隐患")
    assert "已删除筛选" in page_after(desk, f"/matters/filters/{second}/remove")
    assert names(desk) == ["隐患", "全部隐患"]
    assert desk.post(f"/matters/filters/{second}/remove").status_code == 404
    assert desk.get(f"/matters/filters/{second}/remove").status_code == 302
    assert "无人动过　1 件" in page(desk, "/matters/filters/")
    with queries(11):
        desk.get("/matters/?board=untouched&kind=hazard")


def names(client: Client) -> list[str]:
    return [chip.name for chip in client.get("/matters/filters/").context["chips"]]


def key_of(client: Client, place: int) -> str:
    return str(client.get("/matters/filters/").context["chips"][place].id)


def page_after(client: Client, url: str, **sent: str) -> str:
    return client.post(url, sent, follow=True).content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "隐" * 21}, "文字过长"),
        ({"name": "有\x07铃"}, "控制字符"),
        ({"name": "找人", "q": "350429198001011239"}, "像是证件号、电话或车牌"),
        ({"name": "13805981234"}, "像是证件号、电话或车牌"),
        ({"name": "座机", "q": "７８３２１０９"}, "像是证件号、电话或车牌"),
        ({"name": "找车", "q": "闽G12345"}, "像是证件号、电话或车牌"),
        ({"name": "新", "board": "nowhere"}, "没有“nowhere”这个选项"),
        ({"name": "新", "q": "长" * 61}, "文字过长"),
    ],
)
def test_filter_that_cannot_be_kept_is_a_sentence(desk: Client, sent: dict[str, str], sentence: str) -> None:
    answer = desk.post("/matters/filters/", {"board": "mine", **sent})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert names(desk) == []


def test_twenty_filters_are_enough_and_a_name_stands_once(desk: Client) -> None:
    for place in range(20):
        keep(desk, f"第{place}个")
    assert "最多保存 20 个" in keep(desk, "再来")
    desk.post(f"/matters/filters/{key_of(desk, 0)}/remove")
    assert "名为“第5个”" in keep(desk, "第5个")
    assert "已保存" in keep(desk, "再来")
    assert len(names(desk)) == 20


def test_shared_filter_shows_to_the_unit_and_to_nobody_else(
    desk: Client, now_loop: Loop, signed_in: SignIn
) -> None:
    keep(desk, "本所隐患", is_shared="on")
    keep(desk, "自己看的")
    colleague = signed_in("wang_jianguo")
    assert names(colleague) == ["本所隐患"]
    assert "本所隐患" in page(colleague, "/matters/?board=mine")
    shared = key_of(colleague, 0)
    assert colleague.post(f"/matters/filters/{shared}/remove").status_code == 404
    assert names(signed_in("luo_xiaomei")) == []
    assert "只有负责人和值班岗" in keep(colleague, "我也共享", is_shared="on")
    assert 'name="is_shared"' not in page(colleague, "/matters/?board=mine&kind=hazard")
