"""Reading the reference tables a county loads: CSV text in, plain rows out, or a refusal that names the cell."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yicun.kernel.refusals import Refused
from yicun.territory.rules.codes import full_code, kind_of, parent_of
from yicun.territory.rules.markets import check_rule
from yicun.territory.rules.rows import AreaRow
from yicun.territory.rules.units import check_unit
from yicun.territory.terms import GRID_SUFFIX, AreaKind, Function, PartnerKind, StationModel, UnitKind
from yicun.text.pinyin import full_pinyin, initials


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: dict[str, str]

    def text(self, column: str, *, needed: bool = False) -> str:
        text = self.cells.get(column, "").strip()
        if (needed and not text) or any(ord(letter) < 32 for letter in text):
            raise self.wrong(column)
        return text

    def code(self, column: str) -> int:
        code = full_code(self.text(column))
        if code is None:
            raise self.wrong(column)
        return code

    def degrees(self, column: str, lowest: float, highest: float) -> float | None:
        text = self.text(column)
        try:
            value = float(text) if text else None
        except ValueError:
            raise self.wrong(column) from None
        if value is not None and not lowest <= value <= highest:
            raise self.wrong(column)
        return value

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            raise self.wrong(column) from None

    def one_of(self, column: str, allowed: Sequence[str]) -> str:
        text = self.text(column)
        if text not in allowed:
            raise self.wrong(column)
        return text

    def wrong(self, column: str) -> Refused:
        return Refused("table.cell_invalid", row=self.number, column=column, text=self.cells.get(column, ""))


@dataclass(frozen=True, slots=True)
class UnitLine:
    code: str
    name: str
    short_name: str
    kind: str
    partner_kind: str
    parent: str
    seat: int
    phone: str
    model: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class JurisdictionLine:
    function: str
    unit: str
    area: int
    starts_on: date


@dataclass(frozen=True, slots=True)
class MarketLine:
    area: int
    rule: str
    days: tuple[int, ...]
    starts_on: date


def read(source: str, columns: Sequence[str]) -> Iterator[Row]:
    """Rows numbered as a spreadsheet shows them; empty lines are passed over."""
    try:
        lines = list(csv.reader(source.removeprefix("\ufeff").splitlines(), strict=True))
    except csv.Error:
        raise Refused("table.unreadable") from None
    header = [name.strip() for name in lines[0]] if lines else []
    for column in columns:
        if column not in header:
            raise Refused("table.column_missing", column=column)
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield Row(number, dict(zip(header, cells, strict=False)))


def divisions(source: str) -> list[AreaRow]:
    """Areas, every one below its parent; a village without grids gets one grid that covers it."""
    areas: dict[int, AreaRow] = {}
    for row in read(source, ("code", "name")):
        area = _area(row)
        if area.code in areas:
            raise Refused("table.row_twice", row=row.number, text=area.name)
        areas[area.code] = area
    top = min((area.code for area in areas.values() if parent_of(area.code) not in areas), default=0)
    for area in areas.values():
        if area.code != top and parent_of(area.code) not in areas:
            raise Refused("area.parent_missing", name=area.name, code=area.code)
    return [area for _, area in sorted({**areas, **_default_grids(areas)}.items())]


def _area(row: Row) -> AreaRow:
    name, code = row.text("name", needed=True), row.code("code")
    lon, lat = row.degrees("lon", 73, 136), row.degrees("lat", 3, 54)
    if (lon is None) != (lat is None):
        raise row.wrong("lat" if lat is None else "lon")
    return AreaRow(
        code=code,
        kind=kind_of(code),
        name=name,
        official_name=row.text("official_name") or name,
        pinyin=full_pinyin(name),
        initials=initials(name),
        lon=lon,
        lat=lat,
        is_position_illustrative=row.text("is_position_illustrative") == "yes",
    )


def _default_grids(areas: dict[int, AreaRow]) -> dict[int, AreaRow]:
    with_grids = {parent_of(area.code) for area in areas.values() if area.kind == AreaKind.GRID}
    bare = (area for area in areas.values() if area.kind == AreaKind.VILLAGE and area.code not in with_grids)
    return {village.code + 1: _grid(village) for village in bare}


def _grid(village: AreaRow) -> AreaRow:
    name = village.name + GRID_SUFFIX
    return AreaRow(
        code=village.code + 1,
        kind=AreaKind.GRID,
        name=name,
        official_name=name,
        pinyin=full_pinyin(name),
        initials=initials(name),
        lon=village.lon,
        lat=village.lat,
        is_position_illustrative=village.is_position_illustrative,
    )


def outlines(source: str) -> dict[int, dict[str, Any]]:
    """Polygons by area code, from a GeoJSON feature collection whose features carry `code`."""
    try:
        features = json.loads(source)["features"]
        drawn = {full_code(str(item["properties"]["code"])): item["geometry"] for item in features}
        fits = all(geometry["type"] in ("Polygon", "MultiPolygon") for geometry in drawn.values())
    except (ValueError, TypeError, KeyError):
        raise Refused("outline.unreadable") from None
    if None in drawn or not fits:
        raise Refused("outline.unreadable")
    return {code: geometry for code, geometry in drawn.items() if code is not None}


def units(source: str) -> list[UnitLine]:
    """Units in the file's order; a parent stands above its children."""
    lines: dict[str, UnitLine] = {}
    for row in read(source, ("code", "name", "kind", "seat", "starts_on")):
        line = _unit(row)
        if line.code in lines:
            raise Refused("table.row_twice", row=row.number, text=line.code)
        if line.parent and line.parent not in lines:
            raise row.wrong("parent")
        check_unit(line.kind, line.partner_kind, line.model)
        lines[line.code] = line
    return list(lines.values())


def _unit(row: Row) -> UnitLine:
    name = row.text("name", needed=True)
    return UnitLine(
        code=row.text("code", needed=True),
        name=name,
        short_name=row.text("short_name") or name,
        kind=row.one_of("kind", UnitKind.values),
        partner_kind=row.one_of("partner_kind", ("", *PartnerKind.values)),
        parent=row.text("parent"),
        seat=row.code("seat"),
        phone=row.text("phone"),
        model=row.one_of("model", ("", *StationModel.values)),
        starts_on=row.day("starts_on"),
    )


def jurisdictions(source: str) -> list[JurisdictionLine]:
    return [
        JurisdictionLine(
            function=row.one_of("function", Function.values),
            unit=row.text("unit", needed=True),
            area=row.code("area"),
            starts_on=row.day("starts_on"),
        )
        for row in read(source, ("function", "unit", "area", "starts_on"))
    ]


def market_days(source: str) -> list[MarketLine]:
    lines = []
    for row in read(source, ("area", "rule", "days", "starts_on")):
        digits = row.text("days", needed=True)
        if not digits.isdecimal():
            raise row.wrong("days")
        line = MarketLine(row.code("area"), row.text("rule"), tuple(map(int, digits)), row.day("starts_on"))
        check_rule(line.rule, line.days)
        lines.append(line)
    return lines
