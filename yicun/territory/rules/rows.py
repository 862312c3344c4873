"""Areas, units and jurisdictions as plain values: what the snapshot in memory holds and what rules work on."""

from dataclasses import dataclass
from datetime import date

from yicun.territory.rules.codes import Range, range_of


@dataclass(frozen=True, slots=True)
class AreaRow:
    code: int
    kind: str
    name: str
    official_name: str
    pinyin: str
    initials: str
    lon: float | None
    lat: float | None
    is_position_illustrative: bool

    @property
    def range(self) -> Range:
        return range_of(self.code)


@dataclass(frozen=True, slots=True)
class UnitRow:
    id: int
    code: str
    name: str
    short_name: str
    kind: str
    partner_kind: str
    parent_id: int | None
    seat_id: int
    phone: str
    model: str
    starts_on: date
    ends_on: date | None

    def is_open(self, on: date) -> bool:
        return runs(self.starts_on, self.ends_on, on)


@dataclass(frozen=True, slots=True)
class JurisdictionRow:
    id: int
    unit_id: int
    function: str
    lo: int
    hi: int
    starts_on: date
    ends_on: date | None

    def is_running(self, on: date) -> bool:
        return runs(self.starts_on, self.ends_on, on)


@dataclass(frozen=True, slots=True)
class MarketRow:
    area_id: int
    rule: str
    days: tuple[int, ...]
    starts_on: date
    ends_on: date | None


def runs(starts_on: date, ends_on: date | None, on: date) -> bool:
    """`ends_on` is the first day on which it no longer holds."""
    return starts_on <= on and (ends_on is None or on < ends_on)
