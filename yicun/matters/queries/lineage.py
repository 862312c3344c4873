"""What a matter became, and what went into it."""

from uuid import UUID

from django.db import connection

from yicun.kernel.actor import Actor
from yicun.matters.models import Lineage, Matter, Party
from yicun.matters.queries.access import open_for, visible_to
from yicun.matters.terms import PartyRole

MOST_SHOWN = 50

# UNION, not UNION ALL: should a cycle ever be forced in behind the constraints, the walk still ends. Both walks run
# under the asker's own policies: what goes through a matter he may not see is not his to follow.
_WHERE_TO = """
    WITH RECURSIVE walk AS (
        SELECT into_id FROM matters_lineage WHERE matter_id = %s AND undone_at IS NULL
        UNION
        SELECT next.into_id FROM matters_lineage AS next JOIN walk ON next.matter_id = walk.into_id
        WHERE next.undone_at IS NULL)
    SELECT walk.into_id FROM walk WHERE NOT EXISTS (
        SELECT FROM matters_lineage AS further WHERE further.matter_id = walk.into_id AND further.undone_at IS NULL)
"""
_FROM_WHERE = """
    WITH RECURSIVE walk AS (
        SELECT id, matter_id, merged_at FROM matters_lineage WHERE into_id = %s AND undone_at IS NULL
        UNION
        SELECT next.id, next.matter_id, next.merged_at FROM matters_lineage AS next
        JOIN walk ON next.into_id = walk.matter_id WHERE next.undone_at IS NULL)
    SELECT id FROM walk ORDER BY merged_at DESC, id DESC LIMIT %s
"""


def open_merge_of(matter_id: UUID) -> Lineage | None:
    """How the matter came to be merged; its caller has seen the matter, and the row goes with it."""
    return Lineage.objects.select_related("clock").filter(matter_id=matter_id, undone_at__isnull=True).first()


def survivor_of(matter: Matter, actor: Actor) -> Matter | None:
    """The open or ended matter that a merged one lives on in, however often it was merged on; None out of sight."""
    with connection.cursor() as cursor:
        cursor.execute(_WHERE_TO, [matter.pk])
        row = cursor.fetchone()
    return visible_to(actor).filter(pk=row[0]).first() if row else None


def merged_here(matter: Matter, actor: Actor) -> list[Lineage]:
    """What went into this one, directly or through others, and may be seen by the one who asks; the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_FROM_WHERE, [matter.pk, MOST_SHOWN])
        keys = [key for (key,) in cursor.fetchall()]
    if not keys:
        return []
    found = Lineage.objects.filter(pk__in=keys, matter__in=visible_to(actor)).select_related("matter")
    return list(found.order_by("-merged_at", "-id"))


def reporters_of(merged: list[Lineage]) -> list[Party]:
    """Masked, of matters whose rows were just found to be visible."""
    if not merged:
        return []
    keys = [row.matter_id for row in merged]
    return list(Party.objects.filter(matter_id__in=keys, role=PartyRole.REPORTER).order_by("id"))


def in_hands_of(member_id: UUID, actor: Actor) -> list[Matter]:
    """Open matters named for a member, whatever state they are in, the most pressing first."""
    return list(open_for(actor).filter(handler_member_id=member_id).order_by("due_at", "id"))
