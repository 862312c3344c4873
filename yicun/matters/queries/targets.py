"""Which other matter one may be part of: found among what the actor sees, and read before they become one."""

from datetime import datetime
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.models import Matter
from yicun.matters.queries.access import open_for, visible_to
from yicun.matters.queries.detail import possible_duplicates
from yicun.matters.queries.search import newest_matching

MOST_FOUND = 10


def merge_targets(matter: Matter, text: str, actor: Actor, now: datetime) -> list[Matter]:
    """Open matters that this one may be part of: by number or words, or those of the same place that read alike."""
    others = open_for(actor).exclude(pk=matter.pk)
    if text:
        return newest_matching(others.order_by("-recorded_at", "-id"), text, None, MOST_FOUND)
    alike = possible_duplicates(f"{matter.title}\n{matter.body[:300]}", matter.area_code, actor, now)
    return [other for other, _likeness in alike if other.pk != matter.pk]


def merge_target(matter: Matter, into_id: UUID, actor: Actor) -> Matter:
    """The other one, to be read beside this one before they become one."""
    found = visible_to(actor).exclude(pk=matter.pk).filter(pk=into_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found
