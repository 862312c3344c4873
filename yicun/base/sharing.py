"""Grants: a unit outside an area sees one record of it."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from yicun.kernel.ids import uuid7

# Raw: the grant is for another unit, so its row is not visible to its writer and nothing may be asked back.
_GIVE = (
    "INSERT INTO base_grant (id, unit_id, subject_id, reason, given_at) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (unit_id, subject_id) DO NOTHING"
)


def give(*, unit_id: int, subject_id: UUID, reason: str, now: datetime) -> None:
    """Repeating it is harmless."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, [uuid7(), unit_id, subject_id, reason, now])
