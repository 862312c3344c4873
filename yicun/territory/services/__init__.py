"""Changing areas, units and jurisdictions. Every change takes the edition's row first, so changes queue up."""

from yicun.territory.services.jurisdictions import set_jurisdictions
from yicun.territory.services.markets import set_market_day
from yicun.territory.services.reference import (
    PACKAGED,
    Loaded,
    load_divisions,
    load_jurisdictions,
    load_market_days,
    load_reference,
    load_units,
)
from yicun.territory.services.units import close_unit, open_unit

__all__ = [
    "PACKAGED",
    "Loaded",
    "close_unit",
    "load_divisions",
    "load_jurisdictions",
    "load_market_days",
    "load_reference",
    "load_units",
    "open_unit",
    "set_jurisdictions",
    "set_market_day",
]
