"""What reading a file needs to know: its possible columns, mappings the product brings, what is stored already."""

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from yicun.matters.models import ColumnMapping, Matter
from yicun.territory import queries as territory

FOLDER = Path(__file__).resolve().parent.parent / "reference"


@lru_cache(maxsize=1)
def import_columns() -> tuple[Mapping[str, str], ...]:
    return _rows("import_columns.csv")


def built_in_mapping(name: str) -> dict[str, str]:
    """Empty when the product brings none of this name."""
    return {row["field"]: row["header"] for row in _rows("mappings.csv") if row["mapping"] == name}


def mapping_names() -> list[str]:
    """The county's own first, then those the product brings."""
    saved = ColumnMapping.objects.order_by("name").values_list("name", flat=True)
    return list(dict.fromkeys([*saved, *(row["mapping"] for row in _rows("mappings.csv"))]))


def known_keys(channel: str, keys: Iterable[str]) -> set[str]:
    """Which of these numbers are stored under the channel, as far as the scope of the transaction reaches."""
    stored = Matter.objects.filter(channel=channel, source_key__in=list(keys)).exclude(source_key="")
    return set(stored.values_list("source_key", flat=True))


def villages_by_name() -> dict[str, list[int]]:
    """Every way a village may be written, with the town before it or without; several codes where names are equal."""
    named: dict[str, list[int]] = {}
    for town, inside in territory.villages_by_town():
        for village in inside:
            for name in {village.name, village.official_name}:
                for written in (name, town.name + name):
                    named.setdefault(written, []).append(village.code)
    return named


def _rows(name: str) -> tuple[Mapping[str, str], ...]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
