"""Grants: a unit outside an area sees one record of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet

from yicun.base.models import Grant
from yicun.kernel.ids import uuid7


def shared_with(unit_ids: Sequence[int], subject: str = "id") -> Func:
    """Whether the record named by the column `subject` is shared with one of these units."""
    return is_any_of(subject, Grant.objects.filter(unit_id__in=unit_ids).values("subject_id"))


def is_any_of(column: str, found: QuerySet[Any, Any]) -> Func:
    """Whether the column is among the values of a query.

    An array, not `IN (SELECT ...)`: worked out once per query, it lets the conditions beside it use their indexes.
    """
    return Func(
        F(column),
        Func(ArraySubquery(found), function="ANY"),
        template="%(expressions)s",
        arg_joiner=" = ",
        output_field=BooleanField(),
    )


def give(*, unit_id: int, subject_id: UUID, reason: str, now: datetime) -> UUID:
    """Repeating it is harmless. The id of the grant: of none, where the unit saw the record already."""
    grant_id = uuid7()
    with connection.cursor() as cursor:
        # A database function: the grant is for another unit, so its row is not visible to the one who gives it.
        cursor.execute(
            "SELECT share_record(%s, %s, %s, %s, %s)", [grant_id, unit_id, subject_id, reason, now]
        )
    return grant_id


def take_back(grant_ids: Sequence[UUID]) -> None:
    """Grants that came with a deed which is undone; an id that gave nothing takes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_back_shares(%s)", [list(grant_ids)])


def end(*, subject_id: UUID, reason: str) -> None:
    """Take back what was given for this reason; whoever sees the record for another reason goes on seeing it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT end_shares(%s, %s)", [subject_id, reason])
