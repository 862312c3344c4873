"""Matters out of files: csv and workbooks, good rows and bad ones."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cast import CHENGDONG, NOW, SYSTEM, YINSHAN_VILLAGE, ZHUKOU_VILLAGE
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.sheets import mark_errors, write_template
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.models import Matter, Party
from yicun.matters.services import importing
from yicun.matters.services.importing import Source, Summary

BOARD = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数")
MESSAGES = (
    ("700001", "A000001", "桥头路灯不亮", "2026/11/2 9:05:00", "三盏灯不亮，晚上看不清路。", "0"),
    ("700002", "A000002", "小区电梯停用", "2026-11-03 18:30:00", "停了三天，\n老人下不了楼。", "1"),
    ("700003", "A000003", "垃圾清运太少", "2026/11/9 7:00:10", "一周一次，味道大。", "0"),
)
PLAIN = ("标题", "内容", "时间", "事项类型", "村（社区）", "反映人", "隐患类别")
GOOD = ("柴草堆到灶间", "离灶台一步", "2026-11-20 09:30", "隐患", "音山村", "罗桂香", "柴草堆放")


def write_csv(path: Path, header: tuple[str, ...], *rows: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_book(path: Path, header: tuple[str, ...], *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (header, *rows):
        page.append(row)
    book.save(path)
    return path


def commit(path: Path, actor: Actor = SYSTEM, **given: Any) -> Summary:
    with scoped(actor):
        return importing.commit(source=Source(path=path, **given), actor=actor, now=NOW)


def counted(summary: Summary) -> tuple[int, int, int, int]:
    return summary.rows, summary.recorded, summary.duplicates, summary.refused


def codes(summary: Summary) -> dict[int, list[str]]:
    return {number: [one.code for one in found] for number, found in summary.problems.items()}


def test_board_messages_become_matters(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "messages.csv", BOARD, *MESSAGES)
    assert counted(commit(file, mapping_name="board")) == (3, 3, 0, 0)
    with scoped(SYSTEM):
        matter = Matter.objects.get(channel="board", source_key="700002")
        assert (matter.title, matter.body) == ("小区电梯停用", "停了三天，\n老人下不了楼。")
        assert matter.happened_at == datetime(2026, 11, 3, 18, 30, tzinfo=SHANGHAI)
        assert (matter.recorded_at, matter.state, matter.kind) == (NOW, "recorded", "service")
        assert Party.objects.get(matter=matter).name_masked != "A000002"


def test_workbook_gives_the_same_matters(loop: Loop, tmp_path: Path) -> None:
    file = write_book(tmp_path / "messages.xlsx", BOARD, *MESSAGES)
    assert counted(commit(file)) == (3, 3, 0, 0)
    assert counted(commit(write_csv(tmp_path / "messages.csv", BOARD, *MESSAGES))) == (3, 0, 3, 0)


def test_file_imported_again_changes_nothing(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "messages.csv", BOARD, *MESSAGES)
    commit(file)
    with scoped(SYSTEM):
        before = list(Matter.objects.order_by("pk").values())
    assert counted(commit(file)) == (3, 0, 3, 0)
    with scoped(SYSTEM):
        assert list(Matter.objects.order_by("pk").values()) == before


def test_number_that_stands_twice_in_a_file_counts_once(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "messages.csv", BOARD, MESSAGES[0], MESSAGES[0], MESSAGES[1])
    assert counted(commit(file)) == (3, 2, 1, 0)


def test_same_number_of_another_channel_is_another_matter(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "messages.csv", BOARD, *MESSAGES)
    commit(file)
    assert counted(commit(file, channel="hotline_12345")) == (3, 3, 0, 0)


def test_rows_without_a_number_are_known_by_their_content(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "plain.csv", PLAIN, GOOD, GOOD)
    assert counted(commit(file)) == (2, 2, 0, 0)
    assert counted(commit(file)) == (2, 0, 2, 0)
    with scoped(SYSTEM):
        found = Matter.objects.filter(title="柴草堆到灶间")
        assert {(matter.kind, matter.area_code) for matter in found} == {("hazard", YINSHAN_VILLAGE)}


@pytest.mark.parametrize(
    "changed,code",
    [
        ({4: "不存在村"}, "import.area_unknown"),
        ({4: "王坑村"}, "import.area_ambiguous"),
        ({4: "350429101999000"}, "matter.area_unknown"),
        ({4: "3504291012010001"}, "matter.area_unknown"),
        ({2: "1900-01-01"}, "cell.too_early"),
        ({2: "2026-12-24 10:00"}, "cell.too_late"),
        ({2: "2026-11-23 23:30"}, "matter.happened_in_future"),
        ({2: "上周三"}, "cell.not_a_moment"),
        ({0: "20261123"}, "cell.number_in_text"),
        ({5: "13800000000"}, "matter.name_is_a_number"),
        ({0: "柴草\x07堆放"}, "cell.control_characters"),
        ({0: "长" * 121}, "cell.too_long"),
        ({0: "", 1: ""}, "matter.title_missing"),
        ({3: "火情"}, "cell.unknown_choice"),
        ({6: ""}, "matter.detail_required"),
        ({3: "服务"}, "matter.detail_unknown"),
    ],
)
def test_bad_row_goes_back_and_fails_no_other(
    loop: Loop, tmp_path: Path, changed: dict[int, str], code: str
) -> None:
    bad = tuple(changed.get(at, cell) for at, cell in enumerate(GOOD))
    file = write_csv(tmp_path / "plain.csv", PLAIN, GOOD, bad, (*GOOD[:1], "另一件", *GOOD[2:]))
    summary = commit(file)
    assert counted(summary) == (3, 2, 0, 1)
    assert codes(summary) == {3: [code]}


def test_half_a_row_goes_back(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "plain.csv", PLAIN, GOOD)
    file.write_text(file.read_text(encoding="utf-8-sig") + "只有标题,没有别的\n", encoding="utf-8-sig")
    assert codes(commit(file)) == {3: ["row.short"]}


def test_village_with_its_town_is_found(loop: Loop, tmp_path: Path) -> None:
    named = [(*GOOD[:4], place, *GOOD[5:]) for place in ("朱口镇王坑村", "下渠镇 王坑村", "350429101201", "")]
    assert counted(commit(write_csv(tmp_path / "plain.csv", PLAIN, *named))) == (4, 4, 0, 0)
    with scoped(SYSTEM):
        areas = sorted(Matter.objects.values_list("area_code", flat=True))
    assert areas == [350429000000000, 350429101201000, 350429101204000, 350429103212000]


def test_village_is_read_out_of_a_place_written_in_one_piece(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "places.csv",
        ("标题", "地点"),
        ("路灯不亮", "朱口村桥头杂货店旁"),
        ("围墙开裂", "下渠镇 王坑村 三组"),
        ("水沟堵塞", "王坑村村口"),
        ("噪声扰民", "县城车站"),
    )
    assert counted(commit(file)) == (4, 4, 0, 0)
    with scoped(SYSTEM):
        found = dict(Matter.objects.values_list("place_text", "area_code"))
    assert found == {
        "朱口村桥头杂货店旁": ZHUKOU_VILLAGE,
        "下渠镇 王坑村 三组": 350429103212000,
        "王坑村村口": 350429000000000,
        "县城车站": 350429000000000,
    }


def test_errors_come_back_in_the_users_own_sheet(loop: Loop, tmp_path: Path) -> None:
    bad = (*GOOD[:4], "不存在村", *GOOD[5:])
    file = write_book(tmp_path / "plain.xlsx", PLAIN, GOOD, bad)
    summary = commit(file)
    mark_errors(file, summary.problems, tmp_path / "errors.xlsx")
    page = openpyxl.load_workbook(tmp_path / "errors.xlsx").worksheets[0]
    assert page.cell(3, 5).fill.start_color.rgb == "FFFFC7CE"
    assert page.cell(3, 8).value == "没有叫“不存在村”的村（社区），请核对地名。"
    assert page.cell(2, 8).value is None


def test_preview_stores_nothing_and_says_what_would_come(loop: Loop, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "messages.csv", BOARD, *MESSAGES, ("700004", "A", "", "2026/11/9", "", "0"))
    commit(write_csv(tmp_path / "first.csv", BOARD, MESSAGES[0]))
    with scoped(SYSTEM):
        entries = AuditEntry.objects.count()
        seen = importing.preview(source=Source(path=file), actor=SYSTEM, now=NOW)
        assert AuditEntry.objects.count() == entries
    assert counted(seen.summary) == (4, 2, 1, 1)
    assert [draft.title for draft in seen.sample] == ["小区电梯停用", "垃圾清运太少"]
    assert seen.mapping["body"] == "留言详情"
    assert counted(commit(file)) == (4, 2, 1, 1)


def test_row_hidden_from_the_importer_counts_as_a_duplicate(loop: Loop, tmp_path: Path) -> None:
    header = ("编号", "标题", "村（社区）")
    commit(write_csv(tmp_path / "far.csv", header, ("K1", "别处的事", str(CHENGDONG))))
    officer = loop.cast.actor("wang_jianguo")
    near = write_csv(
        tmp_path / "near.csv", header, ("K1", "同号的事", "音山村"), ("K2", "这里的事", "音山村")
    )
    assert counted(commit(near, officer)) == (2, 1, 1, 0)


@pytest.mark.parametrize(
    "given,code",
    [
        ({"mapping_name": "unheard_of"}, "mapping.unknown"),
        ({"mapping_name": "board"}, "mapping.column_missing"),
        ({"mapping": {"title": "不在表里"}}, "mapping.column_missing"),
        ({"mapping": {"happened_at": "时间"}}, "import.nothing_mapped"),
        ({"channel": "radio"}, "value.unknown_choice"),
        ({"kind": "rumour"}, "value.unknown_choice"),
    ],
)
def test_file_is_refused_as_a_whole(loop: Loop, tmp_path: Path, given: dict[str, Any], code: str) -> None:
    file = write_csv(tmp_path / "plain.csv", PLAIN, GOOD)
    with pytest.raises(Refused) as refused:
        commit(file, **given)
    assert refused.value.code == code


def test_mapping_saved_by_the_county_goes_before_the_one_brought(loop: Loop, tmp_path: Path) -> None:
    with scoped(SYSTEM):
        services.save_mapping(name="board", columns={"title": "内容"}, actor=SYSTEM, now=NOW)
    commit(write_csv(tmp_path / "plain.csv", PLAIN, GOOD), mapping_name="board")
    with scoped(SYSTEM):
        assert Matter.objects.get().title == "离灶台一步"


def test_import_leaves_one_line_of_its_own_in_the_audit_trail(loop: Loop, tmp_path: Path) -> None:
    commit(write_csv(tmp_path / "messages.csv", BOARD, *MESSAGES), loop.cast.actor("zhou_yulan"))
    with scoped(loop.cast.actor("zhou_yulan")):
        entry = AuditEntry.objects.get(verb="commit", subject="matters.import")
    assert entry.facts == {
        "file": "messages.csv",
        "channel": "board",
        "rows": 3,
        "recorded": 3,
        "duplicates": 0,
        "refused": 0,
    }


def test_empty_sheet_to_fill_in_is_read_back(loop: Loop, tmp_path: Path) -> None:
    with scoped(SYSTEM):
        columns = importing.columns_at(NOW)
    write_template(tmp_path / "empty.xlsx", columns)
    book = openpyxl.load_workbook(tmp_path / "empty.xlsx")
    header = [cell.value for cell in book.worksheets[0][1]]
    for label, value in zip(PLAIN, GOOD, strict=True):
        book.worksheets[0].cell(2, header.index(label) + 1, value)
    book.save(tmp_path / "filled.xlsx")
    assert counted(commit(tmp_path / "filled.xlsx")) == (1, 1, 0, 0)
