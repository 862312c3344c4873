"""Tables we hand out: exports, templates, and the user's own sheet with its errors marked."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from tests.base.workbooks import wall, write_ods, write_xls
from yicun.base.sheets import (
    Column,
    Kind,
    Problem,
    Sheet,
    mark_errors,
    read_table,
    write_csv,
    write_table,
    write_template,
)
from yicun.base.sheets.plain import escaped, unescaped
from yicun.base.sheets.writing import Book
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused

COLUMNS = (
    Column("number", "编号", Kind.CODE, required=True, note="派出所编的号", example="001"),
    Column("title", "标题", required=True, example="占用通道"),
    Column("at", "时间", Kind.DATETIME),
    Column("day", "日期", Kind.DATE, latest=date(2026, 11, 23)),
    Column("urgency", "紧急程度", Kind.CHOICE, choices={"urgent": "紧急", "slow": "不急"}),
    Column("people", "人数", Kind.INTEGER),
)
MOMENT = datetime(2026, 11, 23, 1, 30, tzinfo=SHANGHAI)
RISKY = '=HYPERLINK("http://example.invalid")'
ROWS: list[dict[str, object]] = [
    {
        "number": "007",
        "title": RISKY,
        "at": MOMENT,
        "day": date(2026, 11, 1),
        "urgency": "urgent",
        "people": 3,
    },
    {"number": 350429199001011234, "title": "@x", "at": None, "day": date(1899, 1, 1), "urgency": None},
]


def test_an_export_keeps_codes_as_text_dates_as_dates_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_table(path, [Sheet("导出", COLUMNS, ROWS)]) == 2
    page = openpyxl.load_workbook(path)["导出"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows == [
        ["编号", "标题", "时间", "日期", "紧急程度", "人数"],
        ["007", RISKY, wall(2026, 11, 23, 1, 30), wall(2026, 11, 1), "紧急", 3],
        ["350429199001011234", "@x", None, "1899-01-01", None, None],
    ]
    assert (page["B2"].data_type, page["B2"].quotePrefix, page["A2"].number_format) == ("s", True, "@")
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:F3")
    assert page["A1"].comment is not None
    assert page["A1"].comment.text == "派出所编的号"


def test_rows_may_be_sequences_but_not_of_another_length(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_table(path, [Sheet("a", COLUMNS[:2], [("1", "x")])]) == 1
    with pytest.raises(ValueError, match="shorter"):
        write_table(path, [Sheet("a", COLUMNS[:2], [("1",)])])
    assert [row.cells for row in read_table(path).rows] == [("1", "x")]
    assert [found.name for found in tmp_path.iterdir()] == ["a.xlsx"]


def test_sheet_titles_are_made_fit(tmp_path: Path) -> None:
    titles = ["红卫/水南: 名单", "红卫/水南: 名单", "", "长" * 40, "长" * 40]
    write_table(tmp_path / "a.xlsx", [Sheet(title, COLUMNS[:1], []) for title in titles])
    names = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert names == ["红卫 水南  名单", "红卫 水南  名单 2", "Sheet", "长" * 31, "长" * 26 + " 2"]


def test_what_a_cell_or_a_sheet_cannot_hold_is_said(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", [Sheet("a", COLUMNS[1:2], [("字" * 40_000,)])])
    (row,) = read_table(tmp_path / "a.xlsx").rows
    text = str(row.cells[0])
    assert (len(text), text[-12:]) == (32_767, "……（内容过长，已截断）")
    book = Book(str(tmp_path / "b.xlsx"))
    with pytest.raises(Refused) as caught:
        book.put(book.sheet("a"), 1_048_576, 0, "x")
    book.close()
    assert caught.value.code == "sheet.too_many_rows"


def test_a_text_export_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert write_csv(path, COLUMNS, ROWS) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert f"'{RISKY[:10]}" in path.read_text("utf-8-sig")
    assert [row.cells for row in read_table(path).rows] == [
        ("007", RISKY, "2026-11-23 01:30:00", "2026-11-01", "紧急", "3"),
        ("350429199001011234", "@x", None, "1899-01-01", None, None),
    ]


@settings(deadline=None)
@given(st.text(max_size=20) | st.text("'=+-@\t\r", max_size=4))
def test_an_escaped_cell_never_begins_like_a_formula_and_comes_back(text: str) -> None:
    written = escaped(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unescaped(written) == text


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def rows() -> Iterator[tuple[str]]:
        yield ("half",)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        write_csv(path, COLUMNS[1:2], rows())
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_template_guides_and_is_read_as_it_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, COLUMNS)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["填写", "填写说明", "可选项"]
    page = book["填写"]
    assert [cell.value for cell in page[1]] == [column.label for column in COLUMNS]
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["E2:E5001"].formula1 == "'可选项'!$E$2:$E$3"
    assert (rules["D2:D5001"].type, rules["D2:D5001"].errorStyle) == ("date", "warning")
    assert rules["A2:A5001"].prompt == "派出所编的号"
    assert [cell.value for cell in book["可选项"]["E"]] == ["紧急程度", "紧急", "不急"]
    assert [cell.value for cell in book["填写说明"][4]] == [
        *("编号", "必填", "编号，按文本填写", "001", "派出所编的号")
    ]
    with pytest.raises(Refused) as caught:
        read_table(path)
    assert caught.value.code == "sheet.no_rows"
    page["A2"], page["B2"] = "1", "占用通道"
    book.save(path)
    assert [row.cells[:2] for row in read_table(path).rows] == [("1", "占用通道")]


PROBLEMS = {
    2: (
        Problem("title", "cell.number_in_text", "标题是数字", 2),
        Problem("at", "cell.required", "时间必填", 3),
    ),
    3: (),
    4: (Problem("", "row.short", "半行"), Problem("at", "cell.required", "时间必填", 3)),
}


def users_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "名单"
    for row in (["编号", "标题", "时间"], ["001", 12, None], ["002", "好", "=1+1"], ["003", "半", None]):
        page.append(row)
    page.column_dimensions["B"].width = 33
    page["A2"].font = Font(bold=True)
    page["A3"].fill = PatternFill("solid", start_color="FF00FF00")
    page["A4"].comment = Comment("own note", "me")
    page.merge_cells("B4:C4")
    other = book.create_sheet("另一张")
    other["B2"] = "不动"
    book.save(path)


def marks(page: Any) -> dict[str, tuple[object, bool]]:
    return {
        cell.coordinate: (cell.value, cell.fill.start_color.rgb == "FFFFC7CE")
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None or cell.fill.start_color.rgb == "FFFFC7CE"
    }


def test_errors_come_back_in_the_users_own_sheet(tmp_path: Path) -> None:
    source, out = tmp_path / "source.xlsx", tmp_path / "out.xlsx"
    users_workbook(source)
    before = source.read_bytes()
    assert mark_errors(source, PROBLEMS, out) == 2
    book = openpyxl.load_workbook(out)
    page = book["名单"]
    assert marks(page) == {
        "A1": ("编号", False),
        "B1": ("标题", False),
        "C1": ("时间", False),
        "D1": ("退回原因", False),
        "A2": ("001", False),
        "B2": (12, True),
        "C2": (None, True),
        "D2": ("标题是数字\n时间必填", False),
        "A3": ("002", False),
        "B3": ("好", False),
        "C3": ("=1+1", False),
        "A4": ("003", False),
        "B4": ("半", True),
        "D4": ("半行\n时间必填", False),
    }
    assert page["B2"].comment.text == "标题是数字"
    assert (page.column_dimensions["B"].width, page["A2"].font.b) == (33, True)
    assert (page["A3"].fill.start_color.rgb, page["A4"].comment.text) == ("FF00FF00", "own note")
    assert (book["另一张"]["B2"].value, [str(cells) for cells in page.merged_cells.ranges]) == (
        "不动",
        ["B4:C4"],
    )
    assert source.read_bytes() == before


def test_a_second_round_replaces_the_marks_of_the_first(tmp_path: Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    users_workbook(tmp_path / "source.xlsx")
    mark_errors(tmp_path / "source.xlsx", PROBLEMS, first)
    mark_errors(first, {3: (Problem("title", "x.y", "太长", 2),)}, second)
    page = openpyxl.load_workbook(second)["名单"]
    red = {place for place, (_, is_red) in marks(page).items() if is_red}
    assert (red, [cell.value for cell in page["D"]]) == ({"B3"}, ["退回原因", None, "太长", None])
    assert page["B2"].comment is None


@pytest.mark.parametrize("ending", ["csv", "xls", "ods"])
def test_other_kinds_come_back_as_a_workbook_of_the_same_rows(tmp_path: Path, ending: str) -> None:
    source, out = tmp_path / f"名单.{ending}", tmp_path / "out.xlsx"
    rows: list[list[str | float | None]] = [
        ["编号", "标题", "时间"],
        ["001", "12", None],
        ["002", "好", "九点"],
    ]
    if ending == "csv":
        source.write_text("编号,标题,时间\n001,12,\n002,好,九点\n003,半\n", encoding="gb18030")
    else:
        (write_xls if ending == "xls" else write_ods)(source, [*rows, ["003", "半", None]])
    assert mark_errors(source, PROBLEMS, out) == 2
    (page,) = openpyxl.load_workbook(out).worksheets
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["编号", "标题", "时间", "退回原因"],
        ["001", "12", None, "标题是数字\n时间必填"],
        ["002", "好", "九点", None],
        ["003", "半", None, "半行\n时间必填"],
    ]
    assert {place for place, (_, is_red) in marks(page).items() if is_red} == {"B2", "C2", "C4"}
    again = tmp_path / "again.xlsx"
    mark_errors(out, {}, again)
    assert marks(openpyxl.load_workbook(again).worksheets[0])["D1"] == ("退回原因", False)


@pytest.mark.parametrize(
    ("part", "sheets"), [("docProps/core.xml", ["名单", "另一张"]), ("xl/worksheets/sheet2.xml", ["名单"])]
)
def test_a_partly_damaged_workbook_comes_back_as_a_copy_of_what_can_be_read(
    tmp_path: Path, part: str, sheets: list[str]
) -> None:
    whole, source, out = tmp_path / "whole.xlsx", tmp_path / "source.xlsx", tmp_path / "out.xlsx"
    users_workbook(whole)
    with zipfile.ZipFile(whole) as bundle, zipfile.ZipFile(source, "w") as damaged:
        for name in bundle.namelist():
            damaged.writestr(name, "<broken" if name == part else bundle.read(name))
    assert mark_errors(source, PROBLEMS, out) == 2
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == sheets
    assert book["名单"]["D2"].value == "标题是数字\n时间必填"
