"""The meeting pages as the cast opens them: what is due, what was held, what was decided."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cast import ZHUKOU_VILLAGE
from tests.house.queries import queries
from tests.matters.visits import SignIn, page
from tests.orglife.conftest import Room
from yicun.kernel.ids import uuid7


def form(room: Room, **changed: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()), "system_code": "alarm_briefing", "held_on": str(room.today), "minutes_spent": "60",
        "people": "6", "place": "所会议室", "offices": "邻县大布派出所\n邻县司法所", "agenda": "本周警情\n墟日安排",
        "text": "会上通报了本周警情。",
    } | changed  # fmt: skip


def decision(room: Room, **changed: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()), "text": "下周三前查完朱口村的电线", "unit_id": room.cast.unit("zhukou_station"),
        "due_on": str(room.today + timedelta(days=9)), "kind": "hazard", "area": str(ZHUKOU_VILLAGE),
    } | changed  # fmt: skip


def test_a_meeting_is_held_and_decides_by_pages(now_room: Room, signed_in: SignIn) -> None:
    chief = signed_in("chen_zhiming")
    now_room.loop.record("wang_jianguo", title="路灯不亮")
    html = page(chief, "/meetings/new?system=alarm_briefing")
    assert "警情通报（从事项里数出来）" in html
    given = form(now_room)
    url = f"/meetings/{given['id']}/"
    assert chief.post("/meetings/new", given).headers["Location"] == url
    assert chief.post("/meetings/new", given).headers["Location"] == url
    sent = decision(now_room)
    done = chief.post(f"{url}decisions", sent, follow=True).content.decode()
    assert "决定已转为事项 YH" in done
    assert "邻县大布派出所" in done
    assert chief.post(f"{url}decisions", sent).headers["Location"] == url
    assert page(chief, url).count("下周三前查完朱口村的电线") == 1
    again = page(chief, "/meetings/new?system=alarm_briefing")
    assert "上次决定还没办结" in again
    assert "已过期限" not in again
    assert "会议决定" in page(chief, f"/matters/{sent['id']}/")
    assert chief.get(f"{url}print").content.startswith(b"%PDF")


def test_the_list_says_what_is_due_and_what_it_cost_the_unit(now_room: Room, signed_in: SignIn) -> None:
    chief = signed_in("chen_zhiming")
    assert "还没有开过" in page(chief, "/meetings/")
    assert "该开的会" in page(chief, "/")
    now_room.hold(minutes_spent=90, people=5)
    html = page(chief, "/meetings/")
    assert "本期已开" in html
    assert "本月本单位开会 1 次，合计 7.5 人时" in html
    assert "本单位的工作制度" not in page(signed_in("wang_jianguo"), "/meetings/")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"held_on": "2199-01-01"}, "日期 2199-01-01 超出范围"),
        ({"held_on": "1900-01-01"}, "超出范围"),
        ({"held_on": "昨天"}, "请写成 2026-09-28"),
        ({"people": "0"}, "1"),
        ({"system_code": "tea_party"}, "tea_party"),
        ({"agenda": "\n".join("题" for _ in range(50))}, "最多 40 行"),
        ({"text": "响\x07铃"}, "text.control_characters"),
    ],
)
def test_what_is_wrong_is_said_on_the_form(
    now_room: Room, signed_in: SignIn, changed: dict[str, Any], said: str
) -> None:
    answer = signed_in("chen_zhiming").post("/meetings/new", form(now_room, **changed))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in html
    assert "所会议室" in html


def test_a_refused_decision_keeps_what_was_typed(now_room: Room, signed_in: SignIn) -> None:
    chief = signed_in("chen_zhiming")
    meeting = now_room.hold()
    late = decision(now_room, due_on="2000-01-01")
    answer = chief.post(f"/meetings/{meeting.pk}/decisions", late)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "办结期限应在开会当天到两年之内" in html
    assert "下周三前查完朱口村的电线" in html
    assert chief.post(f"/meetings/{meeting.pk}/decisions", decision(now_room, unit_id="")).status_code == 422


def test_minutes_changed_meanwhile_are_not_overwritten(now_room: Room, signed_in: SignIn) -> None:
    meeting = now_room.hold(text="第一稿")
    url = f"/meetings/{meeting.pk}/minutes"
    chief = signed_in("chen_zhiming")
    assert chief.post(url, {"version": "1", "text": "第二稿"}).status_code == 302
    answer = chief.post(url, {"version": "1", "text": "第三稿"})
    assert answer.status_code == 409
    assert "第三稿" in answer.content.decode()
    assert chief.post(url, {"text": "无版本"}).status_code == 422
    assert chief.get(url).headers["Location"] == f"/meetings/{meeting.pk}/"
    assert chief.get(f"/meetings/{meeting.pk}/decisions").headers["Location"] == f"/meetings/{meeting.pk}/"


def test_guests_read_and_are_offered_no_form(now_room: Room, signed_in: SignIn) -> None:
    guests = (now_room.cast.unit("shancheng_station"),)
    meeting = now_room.hold(system_code="border", unit_ids=guests, text="商定联合巡防")
    html = page(signed_in("qiu_wenbin"), f"/meetings/{meeting.pk}/")
    assert "商定联合巡防" in html
    assert "记一项决定" not in html
    answer = signed_in("qiu_wenbin").post(f"/meetings/{meeting.pk}/decisions", decision(now_room))
    assert answer.status_code == 403


def test_an_officer_is_told_who_records_meetings(now_room: Room, signed_in: SignIn) -> None:
    assert signed_in("wang_jianguo").get("/meetings/new").status_code == 403


def test_a_briefings_number_opens_its_list(now_room: Room, signed_in: SignIn) -> None:
    now_room.loop.record("wang_jianguo", title="路灯不亮", area_code=ZHUKOU_VILLAGE)
    chief = signed_in("chen_zhiming")
    days = f"first={now_room.today}&last={now_room.today}"
    assert "路灯不亮" in page(chief, f"/meetings/matters?{days}&kind=help&area={ZHUKOU_VILLAGE}")
    assert "没有符合的事项" in page(chief, f"/meetings/matters?{days}&kind=hazard")
    assert "路灯不亮" not in page(signed_in("qiu_wenbin"), f"/meetings/matters?{days}")


@pytest.mark.parametrize(
    "url",
    [
        "/meetings/matters?first=9999-12-31&last=9999-12-31",
        "/meetings/matters?kind=%00&area=&unit=x",
        "/meetings/matters?first=x&last=1900-01-01",
        "/meetings/new?system=%00",
        "/meetings/?page=99999999999",
    ],
)
def test_bent_addresses_open_an_ordinary_page(now_room: Room, signed_in: SignIn, url: str) -> None:
    assert "会议" in page(signed_in("chen_zhiming"), url)


def test_pages_cost_a_fixed_number_of_queries(now_room: Room, signed_in: SignIn) -> None:
    meeting = now_room.hold(agenda=("本周警情",))
    now_room.decide(meeting)
    chief = signed_in("chen_zhiming")
    new = "/meetings/new?system=alarm_briefing"
    for url, count in (("/meetings/", 12), (f"/meetings/{meeting.pk}/", 14), (new, 17)):
        page(chief, url)
        with queries(count):
            page(chief, url)


def test_programs_record_read_and_decide(now_room: Room, signed_in: SignIn) -> None:
    chief, json = signed_in("chen_zhiming"), "application/json"
    sent = {"system_code": "border", "held_on": str(now_room.today), "minutes_spent": 60, "people": 9,
            "offices": ["邻县大布派出所"]}  # fmt: skip
    made = chief.post("/api/v1/meetings", sent, json)
    assert made.status_code == 201
    key = made.json()["id"]
    decided = {
        "text": "联合巡防",
        "unit_id": now_room.cast.unit("zhukou_station"),
        "due_on": str(now_room.today),
    }
    assert chief.post(f"/api/v1/meetings/{key}/decisions", decided, json).status_code == 201
    read = chief.get(f"/api/v1/meetings/{key}").json()
    assert read["attendance"] == ["邻县大布派出所"]
    assert [one["state"] for one in read["decisions"]] == ["待接办"]
    assert [one["id"] for one in chief.get("/api/v1/meetings").json()["items"]] == [key]
