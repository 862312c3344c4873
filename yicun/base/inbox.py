"""Notices in the inbox. A notice is written inside the transaction of what it announces."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from yicun.base.models import Notice
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.ids import uuid7

LINES_KEPT = 50


def put(
    *,
    kind: str,
    lines: list[dict[str, Any]],
    now: datetime,
    account_id: UUID | None = None,
    unit_id: int | None = None,
) -> None:
    """Add lines to the recipient's digest of the day; one notice per recipient, kind and day, rung once."""
    on_date = now.astimezone(SHANGHAI).date()
    # A database function: the recipient's row is not visible to the one who writes it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT put_notice(%s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
            [uuid7(), account_id, unit_id, kind, on_date, _json(lines), now, LINES_KEPT],
        )


def for_actor(actor: Actor) -> QuerySet[Notice]:
    """What came to this person and to the units he is posted to, newest first."""
    mine = Q(account_id=actor.account_id) if actor.account_id else Q(pk__in=[])
    return Notice.objects.filter(mine | Q(unit_id__in=actor.unit_ids)).order_by("-changed_at", "-id")


def mark_read(*, notice_id: UUID, actor: Actor, now: datetime) -> bool:
    """False when there was nothing to mark: read before, or not addressed to this actor."""
    unread = for_actor(actor).filter(pk=notice_id, read_at__isnull=True)
    return bool(unread.update(read_at=now, read_by=actor.label))


def _json(lines: list[dict[str, Any]]) -> str:
    return json.dumps(lines, ensure_ascii=False, default=str)
