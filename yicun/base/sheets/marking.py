"""Errors come back in the user's own sheet: red cells, and the reasons in one column more.

An .xlsx stays what it was in every other respect. From other kinds (text, .xls, .ods), and from a workbook
that only the fast reader understands, the same cells are written into a new .xlsx.
"""

import warnings
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineError, CalamineWorkbook

from yicun.base.files import Mime, encoding_of
from yicun.base.sheets import terms
from yicun.base.sheets.cells import tidy
from yicun.base.sheets.columns import Problem
from yicun.base.sheets.plain import CsvRecords
from yicun.base.sheets.reading import BOOKS, BookRecords, Table, read_table
from yicun.base.sheets.writing import Book, new_book, replaced

COMMENTS = 1_000
RED = "FFFFC7CE"
_FILL = PatternFill("solid", start_color=RED, end_color=RED)
_REASON_FONT = Font(color="FFB00020")
_REASON_WIDTH = 60
_DAMAGED = (BadZipFile, zlib.error, OSError, SyntaxError)  # a part of the workbook that reading did not need
_NOT_UNDERSTOOD = (ValueError, TypeError, KeyError, AttributeError, IndexError, *_DAMAGED)

Problems = Mapping[int, Sequence[Problem]]


def mark_errors(
    source: Path, problems: Problems, out: Path, *, name: str | None = None, sheet_name: str | None = None
) -> int:
    """Write the marked sheet to `out`; `problems` are those of each row number. The number of marked rows."""
    table = read_table(source, name=name, sheet_name=sheet_name)
    marked = {number: found for number, found in problems.items() if found}
    if table.mime is not Mime.XLSX or not _mark_in_place(source, table, marked, out):
        _mark_copy(source, table, marked, out)
    return len(marked)


def _reason_column(table: Table) -> int:
    """The reasons of an earlier round are written over."""
    return table.position(terms.REASON) if terms.REASON in table.header else len(table.header) + 1


def _reasons(problems: Sequence[Problem]) -> str:
    return "\n".join(problem.sentence for problem in problems)


def _mark_in_place(source: Path, table: Table, problems: Problems, out: Path) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl names each extension it leaves out
            book = load_workbook(source)
            page = book[table.sheet_name]
            _clear_marks(page, table)
            _mark(page, table, problems)
            with replaced(out) as scratch:
                book.save(scratch)
    except _NOT_UNDERSTOOD:
        return False
    return True


def _mark(page: Worksheet, table: Table, problems: Problems) -> None:
    last = _reason_column(table)
    page.cell(table.header_number, last, terms.REASON).font = _REASON_FONT
    page.column_dimensions[get_column_letter(last)].width = _REASON_WIDTH
    comments = 0
    for number, found in problems.items():
        for problem in found:
            if problem.at is None:
                continue
            cell = _shown_cell(page, number, problem.at)
            cell.fill = _FILL
            if comments < COMMENTS:
                cell.comment = Comment(problem.sentence, "")
                comments += 1
        reason = page.cell(number, last, _reasons(found))
        reason.font = _REASON_FONT
        reason.alignment = Alignment(wrap_text=True, vertical="top")


def _shown_cell(page: Worksheet, row: int, column: int) -> Cell:
    """The cell itself, or the one that is shown in its place because they are merged."""
    cell = page.cell(row, column)
    if isinstance(cell, Cell):
        return cell
    merged = next(cells for cells in page.merged_cells.ranges if cell.coordinate in cells)
    return _shown_cell(page, merged.min_row, merged.min_col)


def _clear_marks(page: Worksheet, table: Table) -> None:
    if terms.REASON not in table.header:
        return
    last = _reason_column(table)
    for cells in page.iter_rows(min_row=table.header_number + 1, max_col=last):
        for cell in cells:
            if cell.fill.start_color.rgb == RED:
                cell.fill = PatternFill()
                cell.comment = None
        cells[-1].value = None


def _mark_copy(source: Path, table: Table, problems: Problems, out: Path) -> None:
    with new_book(out) as book:
        if table.mime not in BOOKS:
            records = CsvRecords(source, encoding_of(source) or "utf-8-sig")
            _copy(book, source.stem, records, table, problems)
            return
        with CalamineWorkbook.from_path(source) as origin:
            for title in origin.sheet_names:
                own = problems if title == table.sheet_name else None
                with suppress(CalamineError):  # a sheet beside it that nobody can read
                    _copy(book, title, BookRecords(origin.get_sheet_by_name(title)), table, own)


def _copy(
    book: Book, title: str, records: BookRecords | CsvRecords, table: Table, problems: Problems | None
) -> None:
    """`problems` is None for the sheets beside the one that was read."""
    page = book.sheet(title)
    last = _reason_column(table) - 1
    page.set_column(0, last - 1, 18)
    if problems is not None:
        page.set_column(last, last, _REASON_WIDTH)
    for number, (cells, _) in enumerate(records, start=1):
        found = (problems or {}).get(number, ())
        red = {problem.at - 1 for problem in found if problem.at is not None}
        for place in range(max(len(cells), max(red, default=-1) + 1)):
            value = tidy(cells[place]) if place < len(cells) else None
            if problems is None or place != last:
                book.put(page, number - 1, place, value, "bad" if place in red else None)
        if number == table.header_number and problems is not None:
            book.put(page, number - 1, last, terms.REASON, "head")
        elif found:
            book.put(page, number - 1, last, _reasons(found), "reason")
