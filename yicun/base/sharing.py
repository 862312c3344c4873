"""Grants: a unit outside an area sees one record of it."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from yicun.kernel.ids import uuid7


def give(*, unit_id: int, subject_id: UUID, reason: str, now: datetime) -> None:
    """Repeating it is harmless."""
    with connection.cursor() as cursor:
        # A database function: the grant is for another unit, so its row is not visible to the one who gives it.
        cursor.execute("SELECT share_record(%s, %s, %s, %s, %s)", [uuid7(), unit_id, subject_id, reason, now])


def end(*, subject_id: UUID, reason: str) -> None:
    """Take back what was given for this reason; whoever sees the record for another reason goes on seeing it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT end_shares(%s, %s)", [subject_id, reason])
