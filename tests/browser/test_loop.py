"""The loop in a real browser: on a phone, with and without scripts, and to the eyes of axe."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.cast import YINSHAN_VILLAGE
from tests.matters.conftest import Loop

PHONE, DESK = 390, 1366
PAGES = (
    *("/", "/matters/?board=all", "/matters/new", "/matters/import/"),
    *("/inbox/", "/me/", "/feedback/", "/outbox/", "/public/"),
)


def record(page: Page, site: Site, text: str) -> str:
    """What an officer at a doorstep does; the address of the matter."""
    page.goto(f"{site.url}/matters/new")
    page.locator("label[for=kind_help]").click()
    page.fill("#id_body", text)
    place = page.get_by_role("combobox", name="地点")
    place.fill("zkc")
    page.get_by_role("option", name="朱口村 朱口镇", exact=True).click()
    page.get_by_role("button", name="保存登记").click()
    page.wait_for_url(re.compile(r"/matters/[0-9a-f-]{36}/$"))
    return page.url


def take(page: Page, heading: str, label: str, **typed: str) -> None:
    """Fill the form that is offered first and press its button."""
    expect(page.get_by_role("heading", name=f"现在要做：{heading}")).to_be_visible()
    for name, text in typed.items():
        page.locator(f".panel [name={name}]").fill(text)
    page.locator(".panel").get_by_role("button", name=label, exact=True).click()
    expect(page.locator("#said")).to_contain_text(f"已{label}")


def test_a_matter_is_recorded_on_a_phone_and_walks_to_closed(site: Site) -> None:
    officer = site.visit("wang_jianguo", width=PHONE)
    started = time.monotonic()
    url = record(officer, site, "老人走失\n穿蓝色上衣，八十岁")
    assert time.monotonic() - started < 30
    desk = site.visit("lin_xiaowen", width=DESK)
    desk.goto(url)
    take(desk, "受理", "受理")
    expect(desk.locator("#members")).to_contain_text("王建国")
    desk.locator("[name=member_id]").select_option(label="王建国（社区民警）")
    take(desk, "派发", "派发")
    officer.goto(url)
    take(officer, "接办", "接办")
    take(officer, "反馈", "反馈", result="已送回家中")
    desk.goto(url)
    take(desk, "核验通过", "核验通过")
    expect(desk.locator("h1")).to_contain_text("已办结")
    assert desk.url == url


def test_a_swapped_page_is_the_page_that_a_reload_shows(site: Site) -> None:
    desk = site.visit("lin_xiaowen", width=DESK)
    url = record(desk, site, "羊群跑进菜地")
    desk.evaluate("window.keptBySwaps = true")
    take(desk, "受理", "受理")
    assert desk.evaluate("window.keptBySwaps") is True
    swapped = shown(desk)
    desk.reload()
    assert desk.evaluate("window.keptBySwaps") is None
    assert (shown(desk), desk.url) == (swapped, url)


def shown(page: Page) -> str:
    """The main region without what was said once and without what differs by request."""
    page.wait_for_load_state("networkidle")
    html: str = page.evaluate(
        "() => { const copy = document.querySelector('#main').cloneNode(true);"
        " copy.querySelector('#said').replaceChildren();"
        " copy.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((one) => one.remove());"
        " return copy.innerHTML; }"
    )
    return html


def test_whoever_comes_second_reads_why_and_keeps_the_text(site: Site) -> None:
    desk = site.visit("lin_xiaowen", width=DESK)
    url = record(desk, site, "桥头路灯不亮")
    other = site.visit("chen_zhiming", width=PHONE)
    other.goto(url)
    take(desk, "受理", "受理")
    other.locator(".panel [name=text]").fill("所长先看到的")
    other.locator(".panel").get_by_role("button", name="受理", exact=True).click()
    expect(other.get_by_role("alert").filter(has_text="matter.changed")).to_be_visible()
    expect(other.locator(".typed")).to_contain_text("所长先看到的")
    assert other.url == url


def test_without_scripts_a_matter_is_recorded_and_accepted(site: Site) -> None:
    page = site.visit("lin_xiaowen", width=PHONE, is_scripted=False)
    page.goto(f"{site.url}/matters/new")
    expect(page.locator("#id_dispute-dispute_type")).to_be_visible()
    page.locator("label[for=kind_help]").click()
    expect(page.locator("#id_dispute-dispute_type")).to_be_hidden()
    page.fill("#id_body", "求助：拖拉机陷在田里")
    page.select_option("#id_area", label="朱口村")
    page.get_by_role("button", name="保存登记").click()
    page.locator(".panel").get_by_role("button", name="受理", exact=True).click()
    expect(page.locator("#said")).to_contain_text("已受理")


def test_what_was_typed_is_there_after_a_reload(site: Site) -> None:
    page = site.visit("wang_jianguo", width=PHONE)
    page.goto(f"{site.url}/matters/new")
    page.locator("label[for=kind_hazard]").click()
    page.fill("#id_body", "灶间堆放柴草")
    page.reload()
    expect(page.locator("#id_body")).to_have_value("灶间堆放柴草")
    expect(page.locator("#id_hazard-hazard_kind")).to_be_visible()


def test_ones_own_villages_are_one_tap_away(site: Site) -> None:
    page = site.visit("wang_jianguo", width=PHONE)
    page.goto(f"{site.url}/matters/new")
    page.get_by_role("combobox", name="地点").click()
    offered = page.get_by_role("listbox", name="地点").get_by_role("option")
    expect(offered).to_have_text(["朱口村", "音山村", "石辋村"])
    offered.filter(has_text="音山村").click()
    expect(page.locator("#id_area")).to_have_value(str(YINSHAN_VILLAGE))


def test_without_scripts_the_people_of_another_unit_can_be_named(site: Site) -> None:
    desk = site.visit("lin_xiaowen", width=PHONE, is_scripted=False)
    desk.goto(f"{site.url}/matters/new")
    desk.locator("label[for=kind_help]").click()
    desk.fill("#id_body", "房屋外墙瓷砖脱落")
    desk.select_option("#id_area", label="朱口村")
    desk.get_by_role("button", name="保存登记").click()
    desk.locator(".panel").get_by_role("button", name="受理", exact=True).click()
    desk.select_option("[name=unit_id]", label="住建局")
    desk.get_by_role("button", name="列出所选单位的人员").click()
    desk.select_option("[name=member_id]", label="高裕民（协同单位经办人）")
    desk.locator(".panel").get_by_role("button", name="派发", exact=True).click()
    expect(desk.locator("#said")).to_contain_text("已派发")
    expect(desk.locator(".timeline li").first).to_contain_text("高裕民")


def test_likely_duplicates_appear_while_typing(site: Site) -> None:
    page = site.visit("wang_jianguo", width=PHONE)
    record(page, site, "朱口街水管爆裂，路面积水")
    page.goto(f"{site.url}/matters/new")
    page.locator("#id_body").press_sequentially("朱口街水管爆裂，路面积水很深")
    expect(page.locator("#duplicates")).to_contain_text("朱口街水管爆裂")


@pytest.fixture
def stock(loop: Loop) -> list[str]:
    """Addresses of matters in several states, recorded before the server starts."""
    states = ("recorded", "assessed", "handling", "fed_back", "closed")
    return [f"/matters/{loop.reach(state, title=f'事项{state}').pk}/" for state in states]


def test_axe_finds_nothing(stock: list[str], site: Site) -> None:
    found = []
    for width, username in ((DESK, "lin_xiaowen"), (PHONE, "wang_jianguo")):
        page = site.visit(username, width=width)
        for path in (*PAGES, *stock):
            page.goto(site.url + path)
            result = Axe().run(page)
            assert result.response["passes"]
            found += [(width, path, one["id"]) for one in result.response["violations"]]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
    assert found == []
