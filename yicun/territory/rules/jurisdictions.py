"""Who is in charge of what, and how a range passes from one unit to another."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from yicun.kernel.refusals import Refused
from yicun.territory.rules.codes import Range, is_whole_villages
from yicun.territory.rules.rows import JurisdictionRow


@dataclass(frozen=True, slots=True)
class Move:
    """From the day of the change on, `unit_id` is in charge of the codes from `lo` to `hi`."""

    unit_id: int
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A jurisdiction to be written; `replaces_id` is the one whose range it was cut from."""

    unit_id: int
    lo: int
    hi: int
    replaces_id: int | None


@dataclass(frozen=True, slots=True)
class Change:
    ends: tuple[int, ...]
    pieces: tuple[Piece, ...]


def check_moves(moves: Sequence[Move]) -> None:
    if not moves:
        raise Refused("jurisdiction.nothing_given")
    for move in moves:
        if not is_whole_villages(move.lo, move.hi):
            raise Refused("jurisdiction.range_wrong", lo=move.lo, hi=move.hi)
    ordered = sorted(moves, key=lambda move: move.lo)
    for before, after in pairwise(ordered):
        if after.lo <= before.hi:
            raise Refused("jurisdiction.overlap", lo=after.lo, hi=min(before.hi, after.hi))


def plan_change(existing: Iterable[JurisdictionRow], moves: Sequence[Move], on: date) -> Change:
    """What ends and what begins on the day `on`. Ranges already held by the unit they are given to stay untouched."""
    check_moves(moves)
    standing = [row for row in existing if row.ends_on is None or row.ends_on > on]
    ends: list[int] = []
    pieces: list[Piece] = []
    for row in standing:
        kept = [move for move in moves if move.lo <= row.hi and row.lo <= move.hi]
        if all(move.unit_id == row.unit_id for move in kept):
            continue
        if row.starts_on >= on or row.ends_on is not None:
            raise Refused("jurisdiction.later_change", on=max(row.starts_on, row.ends_on or row.starts_on))
        ends.append(row.id)
        pieces.extend(_cut(row, kept))
    for move in moves:
        held = [(row.lo, row.hi) for row in standing]
        pieces.extend(Piece(move.unit_id, lo, hi, None) for lo, hi in subtract((move.lo, move.hi), held))
    return Change(tuple(ends), tuple(sorted(pieces, key=lambda piece: piece.lo)))


def _cut(row: JurisdictionRow, moves: Sequence[Move]) -> list[Piece]:
    """The row's range in pieces: what is moved goes to its new unit, the rest stays with the old one."""
    moved = [Piece(move.unit_id, max(row.lo, move.lo), min(row.hi, move.hi), row.id) for move in moves]
    taken = [(piece.lo, piece.hi) for piece in moved]
    return moved + [Piece(row.unit_id, lo, hi, row.id) for lo, hi in subtract((row.lo, row.hi), taken)]


def subtract(whole: Range, taken: Iterable[Range]) -> list[Range]:
    """The parts of `whole` that no range of `taken` covers."""
    rest: list[Range] = []
    lo, end = whole
    for taken_lo, taken_hi in sorted(taken):
        if taken_hi < lo or taken_lo > end:
            continue
        if taken_lo > lo:
            rest.append((lo, taken_lo - 1))
        lo = taken_hi + 1
    if lo <= end:
        rest.append((lo, end))
    return rest


def first_gap(villages: Iterable[int], rows: Sequence[JurisdictionRow]) -> tuple[int, date] | None:
    """The first village, and day, without a unit in charge, counted from the first start of the function; or None."""
    if not rows:
        return None
    first = min(row.starts_on for row in rows)
    for village in sorted(villages):
        reached: date | None = first
        own = sorted((row for row in rows if row.lo <= village <= row.hi), key=lambda row: row.starts_on)
        for row in own:
            if reached is None or row.starts_on > reached:
                break
            reached = row.ends_on
        if reached is not None:
            return village, reached
    return None


class Coverage:
    """Answers who is in charge of a code on a day, from memory. Days between two changes share one table."""

    def __init__(self, rows: Sequence[JurisdictionRow]) -> None:
        self._rows = rows
        self._changes = sorted(
            {day for row in rows for day in (row.starts_on, row.ends_on) if day is not None}
        )
        self._tables: dict[int, tuple[list[int], list[JurisdictionRow]]] = {}

    def in_charge(self, code: int, on: date) -> int | None:
        starts, rows = self._table(on)
        place = bisect_right(starts, code) - 1
        return rows[place].unit_id if place >= 0 and code <= rows[place].hi else None

    def running(self, on: date) -> list[JurisdictionRow]:
        return self._table(on)[1]

    def _table(self, on: date) -> tuple[list[int], list[JurisdictionRow]]:
        era = bisect_right(self._changes, on)
        if era not in self._tables:
            rows = sorted((row for row in self._rows if row.is_running(on)), key=lambda row: row.lo)
            self._tables[era] = ([row.lo for row in rows], rows)
        return self._tables[era]
