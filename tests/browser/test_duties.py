"""Task lists, campaigns and meetings in a real browser, at both widths: to the eyes of axe, and nothing sticks out."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Site
from tests.cast import ZHUKOU_VILLAGE
from tests.matters.visits import now_loop
from tests.orglife.conftest import Room, now_room
from tests.relief.conftest import Desk, now_desk

__all__ = ["now_desk", "now_loop", "now_room"]
DESK, PHONE = 1366, 390
LISTS = ("/", "/tasks/", "/tasks/?list=pushed", "/meetings/", "/meetings/new?system=alarm_briefing")


@pytest.fixture
def stock(now_desk: Desk, now_room: Room) -> dict[str, list[str]]:
    """A campaign with numbers, a demand at the gate and a meeting with a decision, before the server starts."""
    hazard = {"kind": "hazard", "title": "电线老化", "details": {"hazard_kind": "wiring"}}
    now_desk.loop.record("wang_jianguo", area_code=ZHUKOU_VILLAGE, **hazard)
    campaign = now_desk.running(defence="rectification", counted={"kinds": ["hazard"]})
    now_desk.do("zhao_min", "remark", campaign, stage="opening", text="部署到各所")
    waiting = now_desk.propose(is_no_duplicate=True)
    meeting = now_room.hold(agenda=("本周警情",), offices=("邻县派出所",))
    now_room.decide(meeting)
    shared = [f"/tasks/{campaign.pk}/", f"/meetings/{meeting.pk}/"]
    return {
        "chen_zhiming": [*LISTS, *shared, f"/tasks/{campaign.pk}/matters"],
        "zhou_yulan": ["/tasks/", "/tasks/new", f"/tasks/{waiting.pk}/"],
    }


def test_axe_finds_nothing_on_tasks_and_meetings(stock: dict[str, list[str]], site: Site) -> None:
    found = []
    for username, paths in stock.items():
        for width in (DESK, PHONE):
            page = site.visit(username, width=width)
            for path in paths:
                page.goto(site.url + path)
                result = Axe().run(page)
                assert result.response["passes"]
                found += [(width, path, one["id"]) for one in result.response["violations"]]
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
    assert found == []
