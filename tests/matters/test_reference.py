"""Reference data: loaded, superseded, never edited; column mappings; routing; duplicates."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cast import CHENGDONG, NOW, SYSTEM, ZHUKOU_VILLAGE
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import Category, RoutingWord, Supervision, TimeLimit
from yicun.matters.queries.reference import rungs
from yicun.matters.rules.flow import WORKFLOW
from yicun.matters.services.reference import FOLDER

LADDER = "level,height,hours,starts_on,source\n"


def load(folder: Path) -> int:
    with scoped(SYSTEM):
        return services.load_reference(actor=SYSTEM, now=NOW, folder=folder)


def steps_of(level: str) -> list[tuple[int, date, date | None]]:
    rows = Supervision.objects.filter(level=level).order_by("starts_on")
    return [(row.hours, row.starts_on, row.ends_on) for row in rows]


PACKAGED: tuple[tuple[Any, str], ...] = (
    (TimeLimit, "time_limits"),
    (Supervision, "supervision"),
    (Category, "categories"),
    (RoutingWord, "routing_words"),
)


def test_packaged_tables_are_loaded_whole_and_once(loop: Loop) -> None:
    for model, name in PACKAGED:
        lines = (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert model.objects.count() == len(lines) - 1, name
        assert not model.objects.filter(ends_on__isnull=False).exists()
    assert load(FOLDER) == 0


def test_countys_own_row_ends_the_one_before_it(loop: Loop, tmp_path: Path) -> None:
    table = tmp_path / "supervision.csv"
    table.write_text(f"{LADDER}red,3,24,2026-12-01,县里\n", encoding="utf-8")
    assert (load(tmp_path), load(tmp_path)) == (1, 0)
    assert steps_of("red") == [(48, date(2000, 1, 1), date(2026, 12, 1)), (24, date(2026, 12, 1), None)]
    assert [rung.hours for rung in rungs(NOW)] == [-24, 0, 48, 120]
    assert [rung.hours for rung in rungs(NOW + timedelta(days=10))] == [-24, 0, 24, 120]


def test_versions_loaded_together_or_backwards_still_follow_each_other(loop: Loop, tmp_path: Path) -> None:
    table = tmp_path / "supervision.csv"
    table.write_text(f"{LADDER}red,3,36,2028-01-01,县里\nred,3,24,2027-01-01,县里\n", encoding="utf-8")
    assert load(tmp_path) == 2
    table.write_text(f"{LADDER}red,3,40,2026-01-01,县里\n", encoding="utf-8")
    assert load(tmp_path) == 1
    assert steps_of("red") == [
        (48, date(2000, 1, 1), date(2026, 1, 1)),
        (40, date(2026, 1, 1), date(2027, 1, 1)),
        (24, date(2027, 1, 1), date(2028, 1, 1)),
        (36, date(2028, 1, 1), None),
    ]


def test_deadline_of_a_running_matter_keeps_the_limit_it_began_under(loop: Loop, tmp_path: Path) -> None:
    matter = loop.record("li_xiuying")
    head = "clock,kind,urgency,channel,unit,amount,pauses,extension_most,article,starts_on,source"
    table = tmp_path / "time_limits.csv"
    table.write_text(f"{head}\nacceptance,,,,hour,1,,0,新规定,2026-11-01,县里\n", encoding="utf-8")
    assert load(tmp_path) == 1
    old, new = loop.detail("lin_xiaowen", matter), loop.detail("lin_xiaowen", loop.record("li_xiuying"))
    assert (old.running and old.running.due_at) == matter.due_at
    assert (new.running and (new.running.article, new.running.due_at)) == ("新规定", NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    "text",
    [
        f"{LADDER}red,3,soon,2026-12-01,县里\n",
        f"{LADDER}red,3,1,明天,县里\n",
        "level,height,hours\nred,3,1\n",
    ],
)
def test_table_with_a_bad_cell_changes_nothing(loop: Loop, tmp_path: Path, text: str) -> None:
    (tmp_path / "supervision.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load(tmp_path)
    assert refused.value.code == "value.malformed"
    assert Supervision.objects.count() == 4


def test_loading_is_audited_once_with_its_rows(loop: Loop, tmp_path: Path) -> None:
    (tmp_path / "supervision.csv").write_text(f"{LADDER}red,3,24,2026-12-01,县里\n", encoding="utf-8")
    actor = loop.cast.actor("zhou_yulan")
    with scoped(actor):
        services.load_reference(actor=actor, now=NOW, folder=tmp_path)
        services.load_reference(actor=actor, now=NOW, folder=tmp_path)
        audited = AuditEntry.objects.filter(verb="load_reference").values_list("facts", flat=True)
        assert list(audited) == [{"rows": 1}]


def test_column_mapping_is_remembered_under_its_name(loop: Loop) -> None:
    actor = loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        services.save_mapping(name=" 留言板 ", columns={"title": "标题"}, actor=actor, now=NOW)
        services.save_mapping(name="留言板", columns={"title": "主题"}, actor=actor, now=NOW)
        assert queries.mapping("留言板") == {"title": "主题"}
        assert AuditEntry.objects.filter(verb="save_mapping").count() == 2
        with pytest.raises(Refused) as refused:
            queries.mapping("没有的")
        assert (refused.value.code, refused.value.facts) == ("mapping.unknown", {"name": "没有的"})
        with pytest.raises(Refused) as refused:
            services.save_mapping(name="长" * 61, columns={}, actor=actor, now=NOW)
        assert refused.value.code == "value.too_long"


def test_text_is_routed_by_the_countys_words(loop: Loop) -> None:
    assert queries.suggested_partner("小区停电三天", "") == "power_supply"
    assert queries.suggested_partner("司法所人民调解", "") == "judicial_office"
    assert queries.suggested_partner("嗯", "") is None


def test_classifications_and_workflow_are_handed_out(loop: Loop) -> None:
    assert queries.categories()["dispute"]["0102"] == "赡养、抚养与监护"
    assert queries.workflow_table() == WORKFLOW.as_table()


DUPLICATES: list[tuple[dict[str, Any], bool]] = [
    ({"title": "朱口村桥头路灯不亮"}, True),
    ({"title": "反映", "body": "朱口村桥头的路灯不亮了"}, True),
    ({"title": "老人走失"}, False),
    ({"title": "朱口村桥头路灯不亮", "area_code": CHENGDONG}, False),
]


@pytest.mark.parametrize(("draft", "is_shown"), DUPLICATES)
def test_likely_duplicate_of_the_same_place_is_shown_while_typing(
    loop: Loop, draft: dict[str, Any], is_shown: bool
) -> None:
    matter = loop.record("li_xiuying", **draft)
    found = duplicates(loop, timedelta())
    assert [one.pk for one, _score in found] == ([matter.pk] if is_shown else [])


def test_ended_and_old_matters_are_no_duplicates(loop: Loop) -> None:
    matter = loop.record("li_xiuying", title="朱口村桥头路灯不亮")
    assert len(duplicates(loop, timedelta(days=60))) == 1
    assert duplicates(loop, timedelta(days=61)) == []
    loop.do("lin_xiaowen", "decline", matter, reason="不属本县")
    assert duplicates(loop, timedelta()) == []


def duplicates(loop: Loop, later: timedelta) -> list[tuple[Any, float]]:
    actor = loop.cast.actor("wang_jianguo")
    with scoped(actor):
        return queries.possible_duplicates("朱口村桥头路灯不亮", ZHUKOU_VILLAGE, actor, NOW + later)
