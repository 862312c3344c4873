"""Areas: by code, by name, by position; market days."""

from collections.abc import Collection, Iterable
from datetime import date

from yicun.kernel.refusals import Refused
from yicun.territory.queries.snapshot import current
from yicun.territory.rules.codes import KINDS, Range, ancestor, merge, range_of
from yicun.territory.rules.markets import is_market_day
from yicun.territory.rules.rows import AreaRow, MarketRow, runs
from yicun.territory.terms import AreaKind

_BELOW_CITY = KINDS[KINDS.index(AreaKind.COUNTY) :]
_IN_A_PATH = frozenset({AreaKind.COUNTY, AreaKind.TOWN, AreaKind.VILLAGE})
_IN_A_SHORT_PATH = frozenset({AreaKind.TOWN, AreaKind.VILLAGE})


def area(code: int) -> AreaRow:
    found = current().areas.get(code)
    if found is None:
        raise Refused("area.unknown", code=code)
    return found


def has_area(code: int) -> bool:
    return code in current().areas


def home_county() -> int:
    """The county this installation serves; of several, the one with the smallest code."""
    found = min(
        (known.code for known in current().areas.values() if known.kind == AreaKind.COUNTY), default=None
    )
    if found is None:
        raise Refused("area.no_county")
    return found


def county_of(code: int) -> AreaRow:
    return area(ancestor(code, AreaKind.COUNTY))


def children_of(code: int, kind: str) -> list[AreaRow]:
    """The areas of one kind inside another, by code."""
    snapshot = current()
    lo, hi = range_of(code)
    inside = (snapshot.areas[found] for found in snapshot.codes_between(lo, hi))
    return [found for found in inside if found.kind == kind and found.code != code]


def villages_by_town() -> list[tuple[AreaRow, list[AreaRow]]]:
    """Every town of the home county with its villages, by code."""
    towns = children_of(home_county(), AreaKind.TOWN)
    return [(town, children_of(town.code, AreaKind.VILLAGE)) for town in towns]


def codes_within(ranges: Iterable[Range]) -> tuple[int, ...]:
    """The codes of all areas, of every kind, that lie in the ranges."""
    snapshot = current()
    return tuple(code for lo, hi in merge(ranges) for code in snapshot.codes_between(lo, hi))


def chain_of(code: int) -> tuple[int, ...]:
    """The codes from the county down to `code` itself."""
    return tuple(dict.fromkeys(ancestor(code, kind) for kind in _BELOW_CITY))


def path_of(code: int) -> str:
    """From the county down, and without the grid: a grid is for routing, not for reading."""
    return _path(code, _IN_A_PATH)


def short_path_of(code: int) -> str:
    """From the town down; of a county, its name."""
    return _path(code, _IN_A_SHORT_PATH) or _path(code, _IN_A_PATH)


def _path(code: int, kinds: Collection[AreaKind]) -> str:
    areas = current().areas
    chain = (areas[above] for above in chain_of(code) if above in areas)
    return " ".join(found.name for found in chain if found.kind in kinds)


def find_areas(text: str, within: int | None = None, limit: int = 10) -> list[AreaRow]:
    """By part of the name, pinyin, its initials, or the beginning of the code; best first."""
    between = None if within is None else range_of(within)
    return current().gazetteer.search(text, between, limit)


def point_to_area(lon: float, lat: float) -> AreaRow | None:
    """The village at a WGS-84 position, or None outside the county."""
    snapshot = current()
    code = snapshot.positions.village_at(lon, lat)
    return None if code is None else snapshot.areas[code]


def point_to_grid(lon: float, lat: float) -> AreaRow | None:
    snapshot = current()
    code = snapshot.positions.grid_at(lon, lat)
    return None if code is None else snapshot.areas[code]


def market_days_of(code: int) -> list[MarketRow]:
    """All versions for one town, oldest first."""
    return [row for row in current().markets if row.area_id == code]


def markets_on(on: date, within: int | None = None) -> list[AreaRow]:
    """The towns that hold their market on this day."""
    snapshot = current()
    lo, hi = (0, 10**15) if within is None else range_of(within)
    running = (
        row for row in snapshot.markets if lo <= row.area_id <= hi and runs(row.starts_on, row.ends_on, on)
    )
    return [snapshot.areas[row.area_id] for row in running if is_market_day(row.rule, row.days, on)]
