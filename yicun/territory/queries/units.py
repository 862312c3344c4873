"""Units, and which of them is in charge where."""

from collections.abc import Collection
from datetime import date

from yicun.kernel.refusals import Refused
from yicun.territory.models import Jurisdiction
from yicun.territory.queries.snapshot import current
from yicun.territory.rules.codes import Range, county_range, covers, merge
from yicun.territory.rules.rows import UnitRow
from yicun.territory.terms import COUNTY_UNITS, Function, PartnerKind, UnitKind


def unit(unit_id: int, on: date) -> UnitRow | None:
    """The unit, if it exists on this day."""
    found = current().units.get(unit_id)
    return found if found is not None and found.is_open(on) else None


def unit_row(unit_id: int) -> UnitRow:
    """The unit whenever it existed, for history."""
    found = current().units.get(unit_id)
    if found is None:
        raise Refused("unit.unknown", unit=unit_id)
    return found


def unit_by_code(code: str) -> UnitRow:
    snapshot = current()
    if code not in snapshot.unit_ids:
        raise Refused("unit.unknown", unit=code)
    return snapshot.units[snapshot.unit_ids[code]]


def all_units(on: date) -> list[UnitRow]:
    """Units that exist on this day, in the order in which they were opened."""
    return [found for found in current().units.values() if found.is_open(on)]


def units_of_kind(kind: str, on: date, *, partner_kind: str = "") -> list[UnitRow]:
    return [
        found for found in all_units(on) if found.kind == kind and partner_kind in ("", found.partner_kind)
    ]


def units_below(unit_id: int) -> tuple[int, ...]:
    """The units under this one at any depth, itself not among them."""
    units = current().units
    below: list[int] = []
    layer = {unit_id}
    while layer:
        layer = {found.id for found in units.values() if found.parent_id in layer}
        below.extend(sorted(layer))
    return tuple(below)


def unit_for(code: int, function: str, on: date) -> int | None:
    """Which unit is in charge of this code; None for a code above all jurisdictions, such as the county's own."""
    return current().coverage[function].in_charge(code, on)


def desk_for(code: int, unit_id: int | None, on: date) -> int:
    """Where a matter of this place is received: by the unit in charge; for a place above all jurisdictions by the
    recorder's own station, else by the county's command centre, else by its bureau.
    """
    in_charge = unit_for(code, Function.MANAGEMENT, on)
    if in_charge is not None:
        return in_charge
    own = None if unit_id is None else unit(unit_id, on)
    if own is not None and own.kind == UnitKind.STATION:
        return own.id
    for kind in (UnitKind.COMMAND_CENTRE, UnitKind.BUREAU):
        desk = next((each.id for each in units_of_kind(kind, on) if _same_county(each.seat_id, code)), None)
        if desk is not None:
            return desk
    raise Refused("unit.no_desk")


def unit_reaches(unit_id: int, code: int, on: date) -> bool:
    """Whether the place lies in what the unit's people oversee: its jurisdiction, or the whole county."""
    found = unit(unit_id, on)
    if found is None:
        return False
    if found.kind in COUNTY_UNITS or found.partner_kind == PartnerKind.GOVERNANCE_CENTRE:
        return _same_county(found.seat_id, code)
    return covers(ranges_of([unit_id], Function.MANAGEMENT, on)[unit_id], code)


def _same_county(code: int, other: int) -> bool:
    return county_range(code) == county_range(other)


def ranges_of(unit_ids: Collection[int], function: str, on: date) -> dict[int, tuple[Range, ...]]:
    """What each unit is in charge of; touching ranges are one. A unit in charge of nothing has none."""
    held: dict[int, list[Range]] = {unit_id: [] for unit_id in unit_ids}
    for row in current().coverage[function].running(on):
        if row.unit_id in held:
            held[row.unit_id].append((row.lo, row.hi))
    return {unit_id: merge(ranges) for unit_id, ranges in held.items()}


def lineage_of(jurisdiction_id: int) -> list[int]:
    """The jurisdictions it came from, newest first, beginning with itself."""
    found = dict(Jurisdiction.objects.values_list("id", "replaces_id"))
    chain: list[int] = []
    step: int | None = jurisdiction_id
    while step is not None:
        chain.append(step)
        step = found.get(step)
    return chain
