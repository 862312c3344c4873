"""Tables as people have them: every kind, every encoding, and what is refused as a whole."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image

from tests.base.workbooks import old_container, wall, write_ods, write_xls
from yicun.base.sheets import Row, Table, read_table
from yicun.kernel.refusals import Refused, sentence

ROWS: list[list[Any]] = [["姓名", "村", "人数"], ["林秀英", "红卫社区", 3], ["陈大山", "水南村", 12]]
TEXT = "姓名,村,人数\r\n林秀英,红卫社区,3\r\n陈大山,水南村,12\r\n"


def write_xlsx(path: Path, rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    book.save(path)


def cells_of(table: Table) -> list[tuple[object, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.removesuffix("\r\n").encode(),
        TEXT.replace("姓名", '"姓名"').encode(),
    ],
    ids=["utf-8", "bom", "gb18030", "utf-16", "tab", "semicolon", "newline", "no-last-newline", "quoted"],
)
def test_a_text_table_is_read_in_every_usual_writing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(content)
    table = read_table(path)
    assert (table.header, table.header_number) == (("姓名", "村", "人数"), 1)
    assert list(table.rows) == [Row(2, ("林秀英", "红卫社区", "3")), Row(3, ("陈大山", "水南村", "12"))]


@pytest.mark.parametrize("write", [write_xlsx, write_xls, write_ods], ids=["xlsx", "xls", "ods"])
def test_a_workbook_of_every_kind_reads_alike(tmp_path: Path, write: object) -> None:
    path = tmp_path / "the-name-does-not-matter.csv"
    assert callable(write)
    write(path, ROWS)
    table = read_table(path)
    assert table.header == ("姓名", "村", "人数")
    assert list(table.rows) == [Row(2, ("林秀英", "红卫社区", 3)), Row(3, ("陈大山", "水南村", 12))]


def test_a_table_can_be_walked_twice(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", ROWS)
    table = read_table(tmp_path / "a.xlsx")
    assert list(table.rows) == list(table.rows)


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    """A title above, blank rows between, line breaks inside a cell, columns that begin at C."""
    rows: list[list[Any]] = [
        [None, None, "2026 年名单"],
        [],
        [None, None, "姓名", "村"],
        [None, None, "林秀英", "红卫"],
    ]
    write_xlsx(tmp_path / "a.xlsx", [*rows, [], [None, None, "陈大山", "水南"]])
    table = read_table(tmp_path / "a.xlsx")
    assert (table.header_number, table.position("村")) == (3, 4)
    assert [(row.number, row.cell(3)) for row in table.rows] == [(4, "林秀英"), (6, "陈大山")]

    (tmp_path / "b.csv").write_text('姓名,事由\n林秀英,"两行\n字"\n\n陈大山,无\n', encoding="utf-8")
    assert list(read_table(tmp_path / "b.csv").rows) == [
        Row(2, ("林秀英", "两行\n字")),
        Row(4, ("陈大山", "无")),
    ]


def test_cells_are_tidied(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["a", "b", "c", "d", "e", "f"],
        [" \u3000村\ufeff ", 350429101201.0, 1.5, wall(2019, 4, 25, 9, 32, 9), date(2019, 4, 25), True],
    ]
    write_xlsx(tmp_path / "a.xlsx", rows)
    moment = wall(2019, 4, 25, 9, 32, 9)
    assert cells_of(read_table(tmp_path / "a.xlsx")) == [
        ("村", 350429101201, 1.5, moment, date(2019, 4, 25), True)
    ]


def test_the_named_sheet_or_the_first_visible_one_that_holds_something_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.create_sheet("隐藏")
    hidden.append(["秘密", "列"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("名单")
    for row in ROWS:
        shown.append(row)
    book.save(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx").sheet_name == "名单"
    with pytest.raises(Refused) as caught:
        read_table(tmp_path / "a.xlsx", sheet_name="没有")
    assert caught.value.code == "sheet.unknown_sheet"
    with pytest.raises(Refused) as caught:
        read_table(tmp_path / "a.xlsx", sheet_name="隐藏")
    assert caught.value.code == "sheet.no_rows"


def test_a_cover_hides_no_table_and_sheets_left_unread_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover = book.worksheets[0]
    cover.title = "说明"
    for line in ("填表说明", "一行一条"):
        cover.append([line])
    for title in ("一季度", "二季度"):
        page = book.create_sheet(title)
        for row in ROWS:
            page.append(row)
    book.create_sheet("空白")
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert (table.sheet_name, table.unread) == ("一季度", ("说明", "二季度"))
    assert read_table(tmp_path / "a.xlsx", sheet_name="二季度").unread == ()
    write_xlsx(tmp_path / "b.xlsx", [["标题"], ["路灯不亮"]])
    assert (read_table(tmp_path / "b.xlsx").header, read_table(tmp_path / "b.xlsx").unread) == (("标题",), ())


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("林秀英,红卫社区", "row.short"),
        ("林秀英,红卫社区,3,多出来的", "row.long"),
        ("林秀英,红卫社区,3,,", None),
        ('林秀英,红卫社区,"没有写完', "row.cut_off"),
        ('林秀英,"红卫""社区""",3', None),
    ],
)
def test_a_half_row_is_a_matter_of_its_row_alone(tmp_path: Path, line: str, fault: str | None) -> None:
    (tmp_path / "a.csv").write_text(f"姓名,村,人数\n陈大山,水南村,12\n{line}", encoding="utf-8")
    rows = list(read_table(tmp_path / "a.csv").rows)
    assert [row.fault for row in rows] == [None, fault]
    assert len(rows[1].cells) == 3 or fault in ("row.short", "row.long")


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, text in parts.items():
            bundle.writestr(name.replace("__", "/").replace("_", "."), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet.empty"),
        (b"\n\n  \n", "sheet.empty"),
        (b"a,b\n", "sheet.no_rows"),
        (b"1,2019-04-25\n2,2019-04-26\n", "sheet.no_header"),
        ("姓名,村,姓名\na,b,c\n".encode(), "sheet.header_twice"),
        (jpeg(), "sheet.wrong_file"),
        (b"%PDF-1.7\n", "sheet.wrong_file"),
        (bytes(range(256)) * 40, "sheet.wrong_file"),
        (b"\xff\xfe\x00", "sheet.wrong_file"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "sheet.web_page"),
        (zipped(a_txt="x"), "sheet.wrong_file"),
        (b"PK\x03\x04 and no more", "sheet.wrong_file"),
        (zipped(xl__workbook_xml="<broken"), "sheet.damaged"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "sheet.damaged"),
        (zipped(xl__workbook_xml="x", xl__vbaProject_bin="x"), "sheet.has_macros"),
        (old_container("EncryptedPackage", b""), "sheet.locked"),
        (old_container("Something", b""), "sheet.wrong_file"),
        (old_container("Workbook", b"\x09\x08\x10\x00" + b"\0" * 16), "sheet.damaged"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused) as caught:
        read_table(path)
    assert caught.value.code == code
    assert "名单.xlsx" in sentence(caught.value)


def test_an_old_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    write_xls(tmp_path / "a.xls", ROWS, locked=True)
    with pytest.raises(Refused) as caught:
        read_table(tmp_path / "a.xls")
    assert caught.value.code == "sheet.locked"


@pytest.mark.parametrize(
    ("above", "number"),
    [([], 1), ([["2026 年名单"]], 2), ([["2026 年名单"], ["填报单位：水南", None, None, None, "11 月"]], 3)],
)
def test_the_header_is_found_below_titles(tmp_path: Path, above: list[list[Any]], number: int) -> None:
    header: list[Any] = ["姓名", "村", "人数", "电话", "备注"]
    write_xlsx(
        tmp_path / "a.xlsx", [*above, header, ["林秀英", "红卫", 3, "1", "无"], ["陈大山", "水南", 2, "2"]]
    )
    table = read_table(tmp_path / "a.xlsx")
    assert (table.header, table.header_number) == (tuple(header), number)


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("地名,\n红卫社区,\n", encoding="utf-8")
    table = read_table(tmp_path / "a.csv")
    assert (table.header, [row.cells for row in table.rows]) == (("地名",), [("红卫社区",)])


def test_a_workbook_without_cells_is_empty(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [])
    with pytest.raises(Refused) as caught:
        read_table(tmp_path / "a.xlsx")
    assert caught.value.code == "sheet.empty"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(("limit", "refused"), [(2, False), (1, True)])
def test_too_many_rows_are_refused_before_the_first_is_used(
    tmp_path: Path, ending: str, limit: int, refused: bool
) -> None:
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        path.write_text(TEXT, encoding="utf-8")
    else:
        write_xlsx(path, ROWS)
    if not refused:
        assert len(list(read_table(path, limit_rows=limit).rows)) == 2
        return
    with pytest.raises(Refused) as caught:
        read_table(path, limit_rows=limit)
    assert (caught.value.code, caught.value.facts["limit"]) == ("sheet.too_many_rows", limit)


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x" * (2 << 20))
    with pytest.raises(Refused) as caught:
        read_table(tmp_path / "a.csv", limit_bytes=1 << 20)
    assert sentence(caught.value) == "“a.csv”太大（上限 1 MB），请拆分后分次导入。"


def test_a_small_file_that_stands_for_a_huge_sheet_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["A1"], page["XFD1048576"] = "姓名", "远"
    book.save(tmp_path / "a.xlsx")
    write_ods(tmp_path / "a.ods", ROWS, times=100_000, wide=10_000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("xl/workbook.xml", b" " * (601 << 20))
    for name in ("a.xlsx", "a.ods", "bomb.xlsx"):
        with pytest.raises(Refused) as caught:
            read_table(tmp_path / name)
        assert caught.value.code == "sheet.too_large"


def test_formats_without_content_do_not_make_a_sheet_huge(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in ROWS:
        page.append(row)
    page["XFD1048576"].number_format = "@"
    book.save(tmp_path / "a.xlsx")
    assert len(list(read_table(tmp_path / "a.xlsx").rows)) == 2
