"""The empty sheet people fill in: drop-downs, notes, and a second sheet that says how."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from yicun.base.sheets import terms
from yicun.base.sheets.columns import Column, Kind
from yicun.base.sheets.writing import Book, head, new_book

ROWS = 5_000
FURTHEST_DAY = date(2999, 12, 31)
NOTE_LIMIT = 255


def write_template(path: Path, columns: Sequence[Column]) -> None:
    """The example row stands on the guide sheet: on the data sheet it would be imported as a case."""
    with new_book(path) as book:
        page = book.sheet(terms.DATA_SHEET)
        head(book, page, columns)
        for place, column in enumerate(columns):
            _prepare(book, page, place, column)
        _guide(book, columns)
        _choices(book, columns)


def _prepare(book: Book, page: Worksheet, place: int, column: Column) -> None:
    """Codes become text before a spreadsheet can eat their digits; choices and dates are checked."""
    style = {Kind.CODE: "text", Kind.DATE: "day", Kind.DATETIME: "moment"}.get(column.kind)
    if style:
        page.set_column(place, place, 20, book.style(style))
    rule = _rule(column, place)
    if rule:
        page.data_validation(1, place, ROWS, place, rule)


def _rule(column: Column, place: int) -> dict[str, Any] | None:
    if column.kind is Kind.CHOICE:
        letter = xl_col_to_name(place)
        source = f"='{terms.CHOICE_SHEET}'!${letter}$2:${letter}${len(column.choices) + 1}"
        return {"validate": "list", "source": source, "error_message": terms.CHOICE_ERROR, **_hint(column)}
    if column.kind in (Kind.DATE, Kind.DATETIME):
        days = {"minimum": column.earliest, "maximum": column.latest or FURTHEST_DAY}
        return {"validate": "date", "criteria": "between", **days, "error_type": "warning", **_hint(column)}
    return {"validate": "any", **_hint(column)} if column.note else None


def _hint(column: Column) -> dict[str, str]:
    words = column.note or terms.KIND_WORDS[column.kind]
    return {"input_title": column.label[:32], "input_message": words[:NOTE_LIMIT]}


def _guide(book: Book, columns: Sequence[Column]) -> None:
    page = book.sheet(terms.GUIDE_SHEET)
    for place, width in enumerate((18, 10, 30, 30, 60)):
        page.set_column(place, place, width)
    book.put(page, 0, 0, terms.GUIDE_TITLE)
    for place, word in enumerate(terms.GUIDE_HEADER):
        book.put(page, 2, place, word, "head")
    for number, column in enumerate(columns, start=3):
        required = terms.REQUIRED if column.required else terms.OPTIONAL
        words = (column.label, required, terms.KIND_WORDS[column.kind], column.example, column.note)
        for place, word in enumerate(words):
            book.put(page, number, place, word, "wrapped")


def _choices(book: Book, columns: Sequence[Column]) -> None:
    """Each list stands in the column it belongs to; a list inside a rule could hold 255 characters only."""
    page = book.sheet(terms.CHOICE_SHEET)
    labels = [list(column.choices.values()) for column in columns]
    for place, column in enumerate(columns):
        book.put(page, 0, place, column.label, "head")
    for row in range(max(map(len, labels), default=0)):
        for place, words in enumerate(labels):
            book.put(page, row + 1, place, words[row] if row < len(words) else None)
