"""The phone in the valley, in a real browser: kept at once, sent when the signal is back, nobody else's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Machine, Site
from tests.matters.conftest import Loop

PHONE = 390
DETAIL = re.compile(r"/matters/[0-9a-f-]{36}/$")
LATER = "() => { const real = Date.now; Date.now = () => real() + 150000; }"


def photo(path: Path, side: int = 900) -> Path:
    """Noise: a picture that does not become small."""
    Image.effect_noise((side, side), 80).convert("RGB").save(path, "JPEG", quality=95)
    return path


def write(page: Page, text: str) -> None:
    page.locator("label[for=kind_help]").click()
    page.fill("#id_body", text)
    page.get_by_role("combobox", name="地点").fill("朱口村")
    page.locator(".picker [role=option]").first.click()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存登记").click()


def opened(site: Site, username: str = "wang_jianguo") -> Page:
    page = site.visit(username, width=PHONE)
    page.goto(f"{site.url}/matters/new")
    page.wait_for_load_state("networkidle")
    return page


def outbox(page: Page, site: Site) -> Any:
    page.goto(f"{site.url}/outbox/")
    return page.locator(".outbox-item")


def titles(page: Page, site: Site) -> list[str]:
    answer = page.request.get(f"{site.url}/api/v1/matters?limit=50")
    return [one["title"] for one in answer.json()["items"]]


def test_what_is_written_without_a_signal_goes_up_with_its_photo_when_it_is_back(
    site: Site, tmp_path: Path
) -> None:
    page = opened(site)
    page.context.set_offline(True)
    write(page, "灶间堆柴\n已当面提醒")
    page.set_input_files("#id_photos", photo(tmp_path / "灶间.jpg"))
    expect(page.locator(".picked img")).to_have_count(1)
    save(page)
    expect(page.locator("#said")).to_contain_text("已保存在本机")
    expect(page.locator("#id_body")).to_have_value("")
    assert page.locator("[data-outbox-count]").inner_text() == "1"
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-count]")).to_be_hidden(timeout=30_000)
    assert titles(page, site) == ["灶间堆柴"]
    item = outbox(page, site)
    expect(item).to_have_attribute("data-state", "sent")
    expect(item).to_contain_text("服务器已收到，正在核对")
    page.evaluate(LATER)
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(item).to_contain_text("服务器已确认，本机内容已清除", timeout=60_000)


def test_every_field_and_photo_is_there_after_the_page_was_ended(site: Site, tmp_path: Path) -> None:
    page = opened(site)
    write(page, "路面塌陷")
    page.set_input_files("#id_photos", photo(tmp_path / "a.jpg", 200))
    expect(page.locator(".picked img")).to_have_count(1)
    page.evaluate("() => { document.querySelector('[name=lat]').value = '26.9'; }")
    page.locator("#id_place_text").press_sequentially("桥头")
    again = page.context.new_page()
    page.close()
    again.goto(f"{site.url}/matters/new")
    expect(again.locator("#id_body")).to_have_value("路面塌陷")
    expect(again.locator("#id_place_text")).to_have_value("桥头")
    expect(again.locator("[name=lat]")).to_have_value("26.9")
    expect(again.locator(".picked img")).to_have_count(1)
    again.get_by_role("button", name="移除照片 a.jpg").click()
    expect(again.locator(".picked img")).to_have_count(0)


def test_a_photo_goes_on_after_a_cut(site: Site, tmp_path: Path) -> None:
    """The line breaks in the middle of the photo: no record yet, and no byte of the first pieces again."""
    page = opened(site)
    pieces: list[str] = []

    def watch(route: Any) -> None:
        pieces.append(route.request.url.partition("/pieces/")[2].partition("?")[0])
        route.abort() if len(pieces) == 3 else route.continue_()

    page.route("**/pieces/**", watch)
    write(page, "山体裂缝")
    page.set_input_files("#id_photos", photo(tmp_path / "a.jpg"))
    expect(page.locator(".picked img")).to_have_count(1)
    save(page)
    expect(page.locator("#said")).to_contain_text("还没有上传。正在上传照片 1/1", timeout=20_000)
    assert titles(page, site) == []
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-outbox-count]")).to_be_hidden(timeout=30_000)
    assert pieces[:3] == ["0", "65536", "131072"]
    assert pieces[3] == "131072"
    assert len(set(pieces)) == len(pieces) - 1
    assert titles(page, site) == ["山体裂缝"]


def test_the_outbox_gives_reason_retry_removal_and_a_file(site: Site, machine: Machine) -> None:
    page = opened(site)
    machine.stop()
    write(page, "水管爆裂")
    save(page)
    expect(page.locator("#said")).to_contain_text("已保存在本机")
    page.route("**/api/v1/sync", lambda route: route.fulfill(status=503, body="{}"))
    machine.start()
    item = outbox(page, site)
    item.get_by_role("button", name="立即上传").click()
    expect(item).to_contain_text("服务器暂时没有答复，会自动再试")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出到文件").click()
    kept = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert [one["body"]["body"] for one in kept] == ["水管爆裂"]
    item.get_by_role("button", name="删除").click()
    expect(item).to_have_count(1)
    item.get_by_role("button", name="再按一次删除").click()
    expect(item).to_have_count(0)
    expect(page.locator("[data-outbox-list]")).to_contain_text("本机没有待上传的内容")


def test_a_queue_outlives_its_owners_sign_out_and_is_nobody_elses(site: Site) -> None:
    page = opened(site)
    page.route("**/api/v1/sync", lambda route: route.abort())
    write(page, "王建国写的")
    save(page)
    expect(page.locator("#said")).to_contain_text("已保存在本机")
    page.context.clear_cookies()
    page.unroute("**/api/v1/sync")
    expect(outbox(page, site)).to_have_count(0)
    expect(page.locator("[data-others]")).to_contain_text("本机存有 1 条，没有丢失")
    site.sign_in(page, "li_xiuying")
    expect(outbox(page, site)).to_have_count(0)
    expect(page.locator("[data-others]")).to_contain_text("其他使用者的 1 条")
    expect(page.locator("main")).not_to_contain_text("王建国写的")
    page.wait_for_load_state("networkidle")
    assert "王建国写的" not in titles(page, site)
    page.context.clear_cookies()
    site.sign_in(page, "wang_jianguo")
    expect(outbox(page, site)).to_have_attribute("data-state", "sent", timeout=20_000)
    assert titles(page, site) == ["王建国写的"]


def test_a_page_of_the_first_officer_sends_nothing_for_the_second(site: Site) -> None:
    """The page was drawn for one; meanwhile another signed in beside it."""
    page = opened(site)
    beside = page.context.new_page()
    page.context.clear_cookies()
    site.sign_in(beside, "li_xiuying")
    write(page, "还是王建国")
    save(page)
    expect(page.locator("#said")).to_contain_text("现在登录的是另一位使用者", timeout=15_000)
    assert "还是王建国" not in titles(beside, site)


def test_a_full_phone_says_so_and_keeps_the_form(site: Site, tmp_path: Path) -> None:
    page = opened(site)
    write(page, "写了很久的话")
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": 1})
    page.set_input_files("#id_photos", photo(tmp_path / "a.jpg"))
    expect(page.locator("#said")).to_contain_text("本机空间不足，没有保存成功", timeout=15_000)
    expect(page.locator("#id_body")).to_have_value("写了很久的话")


def test_a_photo_of_200_mb_is_not_even_read(site: Site, tmp_path: Path) -> None:
    large = tmp_path / "全景.jpg"
    with large.open("wb") as out:
        out.truncate(200 * 1024 * 1024)
    page = opened(site)
    page.set_input_files("#id_photos", large)
    expect(page.locator("#said")).to_contain_text("“全景.jpg”有 200 MB，超过 50 MB")
    expect(page.locator(".picked img")).to_have_count(0)


def test_a_step_taken_without_a_signal_meets_a_newer_version_with_both_shown(
    loop: Loop, handled: str, site: Site
) -> None:
    page = site.visit("wang_jianguo", width=PHONE)
    page.goto(site.url + handled)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator(".panel [name=result]").fill("已送回家中")
    page.locator(".panel").get_by_role("button", name="反馈", exact=True).click()
    expect(page.locator("#said")).to_contain_text("“反馈”已保存在本机")
    desk = site.visit("chen_zhiming", width=PHONE)
    token = next(one["value"] for one in desk.context.cookies() if one["name"] == "csrftoken")
    key = handled.strip("/").rpartition("/")[2]
    noted = desk.request.post(
        f"{site.url}/api/v1/matters/{key}/note", data={"text": "家属来电"}, headers={"X-CSRFToken": token}
    )
    assert noted.ok, noted.text()
    page.context.set_offline(False)
    item = outbox(page, site)
    expect(item).to_have_attribute("data-state", "conflict", timeout=20_000)
    expect(item.locator("[data-versions]")).to_contain_text("已送回家中")
    expect(item.locator("[data-versions]")).to_contain_text("家属来电")
    item.get_by_role("button", name="按现在的版本再交").click()
    expect(item).to_have_attribute("data-state", "sent", timeout=20_000)
    page.goto(site.url + handled)
    expect(page.locator("main")).to_contain_text("已送回家中")


@pytest.fixture
def handled(loop: Loop) -> str:
    """A matter in the hands of the village officer."""
    return f"/matters/{loop.reach('handling', title='老人走失').pk}/"


def kept_names(context: BrowserContext) -> list[str]:
    names: list[str] = context.pages[0].evaluate(
        "async () => (await (await caches.open('yicun-files-1')).keys()).map((one) => new URL(one.url).pathname)"
    )
    return sorted(names)


def test_kept_pages_open_without_a_server_and_outlive_an_upgrade(
    site: Site, machine: Machine, tmp_path: Path
) -> None:
    """Digested names under the worker: the form opens with the files of its own time, before and after."""
    page = site.visit("wang_jianguo", width=PHONE, is_kept=True)
    page.goto(f"{site.url}/matters/new")
    expect(page.locator("html.js")).to_be_attached()
    page.wait_for_function("async () => Boolean(await caches.match('/matters/new'))")
    page.wait_for_function("async () => (await (await caches.open('yicun-files-1')).keys()).length >= 4")
    before = kept_names(page.context)
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in before), before
    machine.stop()
    page.reload()
    write(page, "没有信号时写的")
    save(page)
    expect(page.locator("#said")).to_contain_text("已保存在本机")
    upgrade(tmp_path / "static")
    machine.start()
    page.goto(f"{site.url}/me/")
    page.wait_for_function("async () => (await (await caches.open('yicun-files-1')).keys()).length >= 4")
    expect(page.locator("[data-outbox-count]")).to_be_hidden(timeout=40_000)
    machine.stop()
    page.goto(f"{site.url}/matters/new")
    write(page, "升级以后写的")
    save(page)
    expect(page.locator("#said")).to_contain_text("已保存在本机")


def upgrade(static: Path) -> None:
    """Every script and style gets another content and so another name; the old files are gone."""
    manifest = static / "staticfiles.json"
    told = json.loads(manifest.read_text())
    for plain, digested in told["paths"].items():
        if plain.startswith("yicun/") and plain.endswith((".js", ".css")):
            newer = re.sub(r"\.[0-9a-f]{12}\.", ".0123456789ab.", digested)
            (static / digested).rename(static / newer)
            told["paths"][plain] = newer
    manifest.write_text(json.dumps(told))


def test_a_sign_out_takes_the_pages_and_leaves_the_queue(site: Site) -> None:
    page = site.visit("wang_jianguo", width=PHONE, is_kept=True)
    page.goto(f"{site.url}/matters/new")
    page.wait_for_function("async () => Boolean(await caches.match('/matters/new'))")
    page.route("**/api/v1/sync", lambda route: route.abort())
    write(page, "退出之前写的")
    save(page)
    expect(page.locator("#said")).to_contain_text("已保存在本机")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/**")
    page.wait_for_function("async () => !(await caches.match('/matters/new'))")
    site.sign_in(page, "wang_jianguo")
    expect(outbox(page, site)).to_contain_text("退出之前写的")
