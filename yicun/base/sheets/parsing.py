"""Rows read as columns want them: what is wrong stays with its row, and all of it is said at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from yicun.base.sheets import terms
from yicun.base.sheets.cells import (
    Cell,
    as_text,
    code_of,
    half_width,
    has_control_characters,
    integer_of,
    moment_of,
    text_of,
)
from yicun.base.sheets.columns import Column, Kind, Problem, problem
from yicun.base.sheets.reading import Row, Table
from yicun.kernel.refusals import Refused

Value = str | int | date | datetime | None
SHOWN_CHOICES = 8
SHOWN_LETTERS = 40


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row by its number in the user's sheet: plain values by column name, or None and what is wrong."""

    number: int
    values: dict[str, Value] | None
    problems: tuple[Problem, ...] = ()


def parse_rows(table: Table, columns: Sequence[Column], mapping: Mapping[str, str]) -> Iterator[RowResult]:
    """Read every row that holds something; `mapping` leads from column names to headers of the file."""
    places = _places(table, columns, mapping)
    absent = {column.name: value_of(None, column) for column in columns if column.name not in places}
    present = [(column, places[column.name]) for column in columns if column.name in places]
    return (_parsed(row, table, present, absent) for row in table.rows)


def _places(table: Table, columns: Sequence[Column], mapping: Mapping[str, str]) -> dict[str, int]:
    unknown = [header for header in mapping.values() if header not in table.header]
    if unknown:
        raise Refused("mapping.unknown_header", headers=terms.LIST_COMMA.join(unknown))
    missing = [column.label for column in columns if column.required and column.name not in mapping]
    if missing:
        raise Refused("mapping.missing", columns=terms.LIST_COMMA.join(missing))
    return {name: table.position(header) for name, header in mapping.items()}


def _parsed(
    row: Row, table: Table, columns: Sequence[tuple[Column, int]], absent: Mapping[str, Value]
) -> RowResult:
    if row.fault:
        facts = {"found": len(row.cells), "expected": len(table.header)}
        return RowResult(row.number, None, (problem(Refused(row.fault, **facts)),))
    values = dict(absent)
    problems: list[Problem] = []
    for column, at in columns:
        try:
            values[column.name] = value_of(row.cell(at), column)
        except Refused as refused:
            problems.append(problem(refused, column=column.name, at=at))
    return RowResult(row.number, None if problems else values, tuple(problems))


def value_of(cell: Cell, column: Column) -> Value:
    """The cell as the column wants it, or a refusal that names the column."""
    if isinstance(cell, str) and has_control_characters(cell):
        raise Refused("cell.control_characters", label=column.label)
    if cell is None or cell == "":
        if column.required:
            raise Refused("cell.required", label=column.label)
        return "" if column.kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.CODE) else None
    if column.kind in (Kind.DATE, Kind.DATETIME):
        return _day_or_moment(cell, column)
    if column.kind is Kind.INTEGER:
        return integer_of(cell, column.label)
    if column.kind is Kind.CHOICE:
        return _choice(cell, column)
    return _words(cell, column)


def _words(cell: Cell, column: Column) -> str:
    if column.kind is Kind.LONG_TEXT:
        words = as_text(cell)
    else:
        words = (text_of if column.kind is Kind.TEXT else code_of)(cell, column.label)
    if column.max_length is not None and len(words) > column.max_length:
        raise Refused("cell.too_long", label=column.label, found=len(words), limit=column.max_length)
    return words


def _day_or_moment(cell: Cell, column: Column) -> date | datetime:
    moment = moment_of(cell)
    if moment is None:
        code = "cell.not_a_date" if column.kind is Kind.DATE else "cell.not_a_moment"
        raise Refused(code, label=column.label, found=as_text(cell)[:SHOWN_LETTERS])
    day = moment.date()
    if day < column.earliest:
        raise Refused("cell.too_early", label=column.label, found=day, limit=column.earliest)
    if column.latest is not None and day > column.latest:
        raise Refused("cell.too_late", label=column.label, found=day, limit=column.latest)
    return day if column.kind is Kind.DATE else moment


def _choice(cell: Cell, column: Column) -> str:
    written = _same(as_text(cell))
    for code, label in column.choices.items():
        if written in (_same(label), code.casefold()):
            return code
    labels = list(column.choices.values())
    near = get_close_matches(as_text(cell), labels, n=SHOWN_CHOICES, cutoff=0.5)
    shown = [*near, *(label for label in labels if label not in near)][:SHOWN_CHOICES]
    found = as_text(cell)[:SHOWN_LETTERS]
    raise Refused(
        "cell.unknown_choice", label=column.label, found=found, choices=terms.LIST_COMMA.join(shown)
    )


def _same(text: str) -> str:
    return "".join(half_width(text).casefold().split())
