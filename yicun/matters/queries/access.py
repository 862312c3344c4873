"""Who may see which matters. The database's own policies say the same once more."""

from django.db.models import Q, QuerySet

from yicun.base import sharing
from yicun.kernel.actor import Actor
from yicun.matters.models import Matter
from yicun.matters.models.matter import IS_OPEN


def visible_to(actor: Actor) -> QuerySet[Matter]:
    """In the actor's areas, in the hands of his units, or shared with one of them."""
    reach = Q(handling_unit_id__in=actor.unit_ids)
    if actor.widest:
        reach |= Q(area_code__range=actor.widest)
    if actor.codes:
        reach |= Q(area_code__in=actor.codes)
    if actor.unit_ids:
        reach |= Q(sharing.shared_with(actor.unit_ids))
    return Matter.objects.filter(reach)


def open_for(actor: Actor) -> QuerySet[Matter]:
    return visible_to(actor).filter(IS_OPEN)
