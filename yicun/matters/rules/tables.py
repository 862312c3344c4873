"""The tables of reference data: from text cells to plain values, or a refusal that names the row and the cell.

`TABLES` says of each file what identifies a row and how each column is read. A row in force is never edited: one with
the same key and a later `starts_on` follows it.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yicun.kernel.clocks import Limit, Unit
from yicun.kernel.refusals import Refused
from yicun.kernel.workdays import ExtraYears, official_calendar
from yicun.matters.terms import Channel, ClockName, DayKind, Kind, Level, PauseReason, Urgency
from yicun.territory.terms import PartnerKind

Read = Callable[[str], Any]
EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)
# The police themselves answer some words; they are no partner body.
POLICE = "police"
SMALL = 32_767


def _words(most: int) -> Read:
    def read(cell: str) -> str:
        if not 1 <= len(cell) <= most or not cell.isprintable():
            raise ValueError(cell)
        return cell

    return read


def _one_of(choices: Iterable[str], *, blank: bool = False) -> Read:
    known = frozenset(choices) | ({""} if blank else set())

    def read(cell: str) -> str:
        if cell not in known:
            raise ValueError(cell)
        return cell

    return read


def _number(least: int, most: int = SMALL) -> Read:
    def read(cell: str) -> int:
        value = int(cell or 0)
        if not least <= value <= most:
            raise ValueError(cell)
        return value

    return read


def _date(cell: str) -> date:
    day = date.fromisoformat(cell)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(cell)
    return day


def _pauses(cell: str) -> list[str]:
    one = _one_of(PauseReason.values)
    return [one(reason) for reason in cell.split(";") if reason]


def _code(cell: str) -> str:
    if not (cell.isascii() and cell.isalnum() and len(cell) <= 10):
        raise ValueError(cell)
    return cell


@dataclass(frozen=True, slots=True)
class Table:
    keys: tuple[str, ...]
    columns: Mapping[str, Read]


_VERSION: Mapping[str, Read] = {"starts_on": _date, "source": _words(200)}
TABLES: Mapping[str, Table] = {
    "time_limits.csv": Table(
        ("clock", "kind", "urgency", "channel"),
        {
            "clock": _one_of(ClockName.values),
            "kind": _one_of(Kind.values, blank=True),
            "urgency": _one_of(Urgency.values, blank=True),
            "channel": _one_of(Channel.values, blank=True),
            "unit": _one_of(Unit),
            "amount": _number(1),
            "pauses": _pauses,
            "extension_most": _number(0),
            "article": _words(200),
            **_VERSION,
        },
    ),
    "supervision.csv": Table(
        ("level",),
        {
            "level": _one_of(Level.values),
            "height": _number(1, len(Level)),
            "hours": _number(-8_760, 8_760),
            **_VERSION,
        },
    ),
    "categories.csv": Table(
        ("scheme", "code"),
        {
            "scheme": _one_of(("dispute", "incident")),
            "code": _code,
            "label": _words(80),
            "parent": lambda cell: _code(cell) if cell else "",
            **_VERSION,
        },
    ),
    "routing_words.csv": Table(
        ("word", "partner_kind"),
        {
            "word": _words(20),
            "partner_kind": _one_of((*PartnerKind.values, POLICE)),
            "weight": _number(1, 3),
            **_VERSION,
        },
    ),
    "calendar_days.csv": Table(
        ("year", "day"),
        {
            "year": _number(EARLIEST.year, LATEST.year),
            "day": _date,
            "kind": _one_of(DayKind.values),
            **_VERSION,
        },
    ),
}


def rows_of(name: str, lines: Iterable[str]) -> list[dict[str, Any]]:
    """Every row of the file as values. Each has its own key and date, or the file is refused whole."""
    table = TABLES[name]
    reader = csv.DictReader(lines, restval="")
    for column in table.columns:
        if column not in (reader.fieldnames or ()):
            raise Refused("table.column_missing", column=column)
    rows, seen = [], set()
    for number, cells in enumerate(reader, start=2):
        row = {column: _cell(number, column, read, cells[column]) for column, read in table.columns.items()}
        version = (*(row[key] for key in table.keys), row["starts_on"])
        if version in seen:
            raise Refused("table.row_twice", row=number, text=" ".join(filter(None, map(str, version))))
        seen.add(version)
        rows.append(row)
    if name == "time_limits.csv":
        _check_amounts(rows)
    return rows


def arrangements(rows: Iterable[tuple[int, date, str]]) -> ExtraYears:
    """Year, day and kind of each line in force, as a calendar takes them; a contradiction is refused."""
    years: dict[int, tuple[list[date], list[date]]] = {}
    for year, day, kind in rows:
        holidays, make_ups = years.setdefault(year, ([], []))
        if kind == DayKind.HOLIDAY:
            holidays.append(day)
        elif kind == DayKind.MAKE_UP:
            make_ups.append(day)
    official_calendar(years)
    return years


def _cell(number: int, column: str, read: Read, cell: str) -> Any:
    try:
        return read(cell.strip())
    except ValueError:
        raise Refused("table.cell_invalid", row=number, column=column, text=cell[:40]) from None


def _check_amounts(rows: Iterable[Mapping[str, Any]]) -> None:
    """Hours reach further than days do, and an extension counts in the unit of its limit."""
    for row in rows:
        for amount in (row["amount"], row["extension_most"] or 1):
            Limit(Unit(row["unit"]), amount)
