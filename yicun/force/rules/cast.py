"""The table of members and posts that a new county begins with."""

import csv
from dataclasses import dataclass
from datetime import date

from yicun.force.terms import MemberKind, Role
from yicun.kernel.refusals import Refused

COLUMNS = ("username", "name", "kind", "starts_on", "postings")
WIDTHS = {"username": 60, "name": 30, "badge": 20, "phone": 30}


@dataclass(frozen=True, slots=True)
class Seat:
    role: str
    unit: str
    area: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """The first seat is the main post."""

    username: str
    name: str
    kind: str
    badge: str
    phone: str
    starts_on: date
    seats: tuple[Seat, ...]


def people(source: str) -> list[Person]:
    """From CSV text; `postings` reads `role@unit` or `role@unit:area code`, several separated by semicolons."""
    rows = list(csv.DictReader(source.removeprefix("\ufeff").splitlines(), restval="", restkey="more"))
    missing = next((name for name in COLUMNS if rows and name not in rows[0]), None)
    if missing or not rows:
        raise Refused("cast.unreadable", column=missing or COLUMNS[0])
    found = [_person(row, number) for number, row in enumerate(rows, start=2)]
    for column in ("username", "badge"):
        seen: set[str] = set()
        for number, written in enumerate((getattr(person, column) for person in found), start=2):
            if written and written in seen:
                raise _wrong(number, column, written)
            seen.add(written)
    return found


def _person(row: dict[str, str], number: int) -> Person:
    for column in ("username", "name", "postings"):
        if not row[column].strip():
            raise _wrong(number, column, "")
    for column, most in WIDTHS.items():
        written = row.get(column, "").strip()
        if len(written) > most or not written.isprintable():
            raise _wrong(number, column, written[:most])
    if row["kind"] not in MemberKind.values:
        raise _wrong(number, "kind", row["kind"])
    try:
        starts_on = date.fromisoformat(row["starts_on"])
    except ValueError:
        raise _wrong(number, "starts_on", row["starts_on"]) from None
    return Person(
        username=row["username"].strip(),
        name=row["name"].strip(),
        kind=row["kind"],
        badge=row.get("badge", "").strip(),
        phone=row.get("phone", "").strip(),
        starts_on=starts_on,
        seats=tuple(_seat(text.strip(), number) for text in row["postings"].split(";")),
    )


def _seat(text: str, number: int) -> Seat:
    role, _, place = text.partition("@")
    unit, _, area = place.partition(":")
    if role not in Role.values or not unit or (area and not (area.isdecimal() and len(area) == 15)):
        raise _wrong(number, "postings", text)
    return Seat(role, unit, int(area) if area else None)


def _wrong(number: int, column: str, text: str) -> Refused:
    return Refused("cast.line_invalid", row=number, column=column, text=text)
