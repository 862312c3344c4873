"""Loading reference data: a county's own tables supersede the ones the product brings."""

import csv
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from yicun.base import audit, editions
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line
from yicun.matters.models import (
    CalendarDay,
    Category,
    ColumnMapping,
    RoutingWord,
    Supervision,
    TimeLimit,
)
from yicun.matters.queries.reference import EDITION, calendar
from yicun.matters.rules.tables import TABLES, rows_of

FOLDER = Path(__file__).resolve().parent.parent / "reference"
MODELS: dict[str, Any] = {
    "time_limits.csv": TimeLimit,
    "supervision.csv": Supervision,
    "categories.csv": Category,
    "routing_words.csv": RoutingWord,
    "calendar_days.csv": CalendarDay,
}
Key = tuple[Any, ...]


def load_reference(*, actor: Actor, now: datetime, folder: Path = FOLDER) -> int:
    """Rows not there yet are added; each ends the version before it and lasts until the one after it.

    Loading twice changes nothing. A calendar that contradicts itself is refused whole.
    """
    with transaction.atomic():
        added = sum(_load(folder / name, name) for name in MODELS if (folder / name).exists())
        if added:
            editions.renew(EDITION)
            calendar()
            audit.record(
                verb="load_reference",
                subject="matters.reference",
                subject_id=str(folder.name),
                actor=actor,
                now=now,
                facts={"rows": added},
            )
    return added


def save_mapping(*, name: str, columns: dict[str, str], actor: Actor, now: datetime) -> None:
    name = clean_line(name, 60)
    with transaction.atomic():
        ColumnMapping.objects.update_or_create(
            name=name, defaults={"columns": columns, "changed_at": now, "changed_by": actor.label}
        )
        audit.record(
            verb="save_mapping",
            subject="matters.mapping",
            subject_id=name,
            actor=actor,
            now=now,
            facts=columns,
        )


def _load(path: Path, name: str) -> int:
    model, keys = MODELS[name], TABLES[name].keys
    try:
        rows = rows_of(name, path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError, csv.Error):
        raise Refused("reference.file_unreadable", name=name) from None
    known = {_version(row, keys) for row in model.objects.values(*keys, "starts_on")}
    fresh = {_version(row, keys): row for row in rows if _version(row, keys) not in known}
    starts: dict[Key, list[date]] = defaultdict(list)
    for key, on in sorted(known | fresh.keys()):
        starts[key].append(on)
    for (key, on), row in fresh.items():
        row["ends_on"] = next((later for later in starts[key] if later > on), None)
        if any((key, earlier) in known for earlier in starts[key] if earlier < on):
            same = model.objects.filter(**dict(zip(keys, key, strict=True)), starts_on__lt=on)
            same.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).update(ends_on=on)
    model.objects.bulk_create([model(**row) for row in fresh.values()])
    return len(fresh)


def _version(row: dict[str, Any], names: tuple[str, ...]) -> tuple[Key, date]:
    return tuple(row[name] for name in names), row["starts_on"]
