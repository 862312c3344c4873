"""The task pages as the cast opens them: the lists, one demand, its steps, and what stands behind a number."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.cast import ZHUKOU_VILLAGE
from tests.house.queries import queries
from tests.matters.visits import SignIn, content_of, page
from tests.relief.conftest import AUTHORITY, Desk
from yicun.kernel.ids import uuid7


def form(desk: Desk, **changed: Any) -> dict[str, Any]:
    values = {
        "id": str(uuid7()), "list_name": "directive", "title": "冬季消防宣传进村", "deliverable": "每村开一次会",
        "authority_kind": "document", "authority": AUTHORITY, "units": [desk.cast.unit("zhukou_station")],
        "cadence": "once", "minutes": "90", "starts_on": str(desk.today),
        "expires_on": str(desk.today + timedelta(days=60)),
    }  # fmt: skip
    return values | changed


def test_each_line_says_who_asks_and_by_what_authority(now_desk: Desk, signed_in: SignIn) -> None:
    now_desk.running()
    html = page(signed_in("wang_jianguo"), "/tasks/")
    assert "冬季消防宣传进村" in html
    assert f"文件：{AUTHORITY}" in html
    assert "县公安局要求" in html
    assert "本期待完成" in html


def test_the_home_page_shows_what_is_asked_and_what_waits_at_the_gate(
    now_desk: Desk, signed_in: SignIn
) -> None:
    demand = now_desk.propose()
    assert "等您把关准入" in page(signed_in("ye_qingfang"), "/")
    assert "等您把关准入" not in page(signed_in("zhao_min"), "/")
    now_desk.do("ye_qingfang", "admit", demand)
    html = page(signed_in("chen_zhiming"), "/")
    assert "谁要我们做什么，凭什么" in html
    assert AUTHORITY in html
    assert "向我们提出的任务要求" in html
    assert f"/tasks/{demand.pk}/" in html


def test_pushed_tasks_come_with_the_article_of_their_clock(now_desk: Desk, signed_in: SignIn) -> None:
    empty = page(signed_in("lin_xiaowen"), "/tasks/?list=pushed")
    assert "现在没有推送给您的任务" in empty
    now_desk.loop.record("wang_jianguo", urgency="urgent", title="老人走失")
    html = page(signed_in("lin_xiaowen"), "/tasks/?list=pushed")
    assert "老人走失" in html
    assert "紧急事项 2 小时内受理" in html


def test_a_demand_is_proposed_admitted_and_met_by_pages(now_desk: Desk, signed_in: SignIn) -> None:
    asker = signed_in("zhao_min")
    given = form(now_desk)
    assert "没有依据的提不出去" in page(asker, "/tasks/new")
    answer = asker.post("/tasks/new", given)
    url = f"/tasks/{given['id']}/"
    assert answer.headers["Location"] == url
    gate = signed_in("ye_qingfang")
    version = {"admit-version": "1"}
    assert gate.post(f"{url}admit/", version).headers["Location"] == url
    officer = signed_in("wang_jianguo")
    html = page(officer, url)
    assert "记完成" in html and "同意" not in html
    refused = officer.post(f"{url}fulfil/", {"fulfil-version": "3"})
    assert refused.status_code == 422
    assert "demand.source_missing" in refused.content.decode()
    sent = {"fulfil-version": "3", "fulfil-text": "三个村都开了会"}
    done = officer.post(f"{url}fulfil/", sent, follow=True).content.decode()
    assert "三个村都开了会" in done
    assert "本期已完成" in done


def test_the_same_proposal_again_leads_to_the_first(now_desk: Desk, signed_in: SignIn) -> None:
    asker, given = signed_in("zhao_min"), form(now_desk, is_no_duplicate="on")
    for _ in range(2):
        assert asker.post("/tasks/new", given).headers["Location"] == f"/tasks/{given['id']}/"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"authority": ""}, "没有写明依据"),
        ({"authority": "上级要求"}, "看不出是哪一条"),
        ({"units": []}, "请至少选择一个对象单位"),
        ({"units": ["999999"]}, "不在可选的范围里"),
        ({"starts_on": "1900-01-01", "expires_on": "9999-12-31"}, "超出范围"),
        ({"expires_on": "明年"}, "请写成 2026-09-28"),
        ({"minutes": "99999"}, "2400"),
        ({"title": "长" * 100}, "80"),
        ({"deliverable": "响\x07铃"}, "text.control_characters"),
        ({"defence": "publicity"}, "请至少选一种事项类别"),
    ],
)
def test_what_is_wrong_is_said_on_the_form(
    now_desk: Desk, signed_in: SignIn, changed: dict[str, Any], said: str
) -> None:
    answer = signed_in("zhao_min").post("/tasks/new", form(now_desk, **changed))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in html
    assert "冬季消防宣传进村" in html or "title" in changed


def test_who_may_not_ask_is_told_so(signed_in: SignIn) -> None:
    answer = signed_in("wang_jianguo").get("/tasks/new")
    assert answer.status_code == 403
    assert "demand.not_proposer" in answer.content.decode()
    assert "提出要求</a>" not in page(signed_in("wang_jianguo"), "/tasks/")


def test_a_returned_demand_shows_the_reason_to_who_asked(now_desk: Desk, signed_in: SignIn) -> None:
    demand = now_desk.propose()
    now_desk.do("ye_qingfang", "return_back", demand, reason="照片台账不应要求")
    html = page(signed_in("zhao_min"), f"/tasks/{demand.pk}/")
    assert "照片台账不应要求" in html
    assert "补正重报" in html


def test_a_campaign_page_links_every_number_to_its_list(now_desk: Desk, signed_in: SignIn) -> None:
    demand = now_desk.running(defence="rectification", counted={"kinds": ["hazard"]})
    hazard = {"kind": "hazard", "title": "电线老化", "details": {"hazard_kind": "wiring"}}
    now_desk.loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE, **hazard)
    client = signed_in("zhao_min")
    html = page(client, f"/tasks/{demand.pk}/")
    links = [
        part.partition('"')[0].replace("&amp;", "&")
        for part in html.split(f'href="/tasks/{demand.pk}/matters')[1:]
    ]
    assert len(links) == 3
    for link in links:
        assert "电线老化" in page(client, f"/tasks/{demand.pk}/matters{link}")
    assert "没有符合口径的事项" in page(
        client, f"/tasks/{demand.pk}/matters?first=2020-01-01&last=2020-01-07"
    )
    paper = client.get(f"/tasks/{demand.pk}/print")
    assert paper.content.startswith(b"%PDF")
    assert client.get(f"/tasks/{demand.pk}/matters?area=999").status_code == 404


def test_a_demand_that_is_no_campaign_has_no_numbers(now_desk: Desk, signed_in: SignIn) -> None:
    demand = now_desk.running()
    client = signed_in("zhao_min")
    assert client.get(f"/tasks/{demand.pk}/matters").status_code == 404
    assert client.get(f"/tasks/{demand.pk}/print").status_code == 409


def test_the_three_lists_leave_as_three_sheets(now_desk: Desk, signed_in: SignIn) -> None:
    now_desk.running()
    answer: Any = signed_in("chen_zhiming").get("/tasks/export")
    book = openpyxl.load_workbook(BytesIO(content_of(answer)))
    assert book.sheetnames == ["规定任务", "指令任务", "推送任务"]
    cells = list(book["指令任务"].values)
    assert cells[0][:4] == ("要求", "具体要什么", "提出单位", "依据")
    assert cells[1][0] == "冬季消防宣传进村"
    assert AUTHORITY in str(cells[1][3])


def test_pages_cost_a_fixed_number_of_queries(now_desk: Desk, signed_in: SignIn) -> None:
    demand = now_desk.running(defence="rectification", counted={"kinds": ["hazard"]})
    chief = signed_in("chen_zhiming")
    counts = (("/tasks/", 12), (f"/tasks/{demand.pk}/", 17))
    for url, count in counts:
        page(chief, url)
        with queries(count):
            page(chief, url)
    for number in range(3):
        now_desk.running(title=f"第{number}项要求", is_no_duplicate=True)
    with queries(counts[0][1]):
        page(chief, "/tasks/")


@pytest.mark.parametrize("url", ["/tasks/?list=%00", "/tasks/?page=99999999", "/tasks/?over=1&page=x"])
def test_bent_addresses_open_an_ordinary_page(signed_in: SignIn, url: str) -> None:
    assert "任务清单" in page(signed_in("chen_zhiming"), url)


def test_a_bent_form_is_refused_and_changes_nothing(now_desk: Desk, signed_in: SignIn) -> None:
    demand = now_desk.running()
    officer = signed_in("wang_jianguo")
    url = f"/tasks/{demand.pk}/fulfil/"
    for sent in ({}, {"fulfil-version": "x"}, {"fulfil-version": "2", "fulfil-matter_id": "nobodys"}):
        assert officer.post(url, sent).status_code == 422
    stale = officer.post(url, {"fulfil-version": "1", "fulfil-text": "做了"})
    assert stale.status_code == 409
    assert "demand.changed" in stale.content.decode()
    assert now_desk.detail("wang_jianguo", demand).met == []


def test_ended_demands_stay_to_be_read(now_desk: Desk, signed_in: SignIn) -> None:
    demand = now_desk.running()
    now_desk.do("zhao_min", "withdraw", demand, reason="不再需要")
    client = signed_in("chen_zhiming")
    assert "冬季消防宣传进村" not in page(client, "/tasks/")
    assert "已撤回" in page(client, "/tasks/?list=directive&over=1")


def test_programs_propose_admit_and_read(now_desk: Desk, signed_in: SignIn) -> None:
    asker, gate = signed_in("zhao_min"), signed_in("ye_qingfang")
    sent = {
        "list_name": "directive", "title": "冬季消防宣传进村", "deliverable": "每村开一次会", "minutes": 90,
        "authority_kind": "document", "authority": AUTHORITY, "units": [now_desk.cast.unit("zhukou_station")],
        "starts_on": str(now_desk.today), "expires_on": str(now_desk.today + timedelta(days=30)),
    }  # fmt: skip
    json = "application/json"
    made = asker.post("/api/v1/demands", sent, json)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    key = made.json()["id"]
    assert gate.post(f"/api/v1/demands/{key}/admit", {}, json).json()["state"] == "running"
    officer = signed_in("wang_jianguo")
    rows = officer.get("/api/v1/demands").json()["items"]
    assert [(row["id"], row["is_owed"]) for row in rows] == [(key, True)]
    met = officer.post(f"/api/v1/demands/{key}/fulfil", {"text": "开了会"}, json)
    assert met.status_code == 200
    assert [one["note"] for one in officer.get(f"/api/v1/demands/{key}").json()["met"]] == ["开了会"]
    bad = asker.post("/api/v1/demands", sent | {"authority": ""}, json)
    assert (bad.status_code, bad.json()["code"]) == (422, "demand.no_authority")
