"""Read a table from whatever people have: the content decides what it is, never the ending of its name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median_high

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from yicun.base.files import Mime, encoding_of, mime_of
from yicun.base.sheets import terms
from yicun.base.sheets.cells import Cell, looks_like_data, tidy
from yicun.base.sheets.extent import refuse_sprawl
from yicun.base.sheets.plain import CsvRecords
from yicun.kernel.refusals import Refused

BOOKS = frozenset({Mime.XLSX, Mime.XLS, Mime.ODS})
LIMIT_ROWS = 200_000
LIMIT_BYTES = 100 * (1 << 20)
HEADER_WITHIN = 20
_REFUSED = {Mime.HTML: "sheet.web_page", Mime.MACROS: "sheet.has_macros", Mime.LOCKED_OFFICE: "sheet.locked"}


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts the rows of the sheet from 1; `fault` is the code of a row that is not whole."""

    number: int
    cells: tuple[Cell, ...]
    fault: str | None = None

    def cell(self, at: int) -> Cell:
        return self.cells[at - 1] if at <= len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` may be walked several times; each walk reads the file anew. Empty rows are left out.

    `unread`: the other sheets that hold something, so that nobody believes they were read as well.
    """

    header: tuple[str, ...]
    header_number: int
    rows: Iterable[Row]
    sheet_name: str
    mime: Mime
    unread: tuple[str, ...] = ()

    def position(self, header: str) -> int:
        """The column of a header in the sheet, from 1."""
        return self.header.index(header) + 1


def read_table(
    path: Path,
    *,
    name: str | None = None,
    sheet_name: str | None = None,
    limit_rows: int = LIMIT_ROWS,
    limit_bytes: int = LIMIT_BYTES,
) -> Table:
    """The first sheet that holds a table, or the one named; refused when it is no sound table."""
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise Refused("sheet.empty", name=name)
    if size > limit_bytes:
        raise Refused("sheet.too_large", name=name, limit=f"{limit_bytes >> 20} MB")
    mime = mime_of(path, name)
    if mime in BOOKS:
        return _book_table(path, mime, name, sheet_name, limit_rows)
    encoding = encoding_of(path) if mime in (Mime.CSV, Mime.TEXT) else None
    if encoding is None:
        raise Refused(_REFUSED.get(mime, "sheet.wrong_file"), name=name)
    return _checked(CsvRecords(path, encoding), "", mime, name, limit_rows)


@dataclass(frozen=True, slots=True)
class BookRecords:
    """The rows of one sheet of a workbook, cells counted from column A."""

    sheet: CalamineSheet

    @property
    def height(self) -> int:
        return self.sheet.end[0] + 1 if self.sheet.end else 0

    def __iter__(self) -> Iterator[tuple[Sequence[object], str | None]]:
        blank = [""] * (self.sheet.start or (0, 0))[1]
        for cells in self.sheet.iter_rows():
            yield [*blank, *cells], None


def _book_table(path: Path, mime: Mime, name: str, sheet_name: str | None, limit_rows: int) -> Table:
    refuse_sprawl(path, mime, name)
    try:
        book = CalamineWorkbook.from_path(path)
        sheet, unread = _sheet(book, name, sheet_name)
    except PasswordError as error:
        raise Refused("sheet.locked", name=name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Refused("sheet.damaged", name=name) from error
    return replace(_checked(BookRecords(sheet), sheet.name, mime, name, limit_rows), unread=unread)


def _sheet(book: CalamineWorkbook, name: str, wanted: str | None) -> tuple[CalamineSheet, tuple[str, ...]]:
    """The sheet to read, and the names of the others. A cover of one column does not hide the table behind it."""
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise Refused("sheet.unknown_sheet", name=name, sheet=wanted)
        return book.get_sheet_by_name(wanted), ()
    shown = [
        facts.name
        for facts in book.sheets_metadata
        if facts.typ == SheetTypeEnum.WorkSheet and facts.visible == SheetVisibleEnum.Visible
    ]
    read = {each: _readable(book, each) for each in shown}
    filled = [sheet for sheet in read.values() if sheet is not None and sheet.start is not None]
    chosen = next((sheet for sheet in filled if sheet.width > 1), next(iter(filled), None))
    before = shown[: shown.index(chosen.name)] if chosen else shown
    if any(read[each] is None for each in before):
        raise Refused("sheet.damaged", name=name)
    if chosen is None:
        raise Refused("sheet.empty", name=name)
    others = (each for each in shown if read[each] is None or read[each] in filled)
    return chosen, tuple(each for each in others if each != chosen.name)


def _readable(book: CalamineWorkbook, name: str) -> CalamineSheet | None:
    """None: damaged. Behind the table that was asked for it does no harm, in its place it would be another table."""
    try:
        return book.get_sheet_by_name(name)
    except CalamineError:
        return None


@dataclass(frozen=True, slots=True)
class Rows:
    records: Iterable[tuple[Sequence[object], str | None]]
    header_number: int
    width: int
    needs_width: bool

    def __iter__(self) -> Iterator[Row]:
        numbered = enumerate(self.records, start=1)
        for number, (cells, fault) in islice(numbered, self.header_number, None):
            row = Row(number, tuple(tidy(cell) for cell in cells), fault)
            if fault or any(cell is not None for cell in row.cells):
                yield self._measured(row)

    def _measured(self, row: Row) -> Row:
        """In a text file a missing or surplus comma shifts every cell, so the number of cells is checked."""
        if row.fault or not self.needs_width or len(row.cells) == self.width:
            return row
        if len(row.cells) < self.width:
            return Row(row.number, row.cells, "row.short")
        surplus = any(cell is not None for cell in row.cells[self.width :])
        return Row(
            row.number, row.cells if surplus else row.cells[: self.width], "row.long" if surplus else None
        )


def _checked(
    records: BookRecords | CsvRecords, sheet_name: str, mime: Mime, name: str, limit_rows: int
) -> Table:
    number, header = _header(records, name)
    rows = Rows(records, number, len(header), needs_width=isinstance(records, CsvRecords))
    if _count(records, number, limit_rows + 1) > limit_rows:
        raise Refused("sheet.too_many_rows", name=name, limit=limit_rows)
    if next(iter(rows), None) is None:
        raise Refused("sheet.no_rows", name=name)
    return Table(header, number, rows, sheet_name, mime)


def _count(records: BookRecords | CsvRecords, header_number: int, enough: int) -> int:
    """Rows that hold something, counted no further than `enough`; a small sheet need not be walked."""
    if isinstance(records, BookRecords) and records.height - header_number < enough:
        return 0
    below = islice(records, header_number, None)
    return sum(1 for _ in islice((cells for cells, _ in below if any(cells)), enough))


def _header(records: Iterable[tuple[Sequence[object], str | None]], name: str) -> tuple[int, tuple[str, ...]]:
    """The first row nearly as full as most (titles above it are not), or the only column's first cell."""
    filled: list[tuple[int, list[Cell]]] = []
    for number, (cells, _) in enumerate(islice(records, HEADER_WITHIN), start=1):
        tidied = [tidy(cell) for cell in cells]
        if any(cell is not None for cell in tidied):
            filled.append((number, tidied))
    if not filled:
        raise Refused("sheet.empty", name=name)
    usual = median_high(_filled(cells) for _, cells in filled)
    number, cells = next((line for line in filled if _filled(line[1]) > max(1, usual / 2)), filled[0])
    if 2 * sum(looks_like_data(cell) for cell in cells) >= _filled(cells):
        raise Refused("sheet.no_header", name=name, number=number)
    while cells[-1] is None:
        cells.pop()
    header = tuple("" if cell is None else " ".join(str(cell).split()) for cell in cells)
    twice = sorted({text for text in header if text and header.count(text) > 1})
    if twice:
        raise Refused("sheet.header_twice", name=name, headers=terms.LIST_COMMA.join(twice))
    return number, header


def _filled(cells: Sequence[Cell]) -> int:
    return sum(cell is not None for cell in cells)
