"""What waits for a person today, what a leader has to decide, and lists that leave the platform."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import pytest

from tests.cast import CHENGDONG, NOW
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.services.exporting import export


def todo(loop: Loop, username: str, now: Any) -> list[str]:
    actor = loop.cast.actor(username)
    with scoped(actor):
        return [matter.title for matter in queries.todo_for(actor, now)]


def test_todo_is_what_is_mine_and_pressing(loop: Loop) -> None:
    loop.record("li_xiuying", title="due on Tuesday")
    loop.do("wang_jianguo", "return_back", loop.reach("assigned", title="sent back"), reason="不是我们管")
    loop.do("lin_xiaowen", "rework", loop.reach("fed_back", title="rework"), reason="没办好")
    loop.do("zhao_min", "instruct", loop.reach("handling", title="instructed"), text="抓紧")
    loop.reach("handling", title="in good time")
    loop.now = NOW
    loop.record("fan_jinsheng", title="elsewhere", area_code=CHENGDONG)
    expected = [
        ("lin_xiaowen", NOW, ["sent back"]),
        ("lin_xiaowen", NOW + timedelta(days=1), ["due on Tuesday", "sent back"]),
        ("wang_jianguo", NOW, ["rework", "instructed"]),
        ("zheng_haifeng", NOW + timedelta(days=1), []),
        ("luo_xiaomei", NOW + timedelta(days=1), ["elsewhere"]),
        ("gao_yuming", NOW + timedelta(days=9), []),
    ]
    for username, now, titles in expected:
        assert sorted(todo(loop, username, now)) == sorted(titles), (username, now)


def test_export_writes_what_the_filter_shows_and_is_audited(loop: Loop, tmp_path: Path) -> None:
    for number in range(3):
        loop.record("li_xiuying", title=f"第 {number} 件")
    loop.record("li_xiuying", kind="dispute", details={"dispute_type": "0102", "grade": "red"}, title="分家")
    actor = loop.cast.actor("lin_xiaowen")
    target = tmp_path / "matters.xlsx"
    with scoped(actor):
        found = queries.board_for(actor, "all", {"kind": "help"}, NOW)
        assert export(found=found, path=target, filters={"kind": "help"}, actor=actor, now=NOW) == 3
        everything = queries.board_for(actor, "all", {}, NOW)
        assert export(found=everything, path=target, filters={}, actor=actor, now=NOW) == 4
        audited = AuditEntry.objects.filter(verb="export").order_by("id").values_list("facts", flat=True)
        assert list(audited) == [{"rows": 3, "filters": {"kind": "help"}}, {"rows": 4, "filters": {}}]
    assert is_zipfile(target)


def test_attachment_is_reached_through_its_own_visible_matter_only(
    loop: Loop, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    matter, other = loop.record("li_xiuying"), loop.record("li_xiuying")
    actor, stranger = loop.cast.actor("lin_xiaowen"), loop.cast.actor("luo_xiaomei")
    with scoped(actor):
        services.attach(
            matter_id=matter.pk, file=BytesIO(b"%PDF-1.4\n%%EOF\n"), name="材料.pdf", actor=actor, now=NOW
        )
        (stored,) = queries.detail_of(matter.pk, actor).attachments
        assert queries.attachment_of(matter.pk, stored.pk, actor) == stored
    for who, matter_id, key in (
        (stranger, matter.pk, stored.pk),
        (actor, other.pk, stored.pk),
        (actor, matter.pk, uuid7()),
    ):
        with pytest.raises(Refused) as refused, scoped(who):
            queries.attachment_of(matter_id, key, who)
        assert refused.value.code == "record.not_found"


KINDS: list[tuple[str, dict[str, Any], list[tuple[str, Any]]]] = [
    (
        "incident",
        {"incident_class": "L01", "is_ongoing": "yes"},
        [("警情类别", "刑事类（L01）"), ("正在发生", "是")],
    ),
    (
        "hazard",
        {"hazard_kind": "wiring", "is_dwelling": "no"},
        [("隐患类别", "电气线路"), ("是居民住宅", "否")],
    ),
    ("dispute", {"dispute_type": "0102", "grade": "red"}, [("纠纷类型", "赡养、抚养与监护（0102）")]),
    ("help", {"people": 2}, [("涉及人数", 2)]),
]


@pytest.mark.parametrize(("kind", "details", "expected"), KINDS)
def test_details_are_shown_in_words(
    loop: Loop, kind: str, details: dict[str, Any], expected: list[tuple[str, Any]]
) -> None:
    matter = loop.record("li_xiuying", kind=kind, details=details)
    facts = queries.facts_of(matter)
    assert facts[len(facts) - len(expected) :] == expected


def test_course_shows_what_is_behind_and_what_is_ahead(loop: Loop) -> None:
    def marks(state: str) -> list[str]:
        return [step.mark for step in queries.course_of(loop.detail("lin_xiaowen", loop.reach(state)))]

    closed = marks("closed")
    assert set(closed) == {"done"}
    assert marks("handling").count("current") == 1
    declined = loop.do("lin_xiaowen", "decline", loop.record("li_xiuying"), reason="不属本县")
    course = queries.course_of(loop.detail("lin_xiaowen", declined))
    assert [step.mark for step in course] == ["done", "returned"]
    back = loop.do("lin_xiaowen", "rework", loop.reach("fed_back"), reason="没办好")
    assert "returned" in [step.mark for step in queries.course_of(loop.detail("lin_xiaowen", back))]


def test_paper_tells_the_whole_story_from_the_beginning(loop: Loop) -> None:
    matter = loop.reach("handling")
    loop.do("zhao_min", "instruct", matter, text="三日内报结果")
    loop.do("wang_jianguo", "reply", matter, text="已在办")
    paper = queries.paper_of(loop.detail("lin_xiaowen", matter))
    assert [step["action"] for step in paper["steps"]][:4] == ["登记", "受理", "研判", "派发"]
    assert (paper["number"], paper["title"], paper["content"]) == (matter.number, matter.number, "老人走失")
    assert len(paper["clocks"]) == 4
    assert len(paper["instructions"]) == 1
