"""Tables written for people: real dates, codes as text, and no cell that a spreadsheet would run."""

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from yicun.base.sheets import terms
from yicun.base.sheets.cells import as_text
from yicun.base.sheets.columns import Column, Kind
from yicun.base.sheets.plain import RISKY, escaped
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused

CELL_LIMIT = 32_767
ROW_LIMIT = 1_048_576
TITLE_LIMIT = 31
FIRST_DAY = date(1900, 1, 1)
_WIDTHS = {Kind.LONG_TEXT: 48, Kind.DATETIME: 18, Kind.DATE: 12, Kind.INTEGER: 10}
_WIDTH = 20
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_HEAD = {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "vcenter"}
_FORMATS: dict[str, dict[str, Any]] = {
    "head": _HEAD,
    "head_required": _HEAD | {"font_color": "#B00020"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
    "exact": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "day": {"num_format": "yyyy-mm-dd"},
    "text": {"num_format": "@"},
    "wrapped": {"num_format": "@", "text_wrap": True, "valign": "top"},
    "quoted": {"num_format": "@", "quote_prefix": True},
    "bad": {"bg_color": "#FFC7CE", "num_format": "@"},
    "bad_moment": {"bg_color": "#FFC7CE", "num_format": "yyyy-mm-dd hh:mm:ss"},
    "reason": {"font_color": "#B00020", "text_wrap": True, "valign": "top"},
}

Values = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows are sequences in the order of the columns, or mappings by column name."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Values]


class Book:
    """A workbook being written row by row; it appears at its place only when it is complete."""

    def __init__(self, path: str) -> None:
        self._book = xlsxwriter.Workbook(path, _OPTIONS)
        self._formats = {name: self._book.add_format(facts) for name, facts in _FORMATS.items()}
        self._titles: set[str] = set()

    def sheet(self, title: str) -> Worksheet:
        return self._book.add_worksheet(self._free(title))

    def style(self, name: str) -> Any:
        return self._formats[name]

    def put(self, sheet: Worksheet, row: int, column: int, value: object, style: str | None = None) -> None:
        """Write one cell by the type of its value; text is never a formula."""
        if row >= ROW_LIMIT:
            raise Refused("sheet.too_many_rows", name=sheet.get_name(), limit=ROW_LIMIT)
        if isinstance(value, date) and not _precedes(value):
            kind = "moment" if isinstance(value, datetime) else "day"
            sheet.write_datetime(row, column, _local(value), self._formats[style or kind])
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(row, column, value, self._formats[style] if style else None)
        elif value is not None and value != "":
            self._write_text(sheet, row, column, value, style)
        elif style:
            sheet.write_blank(row, column, None, self._formats[style])

    def _write_text(self, sheet: Worksheet, row: int, column: int, value: object, style: str | None) -> None:
        text = shortened(as_text(_local(value)) if isinstance(value, date) else str(value))
        chosen = style or ("quoted" if text.startswith(RISKY) else "text")
        sheet.write_string(row, column, text, self._formats[chosen])

    def close(self) -> None:
        self._book.close()

    def _free(self, title: str) -> str:
        wanted = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:TITLE_LIMIT] or "Sheet"
        free, number = wanted, 1
        while free.casefold() in self._titles:
            number += 1
            free = f"{wanted[: TITLE_LIMIT - 5]} {number}"
        self._titles.add(free.casefold())
        return free


def write_table(path: Path, sheets: Sequence[Sheet]) -> int:
    """Write a workbook with frozen, filtered headers; the number of rows written."""
    written = 0
    with new_book(path) as book:
        for sheet in sheets:
            page = book.sheet(sheet.title)
            head(book, page, sheet.columns)
            rows = 0
            for rows, values in enumerate(sheet.rows, start=1):
                for place, (column, value) in enumerate(_paired(sheet.columns, values)):
                    book.put(page, rows, place, _shown(column, value))
            page.autofilter(0, 0, rows, max(len(sheet.columns) - 1, 0))
            written += rows
    return written


def write_csv(path: Path, columns: Sequence[Column], rows: Iterable[Values]) -> int:
    """Write a text table that spreadsheets open with the right letters; the number of rows written."""
    written = 0
    with replaced(path) as scratch, Path(scratch).open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([escaped(column.label) for column in columns])
        for values in rows:
            writer.writerow([_written(_shown(column, value)) for column, value in _paired(columns, values)])
            written += 1
    return written


def head(book: Book, page: Worksheet, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns):
        width = max(_WIDTHS.get(column.kind, _WIDTH), 2 * len(column.label) + 4)
        page.set_column(place, place, width)
        book.put(page, 0, place, column.label, "head_required" if column.required else "head")
        if column.note:
            page.write_comment(0, place, column.note, {"x_scale": 2})
    page.freeze_panes(1, 0)


@contextmanager
def new_book(path: Path) -> Iterator[Book]:
    with replaced(path) as scratch:
        book = Book(scratch)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def replaced(path: Path) -> Iterator[str]:
    """A scratch file that takes the place of `path` when all went well, and is gone when not."""
    number, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(number)
    try:
        yield scratch
        Path(scratch).replace(path)
    finally:
        Path(scratch).unlink(missing_ok=True)


def shortened(text: str) -> str:
    """A cell holds 32,767 characters; what does not fit is cut, and says so."""
    if len(text) <= CELL_LIMIT:
        return text
    return text[: CELL_LIMIT - len(terms.SHORTENED)] + terms.SHORTENED


def _paired(columns: Sequence[Column], values: Values) -> Iterator[tuple[Column, object]]:
    if isinstance(values, Mapping):
        return ((column, values.get(column.name)) for column in columns)
    return zip(columns, values, strict=True)


def _shown(column: Column, value: object) -> object:
    if column.kind is Kind.CHOICE:
        return column.choices.get(str(value), value)
    return str(value) if column.kind is Kind.CODE and value is not None else value


def _written(value: object) -> str:
    if isinstance(value, date):
        return as_text(_local(value))
    return "" if value is None else escaped(value) if isinstance(value, str) else str(value)


def _local(value: date) -> date:
    """A moment as the clock on the wall showed it: sheets know no time zones."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    return value


def _precedes(value: date) -> bool:
    """Spreadsheets count their days from 1900."""
    return (value.date() if isinstance(value, datetime) else value) <= FIRST_DAY
