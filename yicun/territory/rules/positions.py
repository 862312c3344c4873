"""From a position to the village: outlines first, then the nearest village point inside the town."""

from collections.abc import Iterable, Mapping
from math import cos, radians
from typing import Any

from shapely import STRtree
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from yicun.territory.rules.codes import range_of
from yicun.territory.rules.rows import AreaRow
from yicun.territory.terms import AreaKind


class Layer:
    """The outlines of one kind of area, in a search tree."""

    def __init__(self, outlines: Mapping[int, BaseGeometry]) -> None:
        self._codes = list(outlines)
        self._tree = STRtree(list(outlines.values()))

    def __bool__(self) -> bool:
        return bool(self._codes)

    def at(self, point: Point) -> int | None:
        """A point on a common border belongs to the area with the smaller code."""
        return min(
            (self._codes[index] for index in self._tree.query(point, predicate="intersects")), default=None
        )


class Positions:
    def __init__(self, areas: Iterable[AreaRow], outlines: Mapping[int, dict[str, Any]]) -> None:
        placed = [area for area in areas if area.lon is not None or area.code in outlines]
        drawn = {area.code: shape(outlines[area.code]) for area in placed if area.code in outlines}
        self._layers = {
            kind: Layer(
                {area.code: drawn[area.code] for area in placed if area.kind == kind and area.code in drawn}
            )
            for kind in (AreaKind.COUNTY, AreaKind.TOWN, AreaKind.VILLAGE, AreaKind.GRID)
        }
        self._points = {
            kind: [area for area in placed if area.kind == kind and area.lon is not None]
            for kind in (AreaKind.VILLAGE, AreaKind.GRID)
        }

    def village_at(self, lon: float, lat: float) -> int | None:
        """None outside the county (or, when no county is drawn, outside every town that is)."""
        point = Point(lon, lat)
        if (village := self._layers[AreaKind.VILLAGE].at(point)) is not None:
            return village
        county = self._layers[AreaKind.COUNTY].at(point)
        if county is None and self._layers[AreaKind.COUNTY]:
            return None
        around = self._layers[AreaKind.TOWN].at(point)
        around = county if around is None else around
        return None if around is None else self._nearest(AreaKind.VILLAGE, around, lon, lat)

    def grid_at(self, lon: float, lat: float) -> int | None:
        """The grid of the village; None where the village has no grid with a position."""
        drawn = self._layers[AreaKind.GRID].at(Point(lon, lat))
        village = self.village_at(lon, lat) if drawn is None else None
        return drawn if village is None else self._nearest(AreaKind.GRID, village, lon, lat)

    def _nearest(self, kind: AreaKind, around: int, lon: float, lat: float) -> int | None:
        lo, hi = range_of(around)
        narrow = cos(radians(lat))
        inside = (area for area in self._points[kind] if lo <= area.code <= hi)
        nearest = min(inside, key=lambda area: _distance(area, lon, lat, narrow), default=None)
        return None if nearest is None else nearest.code


def _distance(area: AreaRow, lon: float, lat: float, narrow: float) -> float:
    """Squared, in degrees of latitude: good enough to compare neighbours within a county."""
    return ((area.lon or 0.0) - lon) ** 2 * narrow**2 + ((area.lat or 0.0) - lat) ** 2
