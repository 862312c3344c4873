"""Who may see which demands. The database's own policies say the same once more."""

from django.db.models import Q, QuerySet

from yicun.base import sharing
from yicun.kernel.actor import Actor
from yicun.relief.models import Addressee, Demand, Fulfilment
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind

# Below the bureau: who serves in an office or a post of a station is asked with the station.
WITHIN_A_STATION = frozenset(
    {UnitKind.STATION, UnitKind.POLICE_OFFICE, UnitKind.WORK_POINT, UnitKind.POLICE_POST}
)


def visible_to(actor: Actor) -> QuerySet[Demand]:
    """Asked by the actor's units, in his areas, or of a unit that he serves."""
    reach = _in_scope(actor)
    if actor.unit_ids:
        reach |= Q(sharing.shared_with(actor.unit_ids))
    return Demand.objects.filter(reach)


def addressees_for(actor: Actor) -> QuerySet[Addressee]:
    """The units asked, as far as the actor may see how they stand."""
    reach = _in_scope(actor) | Q(issuer_unit_id__in=actor.unit_ids)
    if actor.unit_ids:
        reach |= Q(sharing.shared_with(actor.unit_ids))
    return Addressee.objects.filter(reach)


def fulfilments_for(actor: Actor) -> QuerySet[Fulfilment]:
    reach = _in_scope(actor) | Q(issuer_unit_id__in=actor.unit_ids)
    if actor.unit_ids:
        reach |= Q(sharing.shared_with(actor.unit_ids, "addressee_id"))
    return Fulfilment.objects.filter(reach)


def served_units(actor: Actor) -> tuple[int, ...]:
    """The actor's units, and the stations and offices above them."""
    found: dict[int, None] = {}
    for unit_id in actor.unit_ids:
        above: int | None = unit_id
        while above is not None:
            unit = territory.unit_row(above)
            if above != unit_id and unit.kind not in WITHIN_A_STATION:
                break
            found[above] = None
            above = unit.parent_id
    return tuple(found)


def _in_scope(actor: Actor) -> Q:
    reach = Q(handling_unit_id__in=actor.unit_ids)
    if actor.widest:
        reach |= Q(area_code__range=actor.widest)
    if actor.codes:
        reach |= Q(area_code__in=actor.codes)
    return reach
