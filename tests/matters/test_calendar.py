"""A county loads a year's holidays when they are announced: deadlines, their arithmetic and the lists follow."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.cast import SYSTEM
from tests.matters.conftest import Loop
from tests.matters.test_promises import broken_by, stored
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.clocks import SHANGHAI
from yicun.matters import queries, services
from yicun.matters.models import CalendarDay, Clock, Entry, Matter

HEAD = "year,day,kind,starts_on,source"
NOTICE = "2026-11-05,国务院办公厅通知（虚构，测试用）"
# An invented arrangement: New Year 1-3 January, worked on Saturday the 9th
INVENTED = ["2027,2027-01-01,holiday", "2027,2027-01-04,holiday", "2027,2027-01-09,make_up"]


def load(loop: Loop, folder: Path, *lines: str) -> int:
    text = "\n".join([HEAD, *(line if line.count(",") > 2 else f"{line},{NOTICE}" for line in lines)])
    (folder / "calendar_days.csv").write_text(text + "\n", encoding="utf-8")
    with scoped(SYSTEM):
        return services.load_reference(actor=SYSTEM, now=loop.now, folder=folder)


def recount(loop: Loop) -> int:
    with scoped(SYSTEM):
        return services.recount(actor=SYSTEM, now=loop.now)


def evening(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) + timedelta(days=1)


def over_new_year(loop: Loop) -> Matter:
    """Recorded on Thursday 31 December 2026: to be accepted within one working day."""
    loop.now = datetime(2026, 12, 31, 10, tzinfo=SHANGHAI)
    matter = loop.record("li_xiuying")
    assert matter.due_at == evening("2027-01-04")
    return matter


def test_year_of_the_countys_own_is_official_from_then_on(loop: Loop, tmp_path: Path) -> None:
    assert not queries.calendar().is_official(2027)
    assert load(loop, tmp_path, *INVENTED) == 3
    assert queries.calendar().is_official(2027)
    assert not queries.calendar().is_workday(date(2027, 1, 4))
    assert queries.calendar().is_workday(date(2027, 1, 9))
    assert load(loop, tmp_path, *INVENTED) == 0


def test_running_deadlines_follow_a_new_calendar_once(loop: Loop, tmp_path: Path) -> None:
    matter, urgent = over_new_year(loop), loop.record("li_xiuying", urgency="urgent")
    assert recount(loop) == 0
    load(loop, tmp_path, *INVENTED)
    assert (recount(loop), recount(loop)) == (1, 0)
    face = loop.detail("lin_xiaowen", matter).running
    with scoped(SYSTEM):
        kept = Matter.objects.get(pk=matter.pk)
        clock = Clock.objects.get(matter_id=matter.pk)
        line = Entry.objects.filter(matter_id=matter.pk).latest("at", "id")
        audited = AuditEntry.objects.get(verb="recount")
        assert Matter.objects.get(pk=urgent.pk).due_at == urgent.due_at
    assert face is not None
    assert kept.due_at == clock.due_at == face.due_at == evening("2027-01-05")
    assert (kept.version, kept.changed_by) == (matter.version + 1, SYSTEM.label)
    assert (line.verb, audited.facts) == ("recount", {"moved": 1})
    assert queries.history_of(loop.detail("lin_xiaowen", matter))[0].verb == "按放假安排重新计算时限"


def test_recounting_reads_the_ledger_and_comes_down_the_ladder(loop: Loop, tmp_path: Path) -> None:
    matter = over_new_year(loop)
    loop.now = datetime(2027, 1, 5, 0, 30, tzinfo=SHANGHAI)
    with scoped(SYSTEM):
        assert services.supervise(actor=SYSTEM, now=loop.now) == 1
    load(loop, tmp_path, *INVENTED)
    assert recount(loop) == 1
    with scoped(SYSTEM):
        kept = Matter.objects.get(pk=matter.pk)
    assert (kept.due_at, kept.supervision) == (evening("2027-01-05"), 1)


def test_paused_clock_is_counted_with_its_pauses(loop: Loop, tmp_path: Path) -> None:
    loop.now = datetime(2026, 12, 28, 10, tzinfo=SHANGHAI)
    matter = loop.reach("handling", kind="service", details={"service_kind": "certificate"})
    matter = loop.do("wang_jianguo", "pause", matter, pause_reason="materials", text="等材料")
    load(loop, tmp_path, *INVENTED)
    assert recount(loop) == 0, "still unknown"
    loop.now = datetime(2026, 12, 30, 10, tzinfo=SHANGHAI)
    matter = loop.do("wang_jianguo", "resume", matter)
    # 31 December, 5, 6, 7, 8 January
    assert matter.due_at == evening("2027-01-08")


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [({}, "calendar_day_once"), ({"kind": "feast", "year": 2028}, "calendar_day_kind_known")],
)
def test_day_stands_once_in_a_notice_and_is_of_a_known_kind(
    loop: Loop, tmp_path: Path, changed: dict[str, object], constraint: str
) -> None:
    load(loop, tmp_path, *INVENTED)
    row = CalendarDay.objects.earliest("day")
    assert broken_by(stored(row, **changed)) == constraint


@pytest.mark.parametrize(("kind", "is_workday"), [("ordinary", True), ("holiday", False)])
def test_amended_notice_follows_the_first_one(
    loop: Loop, tmp_path: Path, kind: str, is_workday: bool
) -> None:
    load(loop, tmp_path, *INVENTED)
    assert load(loop, tmp_path, f"2027,2027-01-04,{kind},2026-12-01,修改通知") == 1
    assert queries.calendar().is_workday(date(2027, 1, 4)) is is_workday
    versions = CalendarDay.objects.filter(day=date(2027, 1, 4)).order_by("starts_on")
    assert [(row.kind, row.ends_on) for row in versions] == [("holiday", date(2026, 12, 1)), (kind, None)]
