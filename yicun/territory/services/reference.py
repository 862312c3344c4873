"""Loading a county from files. Loading the same files again changes nothing but names and positions."""

from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from typing import Any

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.territory import queries
from yicun.territory.models import Area, MarketDay, Unit
from yicun.territory.rules import tables
from yicun.territory.rules.codes import parent_of
from yicun.territory.rules.jurisdictions import Move
from yicun.territory.rules.rows import AreaRow
from yicun.territory.services.edition import new_edition
from yicun.territory.services.jurisdictions import set_jurisdictions
from yicun.territory.services.markets import set_market_day

PACKAGED = files("yicun.territory") / "reference"
REFERENCE_FILES = ("divisions.csv", "outlines.geojson", "units.csv", "jurisdictions.csv", "market_days.csv")
_AREA_FIELDS = [
    "name",
    "official_name",
    "pinyin",
    "initials",
    "lon",
    "lat",
    "outline",
    "is_position_illustrative",
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many lines of each file were new."""

    areas: int
    units: int
    jurisdictions: int
    market_days: int


def load_divisions(*, source: str, outlines: str | None, actor: Actor, now: datetime) -> int:
    """Areas from CSV text, outlines from GeoJSON text; returns how many areas are new. Codes are never removed."""
    rows = tables.divisions(source)
    drawn = tables.outlines(outlines) if outlines else {}
    with new_edition(actor):
        known = set(queries.current().areas)
        codes = known | {row.code for row in rows}
        areas = [_area(row, codes, drawn) for row in rows]
        Area.objects.bulk_create(
            areas, update_conflicts=True, unique_fields=["code"], update_fields=_AREA_FIELDS
        )
        added = len(codes - known)
        _record("load_divisions", {"areas": len(rows), "new": added}, actor, now)
    return added


def _area(row: AreaRow, codes: set[int], outlines: dict[int, dict[str, Any]]) -> Area:
    above = parent_of(row.code)
    return Area(**asdict(row), parent_id=above if above in codes else None, outline=outlines.get(row.code))


def load_units(*, source: str, actor: Actor, now: datetime) -> int:
    """Units from CSV text; those whose code exists stay as they are. Returns how many are new."""
    lines = tables.units(source)
    with new_edition(actor):
        known = dict(queries.current().unit_ids)
        new = [line for line in lines if line.code not in known]
        for line in new:
            queries.area(line.seat)
        units = {line.code: _unit(line) for line in new}
        Unit.objects.bulk_create(units.values())
        known.update((code, unit.id) for code, unit in units.items())
        for line in new:
            units[line.code].parent_id = known[line.parent] if line.parent else None
        Unit.objects.bulk_update(units.values(), ["parent"])
        _record("load_units", {"units": len(lines), "new": len(new)}, actor, now)
    return len(new)


def _unit(line: tables.UnitLine) -> Unit:
    cells = asdict(line)
    del cells["parent"]
    return Unit(seat_id=cells.pop("seat"), **cells)


def load_jurisdictions(*, source: str, actor: Actor, now: datetime) -> int:
    """Jurisdictions from CSV text, one day after the other. Returns how many rows were written."""
    lines = sorted(tables.jurisdictions(source), key=lambda line: (line.starts_on, line.function, line.area))
    written = 0
    with new_edition(actor):
        for (on, function), group in groupby(lines, key=lambda line: (line.starts_on, line.function)):
            moves = [_move(line) for line in group if not _is_known(line)]
            if moves:
                done = set_jurisdictions(function=function, moves=moves, starts_on=on, actor=actor, now=now)
                written += len(done)
        _record("load_jurisdictions", {"lines": len(lines), "written": written}, actor, now)
    return written


def _move(line: tables.JurisdictionLine) -> Move:
    lo, hi = queries.area(line.area).range
    return Move(queries.unit_by_code(line.unit).id, lo, hi)


def _is_known(line: tables.JurisdictionLine) -> bool:
    """The unit was already in charge on that day, so a later change of it stands."""
    unit_id = queries.unit_by_code(line.unit).id
    return queries.unit_for(line.area, line.function, line.starts_on) == unit_id


def load_market_days(*, source: str, actor: Actor, now: datetime) -> int:
    """Market days from CSV text; a town's version that exists stays. Returns how many are new."""
    lines = sorted(tables.market_days(source), key=lambda line: (line.area, line.starts_on))
    with new_edition(actor):
        known = set(MarketDay.objects.values_list("area_id", "starts_on"))
        new = [line for line in lines if (line.area, line.starts_on) not in known]
        for line in new:
            set_market_day(
                area_code=line.area,
                rule=line.rule,
                days=line.days,
                starts_on=line.starts_on,
                actor=actor,
                now=now,
            )
        _record("load_market_days", {"lines": len(lines), "new": len(new)}, actor, now)
    return len(new)


def load_reference(*, folder: Traversable, actor: Actor, now: datetime) -> Loaded:
    """A whole county from `divisions.csv`, `outlines.geojson`, `units.csv`, `jurisdictions.csv`, `market_days.csv`."""
    texts = {name: _text(folder, name) for name in REFERENCE_FILES}
    with new_edition(actor):
        loaded = Loaded(
            areas=load_divisions(
                source=texts["divisions.csv"], outlines=texts["outlines.geojson"], actor=actor, now=now
            ),
            units=load_units(source=texts["units.csv"], actor=actor, now=now),
            jurisdictions=load_jurisdictions(source=texts["jurisdictions.csv"], actor=actor, now=now),
            market_days=load_market_days(source=texts["market_days.csv"], actor=actor, now=now),
        )
        _record("load_reference", asdict(loaded), actor, now)
    return loaded


def _text(folder: Traversable, name: str) -> str:
    try:
        return folder.joinpath(name).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise Refused("reference.file_unreadable", name=name) from None


def _record(verb: str, facts: dict[str, Any], actor: Actor, now: datetime) -> None:
    audit.record(verb=verb, subject="territory.area", subject_id="-", actor=actor, now=now, facts=facts)
