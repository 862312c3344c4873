"""Units, and which of them is in charge where."""

from collections.abc import Collection
from datetime import date

from yicun.kernel.refusals import Refused
from yicun.territory.models import Jurisdiction
from yicun.territory.queries.snapshot import current
from yicun.territory.rules.codes import Range, merge
from yicun.territory.rules.rows import UnitRow


def unit(unit_id: int) -> UnitRow:
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
