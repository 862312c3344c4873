"""The leader's queue and the page of leave: what stands there, what a press does, what a wrong press says."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from docx import Document

from tests.cast import SYSTEM
from tests.house.queries import queries
from tests.matters.conftest import Loop, loop
from tests.matters.visits import SignIn, now_loop, page, signed_in
from yicun.base.accounts import issue_token
from yicun.base.models import AuditEntry
from yicun.base.pages import today
from yicun.base.tenancy import scoped
from yicun.force import queries as force
from yicun.kernel.ids import uuid7
from yicun.matters.models import Approval, Matter
from yicun.portal.signing import HOME_PANEL, home_signatures

__all__ = ["loop", "now_loop", "signed_in"]

DISPUTE = {"kind": "dispute", "details": {"dispute_type": "0103"}}


def asked(loop: Loop, title: str, kind: str = "deferral", **given: Any) -> Approval:
    state, username = {"deferral": ("handling", "wang_jianguo"), "closing": ("verified", "lin_xiaowen")}[kind]
    matter = loop.reach(state, **DISPUTE, title=title)
    loop.do(username, "ask_approval", matter, **{"ask": kind, "reason": f"{title}：请审定"} | given)
    return latest(matter)


def latest(matter: Matter) -> Approval:
    with scoped(SYSTEM):
        return Approval.objects.filter(matter_id=matter.pk).latest("asked_at", "id")


def state_of(approval: Approval) -> str:
    with scoped(SYSTEM):
        return str(Approval.objects.get(pk=approval.pk).state)


def url(approval: Approval, act: str) -> str:
    return f"/signing/matters/{approval.pk}/{act}/"


def press(client: Client, approval: Approval, act: str, **given: Any) -> Any:
    return client.post(url(approval, act), {"version": approval.version} | given)


def test_chief_sees_what_is_asked_and_agrees_with_one_press(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权")
    chief = signed_in("chen_zhiming")
    html = page(chief, "/signing/")
    for words in (
        "等我签批",
        "老屋产权：请审定",
        "王建国（社区民警）",
        "签批期限",
        "同意",
        "退回",
        "转…",
        "呈批表",
    ):
        assert words in html
    answer = chief.post(url(approval, "sign"), {"version": approval.version, "opinion": "同意"}, follow=True)
    html = answer.content.decode()
    assert "已同意：挂账（老屋产权）" in html
    assert "没有等您签批的呈批" in html and "我最近签的" in html
    assert state_of(approval) == "approved"


def test_paper_is_sent_back_with_a_reason_only(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权")
    chief = signed_in("chen_zhiming")
    answer = press(chief, approval, "send_back")
    assert answer.status_code == 422
    assert "“退回修改”还需填写：理由" in answer.content.decode()
    answer = press(chief, approval, "send_back", opinion="长" * 4001)
    assert answer.status_code == 422 and "长" * 4001 in answer.content.decode(), "what was typed stays"
    assert press(chief, approval, "send_back", opinion="请补证明").status_code == 302
    assert "我退回的" in page(chief, "/signing/")
    html = page(signed_in("wang_jianguo"), "/signing/")
    assert "我呈报的" in html and "请补证明" in html and "撤回" in html
    html = page(signed_in("wang_jianguo"), f"/matters/{approval.matter_id}/")
    assert "请补证明" in html and "已退回修改" in html


def test_asker_withdraws_his_own_paper(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权")
    assert press(signed_in("chen_zhiming"), approval, "withdraw").status_code == 403
    assert press(signed_in("wang_jianguo"), approval, "withdraw").status_code == 302
    assert state_of(approval) == "withdrawn"


def test_stale_page_does_not_sign_what_it_did_not_show(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权")
    chief = signed_in("chen_zhiming")
    answer = press(chief, approval, "sign", version=approval.version + 1)
    assert answer.status_code == 409
    assert "请看清最新情况后再签" in answer.content.decode()
    assert press(chief, approval, "sign", version="x").status_code == 422
    press(chief, approval, "sign")
    answer = press(chief, approval, "sign")
    assert answer.status_code == 409 and "已经由陈志明（所长）处理" in answer.content.decode()


def test_several_of_one_kind_are_signed_at_once_each_with_its_entry(
    now_loop: Loop, signed_in: SignIn
) -> None:
    papers = [asked(now_loop, f"第{number}件") for number in range(3)]
    other = asked(now_loop, "另一类", "closing")
    chief = signed_in("chen_zhiming")
    keys = [f"matters:{one.pk}:{one.version}" for one in papers]
    mixed = chief.post("/signing/together/", {"paper": [keys[0], f"matters:{other.pk}:{other.version}"]})
    assert mixed.status_code == 422 and "approval.together_differ" in mixed.content.decode()
    none = chief.post("/signing/together/", {})
    assert none.status_code == 422 and "approval.none_chosen" in none.content.decode()
    assert chief.post("/signing/together/", {"paper": ["matters:x:1"]}).status_code == 422
    assert chief.post("/signing/together/", {"paper": ["elsewhere:x:1"]}).status_code in (404, 422)
    press(chief, papers[0], "sign")
    since = datetime.now(UTC) - timedelta(seconds=5)
    html = chief.post("/signing/together/", {"paper": keys}, follow=True).content.decode()
    assert "已同意 2 件" in html and "“第0件”没有签：" in html
    assert [state_of(one) for one in papers] == ["approved"] * 3
    with scoped(SYSTEM):
        assert AuditEntry.objects.filter(verb="defer", happened_at__gte=since).count() >= 2


def test_paper_is_forwarded_to_a_leader_from_a_list(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权")
    chief = signed_in("chen_zhiming")
    html = page(chief, url(approval, "forward"))
    assert "赵敏（局领导）" in html and "王建国" in html.partition("呈报")[0]
    assert press(chief, approval, "forward", member_id="").status_code == 422
    assert press(chief, approval, "forward", member_id=uuid7()).status_code == 422
    to = now_loop.cast.members["zhao_min"]
    assert press(chief, approval, "forward", member_id=to, opinion="请局领导定").status_code == 302
    assert "老屋产权：请审定" in page(signed_in("zhao_min"), "/signing/")
    assert "没有等您签批的呈批" in page(chief, "/signing/")
    assert press(signed_in("zhao_min"), latest_of(approval), "sign").status_code == 302


def latest_of(approval: Approval) -> Approval:
    with scoped(SYSTEM):
        return Approval.objects.get(pk=approval.pk)


@pytest.mark.parametrize("act", ["sign", "send_back", "forward", "withdraw", "burn"])
def test_paper_of_another_town_is_not_there(now_loop: Loop, signed_in: SignIn, act: str) -> None:
    approval = asked(now_loop, "老屋产权")
    client = signed_in("qiu_wenbin")
    mine, nobodys = press(client, approval, act), client.post(f"/signing/matters/{uuid7()}/{act}/")
    assert (mine.status_code, mine.content) == (404, nobodys.content)
    assert client.get(f"/signing/elsewhere/{approval.pk}/sign/").status_code == 404
    for paper in ("print", "word"):
        assert client.get(f"/matters/approvals/{approval.pk}/{paper}").status_code == 404


def test_address_of_a_press_leads_back_to_the_queue(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权")
    assert signed_in("chen_zhiming").get(url(approval, "sign")).headers["Location"] == "/signing/"


def test_papers_are_printed_and_written_for_word(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "{{ 老屋 }}<b>")
    chief = signed_in("chen_zhiming")
    printed = chief.get(f"/matters/approvals/{approval.pk}/print")
    assert printed.content.startswith(b"%PDF")
    for address in (f"/matters/approvals/{approval.pk}/word", f"/matters/{approval.matter_id}/word"):
        answer = chief.get(address)
        assert 'filename="JF' in answer.headers["Content-Disposition"]
        document = Document(BytesIO(answer.content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        assert any("{{ 老屋 }}<b>" in text for text in cells)


def test_queue_costs_a_fixed_number_of_queries(now_loop: Loop, signed_in: SignIn) -> None:
    chief = signed_in("chen_zhiming")
    for title in ("一", "二", "三"):
        asked(now_loop, title)
    page(chief, "/signing/")
    with queries(14):
        page(chief, "/signing/")
    asked(now_loop, "四")
    with queries(14):
        page(chief, "/signing/")


def test_home_panel_names_what_waits_and_what_came_back(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权")
    chief, officer = now_loop.cast.actor("chen_zhiming"), now_loop.cast.actor("wang_jianguo")
    with scoped(chief):
        shown = {"signatures": home_signatures(chief, now_loop.now), "now": now_loop.now}
        html = render_to_string(HOME_PANEL, shown)
    assert "等您签批 1 件" in html and "老屋产权" in html
    press(signed_in("chen_zhiming"), approval, "send_back", opinion="请补证明")
    with scoped(officer):
        shown = {"signatures": home_signatures(officer, now_loop.now), "now": now_loop.now}
        html = render_to_string(HOME_PANEL, shown)
    assert "退回修改" in html and "请补证明" in html
    with scoped(chief):
        shown = {"signatures": home_signatures(chief, now_loop.now), "now": now_loop.now}
        assert render_to_string(HOME_PANEL, shown).strip() == ""


def away(**changed: Any) -> dict[str, Any]:
    on = today(datetime.now(UTC))
    given = {"kind": "business", "starts_on": on, "until": on + timedelta(days=1)} | changed
    return {f"absence-{name}": value for name, value in given.items()}


def handed(to: Any, **changed: Any) -> dict[str, Any]:
    on = today(datetime.now(UTC))
    given = {"delegate_id": to, "reason": "leave", "starts_on": on, "until": on + timedelta(days=1)} | changed
    return {f"delegation-{name}": value for name, value in given.items()}


def test_absence_is_noted_and_ended_on_its_page(now_loop: Loop, signed_in: SignIn) -> None:
    desk, officer = signed_in("lin_xiaowen"), now_loop.cast.members["wang_jianguo"]
    assert "没有人外出" in page(desk, "/leave/")
    answer = desk.post("/leave/absences/", away(member_id=officer), follow=True)
    html = answer.content.decode()
    assert "外出已登记" in html and "今天不在" in html and "公出" in html
    again = desk.post("/leave/absences/", away(member_id=officer))
    assert again.status_code == 409 and "已经登记外出" in again.content.decode()
    (row,) = force.away_on(today(datetime.now(UTC)))
    stranger = signed_in("qiu_wenbin")
    theirs = stranger.post(f"/leave/absences/{row.id}/end/")
    assert (theirs.status_code, theirs.content) == (
        404,
        stranger.post(f"/leave/absences/{uuid7()}/end/").content,
    )
    assert "已销假" in desk.post(f"/leave/absences/{row.id}/end/", follow=True).content.decode()
    assert force.away_on(today(datetime.now(UTC))) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"until": "1900-01-01"},
        {"until": "9999-12-31"},
        {"until": "x"},
        {"until": ""},
        {"kind": "illness"},
        {"member_id": "018f0000-0000-7000-8000-00000000dead"},
        {"starts_on": "2026-11-24\x00"},
    ],
)
def test_absence_badly_filled_in_is_said_beside_the_field(
    now_loop: Loop, signed_in: SignIn, changed: dict[str, Any]
) -> None:
    given = away(**{"member_id": now_loop.cast.members["lin_xiaowen"]} | changed)
    answer = signed_in("lin_xiaowen").post("/leave/absences/", given)
    assert answer.status_code == 422
    assert "field-wrong" in answer.content.decode()
    assert force.away_on(today(datetime.now(UTC))) == []


def test_delegation_is_given_shown_to_both_and_taken_back(now_loop: Loop, signed_in: SignIn) -> None:
    approval = asked(now_loop, "老屋产权", "closing")
    chief, bureau = signed_in("chen_zhiming"), signed_in("zhao_min")
    to = now_loop.cast.members["zhao_min"]
    html = chief.post("/leave/delegations/", handed(to), follow=True).content.decode()
    assert "委托已生效" in html and "赵敏（局领导）" in html and "收回委托" in html
    html = page(bureau, "/signing/")
    assert "代签" in html and "代陈志明（所长）" in html
    (row,) = force.signs_for(to, today(datetime.now(UTC)))
    theirs = bureau.post(f"/leave/delegations/{row.id}/recall/")
    assert (theirs.status_code, theirs.content) == (
        404,
        bureau.post(f"/leave/delegations/{uuid7()}/recall/").content,
    )
    assert press(bureau, approval, "sign").status_code == 302
    assert "赵敏（局领导）代陈志明（所长）" in page(chief, f"/matters/{approval.matter_id}/")
    assert "委托已收回" in chief.post(f"/leave/delegations/{row.id}/recall/", follow=True).content.decode()
    assert "收回委托" not in page(chief, "/leave/")


def test_delegation_badly_filled_in_is_refused_on_the_page(now_loop: Loop, signed_in: SignIn) -> None:
    chief, to = signed_in("chen_zhiming"), now_loop.cast.members["zhao_min"]
    assert chief.post("/leave/delegations/", handed(uuid7())).status_code == 422
    answer = chief.post("/leave/delegations/", handed(to, until="2020-01-01"))
    assert answer.status_code == 422 and "结束日期不能早于开始日期" in answer.content.decode()
    assert "委托代签" not in page(signed_in("wang_jianguo"), "/leave/")


def program(loop: Loop, username: str) -> Client:
    with scoped(SYSTEM):
        token = issue_token(
            account_id=loop.cast.accounts[username], name="program", actor=SYSTEM, now=datetime.now(UTC)
        )
    return Client(headers={"Authorization": f"Bearer {token}"})


def sent(client: Client, approval: Approval, act: str, **given: Any) -> Any:
    address = f"/api/v1/approvals/{approval.pk}/{act}"
    return client.post(address, json.dumps(given), content_type="application/json")


def test_program_of_a_chief_reads_the_queue_and_signs(now_loop: Loop) -> None:
    approval = asked(now_loop, "老屋产权", "closing")
    chief = program(now_loop, "chen_zhiming")
    (listed,) = chief.get("/api/v1/approvals").json()
    assert (listed["kind"], listed["title"], listed["signer"]) == ("closing", "老屋产权", "陈志明（所长）")
    assert [line["deed"] for line in listed["lines"]] == ["呈报"]
    answer = sent(chief, approval, "sign", version=listed["version"], opinion="同意")
    assert (answer.status_code, answer.json()["state"]) == (200, "closed")
    assert chief.get("/api/v1/approvals").json() == []
    answer = sent(chief, approval, "sign")
    assert (answer.status_code, answer.json()["code"]) == (409, "approval.already_decided")


@pytest.mark.parametrize(
    ("username", "act", "given", "code"),
    [
        ("chen_zhiming", "burn", {}, "step.unavailable"),
        ("chen_zhiming", "send_back", {}, "step.incomplete"),
        ("chen_zhiming", "forward", {}, "step.incomplete"),
        ("chen_zhiming", "forward", {"member_id": str(uuid7())}, "member.unknown"),
        ("chen_zhiming", "sign", {"opinion": "x\x00"}, "text.control_characters"),
        ("chen_zhiming", "withdraw", {}, "approval.not_yours"),
        ("qiu_wenbin", "sign", {}, "record.not_found"),
    ],
)
def test_program_is_refused_with_the_code(
    now_loop: Loop, username: str, act: str, given: dict[str, Any], code: str
) -> None:
    approval = asked(now_loop, "老屋产权", "closing")
    answer = sent(program(now_loop, username), approval, act, **given)
    assert answer.json()["code"] == code
    assert state_of(approval) == "waiting"
