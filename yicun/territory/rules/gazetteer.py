"""Finding areas by what an officer types: part of a name, pinyin, its initials, or the beginning of a code."""

import unicodedata
from collections.abc import Iterable

from yicun.territory.rules.codes import Range
from yicun.territory.rules.rows import AreaRow
from yicun.territory.terms import NAME_SUFFIXES, AreaKind

# A village is meant more often than the county; a grid only when nothing else fits as well.
_ORDER = {
    AreaKind.VILLAGE: 0,
    AreaKind.TOWN: 1,
    AreaKind.COUNTY: 2,
    AreaKind.CITY: 3,
    AreaKind.PROVINCE: 4,
    AreaKind.GRID: 5,
}


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def stem(name: str) -> str:
    """The name without its kind; a name that is nothing else stays whole."""
    suffix = next((end for end in NAME_SUFFIXES if name.endswith(end) and len(name) > len(end)), "")
    return name.removesuffix(suffix)


class Gazetteer:
    def __init__(self, areas: Iterable[AreaRow]) -> None:
        self._entries = [(area, stem(area.name)) for area in sorted(areas, key=_standing)]

    def search(self, text: str, within: Range | None, limit: int) -> list[AreaRow]:
        """Best first; equal ones villages before towns before grids, then by code."""
        wanted = plain(text)
        if not wanted:
            return []
        lo, hi = within or (0, 10**15)
        ranked: list[tuple[int, AreaRow]] = []
        for area, short in self._entries:
            if lo <= area.code <= hi and (place := rank(area, short, wanted)) is not None:
                ranked.append((place, area))
        ranked.sort(key=lambda pair: pair[0])
        return [area for _, area in ranked[:limit]]


def rank(area: AreaRow, short: str, wanted: str) -> int | None:
    """0 is best; None does not fit at all."""
    if wanted.isdecimal():
        return 0 if str(area.code).startswith(wanted) else None
    tests = (
        wanted in (area.name, area.official_name, short),
        area.name.startswith(wanted) or area.official_name.startswith(wanted),
        area.initials.startswith(wanted) and len(wanted) >= len(short),
        area.pinyin.startswith(wanted),
        area.initials.startswith(wanted),
        wanted in area.name or wanted in area.official_name,
        wanted in area.pinyin,
    )
    return next((place for place, fits in enumerate(tests) if fits), None)


def _standing(area: AreaRow) -> tuple[int, int]:
    return _ORDER[AreaKind(area.kind)], area.code
