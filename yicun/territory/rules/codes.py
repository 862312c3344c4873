"""Area codes: 15 digits, a parent padded with zeros, so that an area's range is its prefix."""

import re
from collections.abc import Iterable

from yicun.territory.terms import AreaKind

Range = tuple[int, int]

SPANS = {
    AreaKind.PROVINCE: 10**13,
    AreaKind.CITY: 10**11,
    AreaKind.COUNTY: 10**9,
    AreaKind.TOWN: 10**6,
    AreaKind.VILLAGE: 10**3,
    AreaKind.GRID: 1,
}
KINDS = tuple(SPANS)
_LENGTHS = frozenset({2, 4, 6, 9, 12, 15})


def full_code(text: str) -> int | None:
    """The 15-digit code of a shorter one, or None: `"350429101"` is 350429101000000."""
    if re.fullmatch(r"[1-9][0-9]*", text, re.ASCII) and len(text) in _LENGTHS:
        return int(text.ljust(15, "0"))
    return None


def kind_of(code: int) -> AreaKind:
    """The largest kind whose padding the code carries."""
    return next(kind for kind in KINDS if code % SPANS[kind] == 0)


def range_of(code: int) -> Range:
    return code, code + SPANS[kind_of(code)] - 1


def parent_of(code: int) -> int | None:
    kind = kind_of(code)
    if kind is AreaKind.PROVINCE:
        return None
    above = SPANS[KINDS[KINDS.index(kind) - 1]]
    return code - code % above


def ancestor(code: int, kind: AreaKind) -> int:
    """The code of the area of `kind` that contains `code`; itself when it is of that kind or above."""
    return code - code % SPANS[kind]


def county_range(code: int) -> Range:
    lo = ancestor(code, AreaKind.COUNTY)
    return lo, lo + SPANS[AreaKind.COUNTY] - 1


def is_whole_villages(lo: int, hi: int) -> bool:
    """Villages are the smallest thing that is handed from unit to unit; a range stays inside one county."""
    span = SPANS[AreaKind.VILLAGE]
    return lo <= hi and lo % span == 0 and hi % span == span - 1 and county_range(lo) == county_range(hi)


def merge(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Sorted, with touching and overlapping ranges made one."""
    merged: list[Range] = []
    for lo, hi in sorted(ranges):
        if merged and lo <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], hi))
        else:
            merged.append((lo, hi))
    return tuple(merged)


def covers(ranges: Iterable[Range], code: int) -> bool:
    return any(lo <= code <= hi for lo, hi in ranges)
