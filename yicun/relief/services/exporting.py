"""The three lists as one workbook. What leaves the platform is kept in the audit trail."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from yicun.base import audit
from yicun.base.sheets import Column, Sheet, write_table
from yicun.base.sheets.columns import Kind
from yicun.kernel.actor import Actor
from yicun.relief.queries.lists import sheet_rows
from yicun.relief.terms import FACTS, ListName
from yicun.territory import queries as territory

COLUMNS = {
    "title": Kind.TEXT,
    "deliverable": Kind.LONG_TEXT,
    "issuer": Kind.TEXT,
    "authority": Kind.LONG_TEXT,
    "addressees": Kind.TEXT,
    "owner": Kind.TEXT,
    "cadence": Kind.TEXT,
    "starts_on": Kind.DATE,
    "expires_on": Kind.DATE,
    "minutes": Kind.INTEGER,
    "state": Kind.TEXT,
    "standing": Kind.TEXT,
    "due_on": Kind.DATE,
}


def export_demands(*, path: Path, actor: Actor, now: datetime) -> int:
    """A sheet for each list, with what the actor may see of it; the number of rows."""
    columns = [Column(name, FACTS[name], kind) for name, kind in COLUMNS.items()]
    with transaction.atomic():
        sheets = [Sheet(str(one.label), columns, sheet_rows(one.value, actor, now)) for one in ListName]
        written = write_table(path, sheets)
        audit.record(
            verb="export_demands",
            subject="relief.list",
            subject_id=actor.label,
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts={"rows": written},
        )
    return written
