"""Writing a list into a sheet. What leaves the platform is kept in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from yicun.base import audit
from yicun.base.sheets import Column, Sheet, write_table
from yicun.base.sheets.columns import Kind
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.models import Bulk, Matter
from yicun.matters.queries.bulk import sheet_of
from yicun.matters.queries.rows import sheet_rows
from yicun.matters.terms import bulk as words
from yicun.matters.terms.pages import FACTS
from yicun.territory import queries as territory

MOST = 50_000
SHEET = "matters"
COLUMNS = {
    "number": Kind.CODE,
    "kind": Kind.TEXT,
    "title": Kind.TEXT,
    "body": Kind.LONG_TEXT,
    "place": Kind.TEXT,
    "channel": Kind.TEXT,
    "state": Kind.TEXT,
    "urgency": Kind.TEXT,
    "grade": Kind.TEXT,
    "unit": Kind.TEXT,
    "handler": Kind.TEXT,
    "recorded_at": Kind.DATETIME,
    "due_at": Kind.DATETIME,
    "ended_at": Kind.DATETIME,
    "answer": Kind.LONG_TEXT,
}


def export(
    *,
    found: QuerySet[Matter],
    path: Path,
    filters: Mapping[str, str],
    actor: Actor,
    now: datetime,
    most: int = MOST,
) -> int:
    """`found` is already limited to what the actor may see; the number of rows written."""
    if found[: most + 1].count() > most:
        raise Refused("export.too_many", most=most)
    columns = [Column(name, FACTS[name], kind) for name, kind in COLUMNS.items()]
    with transaction.atomic():
        written = write_table(path, [Sheet(SHEET, columns, sheet_rows(found.iterator(chunk_size=2_000)))])
        facts = {"rows": written, "filters": dict(filters)}
        audit.record(
            verb="export",
            subject="matters.list",
            subject_id=actor.label,
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts=facts,
        )
    return written


def export_bulk(*, bulk: Bulk, path: Path, actor: Actor, now: datetime) -> int:
    """What became of each matter of a batch that the actor may see."""
    columns = [
        Column(name, label, Kind.CODE if name == "number" else Kind.TEXT)
        for name, label in words.SHEET.items()
    ]
    with transaction.atomic():
        written = write_table(path, [Sheet(SHEET, columns, sheet_of(bulk, actor))])
        audit.record(
            verb="export_bulk",
            subject="matters.bulk",
            subject_id=bulk.pk,
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts={"rows": written},
        )
    return written
