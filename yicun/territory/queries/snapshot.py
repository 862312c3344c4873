"""The reference data in memory, read anew when its edition has changed."""

from bisect import bisect_left, bisect_right
from dataclasses import fields
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import QuerySet

from yicun.base.editions import Shelf
from yicun.territory.models import Area, Jurisdiction, MarketDay, Unit
from yicun.territory.rules.gazetteer import Gazetteer
from yicun.territory.rules.jurisdictions import Coverage
from yicun.territory.rules.positions import Positions
from yicun.territory.rules.rows import AreaRow, JurisdictionRow, MarketRow, UnitRow
from yicun.territory.terms import Function

Row = TypeVar("Row", AreaRow, UnitRow, JurisdictionRow, MarketRow)


class Snapshot:
    """Never changed once made; what is costly to build is built when first asked for."""

    def __init__(self) -> None:
        self.areas = {area.code: area for area in rows(Area.objects.order_by("code"), AreaRow)}
        self.units = {unit.id: unit for unit in rows(Unit.objects.order_by("id"), UnitRow)}
        self.jurisdictions = rows(Jurisdiction.objects.order_by("id"), JurisdictionRow)
        self.unit_ids = {unit.code: unit.id for unit in self.units.values()}
        self._codes = list(self.areas)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer(self.areas.values())

    @cached_property
    def positions(self) -> Positions:
        drawn = Area.objects.filter(outline__isnull=False).values_list("code", "outline")
        return Positions(self.areas.values(), {code: outline for code, outline in drawn if outline})

    @cached_property
    def markets(self) -> list[MarketRow]:
        found = rows(MarketDay.objects.order_by("area_id", "starts_on"), MarketRow)
        return [
            MarketRow(row.area_id, row.rule, tuple(row.days), row.starts_on, row.ends_on) for row in found
        ]

    @cached_property
    def coverage(self) -> dict[str, Coverage]:
        return {
            function: Coverage([row for row in self.jurisdictions if row.function == function])
            for function in Function.values
        }

    def codes_between(self, lo: int, hi: int) -> list[int]:
        return self._codes[bisect_left(self._codes, lo) : bisect_right(self._codes, hi)]


_shelf = Shelf("territory", Snapshot)


def current() -> Snapshot:
    """One short query to compare the edition; inside `base.editions.one_edition` only the first time."""
    return _shelf.get()


def rows(found: QuerySet[Any], row: type[Row]) -> list[Row]:
    """Rows as values of the dataclass `row`, whose fields are the columns to read."""
    return [row(*cells) for cells in found.values_list(*(field.name for field in fields(row)))]
