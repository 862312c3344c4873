"""Who may see which meetings: the unit's own people, whoever oversees the place, and the units that took part."""

from uuid import UUID

from django.db.models import Q, QuerySet

from yicun.base import sharing
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.orglife.models import Meeting


def visible_to(actor: Actor) -> QuerySet[Meeting]:
    reach = Q(handling_unit_id__in=actor.unit_ids)
    if actor.widest:
        reach |= Q(area_code__range=actor.widest)
    if actor.codes:
        reach |= Q(area_code__in=actor.codes)
    if actor.unit_ids:
        reach |= Q(sharing.shared_with(actor.unit_ids))
    return Meeting.objects.filter(reach)


def meeting_of(meeting_id: UUID, actor: Actor) -> Meeting:
    found = visible_to(actor).filter(pk=meeting_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found
