"""Reference data: loaded, superseded, never edited; column mappings; routing; duplicates."""

import re
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
from yicun.matters.models import CalendarDay, Category, RoutingWord, Supervision, TimeLimit
from yicun.matters.queries.reference import rungs
from yicun.matters.rules.flow import WORKFLOW
from yicun.matters.services.reference import FOLDER
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind

CELL, AMOUNT = "table.cell_invalid", "clock.amount_out_of_range"
MISPLACED = "clock.calendar_day_misplaced"
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


LIMITS = "clock,kind,urgency,channel,unit,amount,pauses,extension_most,article,starts_on,source\n"
DAYS = "year,day,kind,starts_on,source\n"
HEADS = "level,height,hours\n"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("supervision", f"{LADDER}red,3,soon,2026-12-01,县里\n", "table.cell_invalid"),
        ("supervision", f"{LADDER}red,3,1,明天,县里\n", "table.cell_invalid"),
        ("supervision", f"{LADDER}red,3,1,1900-01-01,县里\n", "table.cell_invalid"),
        ("supervision", f"{LADDER}purple,3,1,2026-12-01,县里\n", "table.cell_invalid"),
        ("supervision", f"{LADDER}red,9,1,2026-12-01,县里\n", "table.cell_invalid"),
        ("supervision", f"{LADDER}red,3,1,2026-12-01,\n", "table.cell_invalid"),
        ("supervision", f"{LADDER}red,3\n", "table.cell_invalid"),
        ("supervision", f"{HEADS}red,3,1\n", "table.column_missing"),
        ("supervision", f"{LADDER}red,3,1,2026-12-01,县里\nred,3,2,2026-12-01,县里\n", "table.row_twice"),
        ("time_limits", f"{LIMITS}handling,,,,week,1,,0,规定,2026-12-01,县里\n", "table.cell_invalid"),
        ("time_limits", f"{LIMITS}handling,,,,hour,0,,0,规定,2026-12-01,县里\n", "table.cell_invalid"),
        ("time_limits", f"{LIMITS}handling,,,,hour,1,sleep,0,规定,2026-12-01,县里\n", "table.cell_invalid"),
        ("time_limits", f"{LIMITS}handling,,,,working_day,9999,,0,规定,2026-12-01,县里\n", AMOUNT),
        ("time_limits", f"{LIMITS}handling,,,,working_day,9,,9999,规定,2026-12-01,县里\n", AMOUNT),
        ("categories", "scheme,code,label,parent,starts_on,source\ndispute,一,甲,,2026-12-01,县里\n", CELL),
        ("routing_words", "word,partner_kind,weight,starts_on,source\n税,taxes,3,2026-12-01,县里\n", CELL),
        ("calendar_days", f"{DAYS}2027,2027-13-01,holiday,2026-11-05,国务院\n", "table.cell_invalid"),
        ("calendar_days", f"{DAYS}2027,2029-01-01,holiday,2026-11-05,国务院\n", MISPLACED),
        (
            "calendar_days",
            f"{DAYS}2027,2027-01-04,make_up,2026-11-05,国务院\n",
            "clock.make_up_not_on_weekend",
        ),
    ],
)
def test_table_with_a_bad_cell_changes_nothing(
    loop: Loop, tmp_path: Path, name: str, text: str, code: str
) -> None:
    counts = [model.objects.count() for model, _name in PACKAGED]
    (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load(tmp_path)
    assert refused.value.code == code
    assert [model.objects.count() for model, _name in PACKAGED] == counts
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"level,height\r\n" + b"a" * 200_000])
def test_file_that_is_no_table_is_named(loop: Loop, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "supervision.csv").write_bytes(content)
    with pytest.raises(Refused) as refused:
        load(tmp_path)
    assert refused.value.code in {"reference.file_unreadable", "table.column_missing"}


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


# Copied from the standard: every code of the second level under its first-level type.
GB_T_31000 = {
    "01": "0101 0102 0103 0199",
    "02": "0201 0202 0203 0299",
    "03": "0301 0302 0303 0399",
    "04": "0401 0402 0403 0499",
    "05": "0501 0502 0503 0504 0505 0506 0507 0599",
    "06": "0601 0602 0603 0604 0699",
    "07": "0701 0702 0703 0704 0799",
    "08": "0801 0802 0803 0804 0899",
    "09": "0901 0902 0903 0904 0999",
    "10": "1001 1002 1003 1004 1005 1006 1099",
    "11": "1101 1102 1103 1104 1105 1199",
    "12": "1201 1202 1203 1299",
    "13": "1301 1302 1303 1304 1305 1306 1307 1399",
    "14": "1401 1402 1403 1404",
    "15": "1501 1502 1599",
    "16": "1601 1602",
    "99": "",
}


def test_dispute_codes_are_those_of_the_standard_each_with_a_label_of_its_own(loop: Loop) -> None:
    rows = list(Category.objects.filter(scheme="dispute").order_by("code"))
    of_type = {code: [row.code for row in rows if row.parent == code] for code in GB_T_31000}
    assert of_type == {code: below.split() for code, below in GB_T_31000.items()}
    assert len({row.label for row in rows}) == len(rows) == 17 + sum(map(len, of_type.values()))


def test_every_limit_names_its_article_and_what_it_rests_on(loop: Loop) -> None:
    """A value of the county's own says that it is one; a law is named with its article and is in force from its day."""
    for row in TimeLimit.objects.all():
        is_example, is_draft = "示例" in row.article, "征求意见稿" in row.article
        assert is_example or is_draft or re.search(r"《.+》.*第[一二三四五六七八九十]+条", row.article), (
            row.article
        )
        assert (
            row.starts_on == date(2000, 1, 1)
            if is_example or is_draft
            else row.starts_on > date(2002, 10, 31)
        )


def test_every_body_that_the_words_name_is_there_to_answer(loop: Loop) -> None:
    named = set(RoutingWord.objects.values_list("partner_kind", flat=True)) - {"police"}
    answering = {
        kind for kind in named if territory.units_of_kind(UnitKind.PARTNER, NOW.date(), partner_kind=kind)
    }
    assert answering == named
