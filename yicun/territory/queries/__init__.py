"""What is known of areas, units and jurisdictions, answered from memory."""

from yicun.territory.queries.areas import (
    area,
    children_of,
    codes_within,
    county_of,
    find_areas,
    market_days_of,
    markets_on,
    path_of,
    point_to_area,
    point_to_grid,
    short_path_of,
)
from yicun.territory.queries.snapshot import current, forget, one_edition
from yicun.territory.queries.units import (
    all_units,
    lineage_of,
    ranges_of,
    unit,
    unit_by_code,
    unit_for,
    units_below,
    units_of_kind,
)

__all__ = [
    "all_units",
    "area",
    "children_of",
    "codes_within",
    "county_of",
    "current",
    "find_areas",
    "forget",
    "lineage_of",
    "market_days_of",
    "markets_on",
    "one_edition",
    "path_of",
    "point_to_area",
    "point_to_grid",
    "ranges_of",
    "short_path_of",
    "unit",
    "unit_by_code",
    "unit_for",
    "units_below",
    "units_of_kind",
]
