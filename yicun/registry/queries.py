"""Places, limited to what the actor may see."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.registry.models import Place, Premises
from yicun.territory import queries as territory
from yicun.territory.terms import Function

MOST = 50


@dataclass(frozen=True, slots=True)
class PlaceRow:
    id: UUID
    kind: str
    name: str
    area_code: int
    address: str
    lon: float | None
    lat: float | None
    handling_unit_id: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class PremisesRow:
    place: PlaceRow
    licence: str
    business: str
    contact_masked: str
    contact_expires_on: date | None


def visible_to(actor: Actor) -> QuerySet[Place]:
    """The first line; the database's policy is the last."""
    lo, hi = actor.widest or (1, 0)
    within = (
        Q(area__code__range=(lo, hi)) | Q(area_id__in=actor.codes) | Q(handling_unit_id__in=actor.unit_ids)
    )
    return Place.objects.filter(within)


def held_wrongly(on: date, actor: Actor) -> list[tuple[int, int]]:
    """Pairs of area and unit where another unit is in charge by now; areas without any unit stay as they are."""
    held = (
        visible_to(actor)
        .order_by("area_id", "handling_unit_id")
        .values_list("area_id", "handling_unit_id")
        .distinct()
    )
    right = [(area, unit, territory.unit_for(area, Function.MANAGEMENT, on)) for area, unit in held]
    return [(area, unit) for area, unit, now_in_charge in right if now_in_charge not in (None, unit)]


def expired_contacts(on: date, actor: Actor) -> int:
    """How many contacts are past their time and still kept."""
    return Premises.objects.filter(place__in=visible_to(actor), contact_expires_on__lte=on).count()


def place(place_id: UUID, actor: Actor) -> PlaceRow:
    found = visible_to(actor).filter(pk=place_id).first()
    if found is None:
        raise Refused("place.unknown")
    return row(found)


def find_places(actor: Actor, text: str = "", area: int | None = None, limit: int = 20) -> list[PlaceRow]:
    """Places in use, by part of the name or of the address, or by pinyin initials; exact names first."""
    found = visible_to(actor).filter(is_active=True)
    if area is not None:
        found = found.filter(area__code__range=territory.area(area).range)
    wanted = " ".join(text.split())
    if wanted:
        by_letters = Q(initials__startswith=wanted.lower()) if wanted.isascii() else Q(pk__in=[])
        found = found.filter(Q(name__icontains=wanted) | Q(address__icontains=wanted) | by_letters)
    # Sorted before the list is cut: an exact name is never behind the limit.
    nearness = Case(When(name=wanted, then=0), When(name__startswith=wanted, then=1), default=2)
    ordered = found.annotate(nearness=nearness).order_by("nearness", "name", "id")
    return [row(each) for each in ordered[: min(limit, MOST)]]


def premises(place_id: UUID, actor: Actor) -> PremisesRow | None:
    """The business run at a place; None when there is none."""
    known = place(place_id, actor)
    found = Premises.objects.filter(place_id=place_id).first()
    return None if found is None else _premises(known, found)


def _premises(known: PlaceRow, found: Premises) -> PremisesRow:
    return PremisesRow(known, found.licence, found.business, found.contact_masked, found.contact_expires_on)


def row(found: Place) -> PlaceRow:
    return PlaceRow(
        id=found.id,
        kind=found.kind,
        name=found.name,
        area_code=found.area_id,
        address=found.address,
        lon=found.lon,
        lat=found.lat,
        handling_unit_id=found.handling_unit_id,
        is_active=found.is_active,
    )
