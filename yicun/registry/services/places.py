"""Putting places on the register, naming them anew, taking them off."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.registry import rules
from yicun.registry.models import Place, Premises
from yicun.registry.queries import held_wrongly, visible_to
from yicun.territory import queries as territory
from yicun.territory.terms import Function
from yicun.text.pinyin import initials


def add_place(
    *,
    kind: str,
    name: str,
    area_code: int,
    on: date,
    actor: Actor,
    now: datetime,
    address: str = "",
    lon: float | None = None,
    lat: float | None = None,
    business: str = "",
    licence: str = "",
) -> UUID:
    """In the hands of the unit that manages its area; with `business` it is premises as well."""
    rules.check_kind(kind)
    cleaned = rules.clean_name(name)
    rules.check_position(lon, lat)
    if business:
        rules.check_business(business, licence)
    with transaction.atomic():
        place = Place.objects.create(
            kind=kind,
            name=cleaned,
            initials=initials(cleaned),
            area_id=area_code,
            address=rules.clean_address(address),
            lon=lon,
            lat=lat,
            handling_unit_id=_unit_in_charge(area_code, on, actor),
        )
        if business:
            scope = {"area_id": place.area_id, "handling_unit_id": place.handling_unit_id}
            Premises.objects.create(place=place, **scope, licence=licence, business=business)
        record("add_place", place, {"name": cleaned, "kind": kind, "business": business}, actor, now)
    return place.id


def rename_place(*, place_id: UUID, name: str, actor: Actor, now: datetime) -> None:
    cleaned = rules.clean_name(name)
    with transaction.atomic():
        place = active_place(place_id, actor)
        Place.objects.filter(pk=place_id).update(name=cleaned, initials=initials(cleaned))
        record("rename_place", place, {"from": place.name, "to": cleaned}, actor, now)


def retire_place(*, place_id: UUID, actor: Actor, now: datetime) -> None:
    """Taken out of use; what was recorded about it stays."""
    with transaction.atomic():
        place = active_place(place_id, actor)
        Place.objects.filter(pk=place_id).update(is_active=False)
        record("retire_place", place, {"name": place.name}, actor, now)


def follow_jurisdictions(*, on: date, actor: Actor, now: datetime) -> int:
    """Hand every place to the unit that manages its area on this day; run after ranges have moved.

    Premises follow by their key. Safe to repeat: returns how many places changed hands.
    """
    moved = 0
    with transaction.atomic():
        for area_code, unit_id in held_wrongly(on, actor):
            right = territory.unit_for(area_code, Function.MANAGEMENT, on)
            moved += Place.objects.filter(area_id=area_code, handling_unit_id=unit_id).update(
                handling_unit_id=right
            )
        audit.record(
            verb="follow_jurisdictions",
            subject="registry.place",
            subject_id="-",
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts={"on": on, "moved": moved},
        )
    return moved


def _unit_in_charge(area_code: int, on: date, actor: Actor) -> int:
    area = territory.area(area_code)
    if not actor.roles_for(area_code):
        raise Refused("place.out_of_reach", area=area.name)
    unit_id = territory.unit_for(area_code, Function.MANAGEMENT, on)
    if unit_id is None:
        raise Refused("place.area_without_unit", area=area.name)
    return unit_id


def active_place(place_id: UUID, actor: Actor) -> Place:
    place = visible_to(actor).select_for_update().filter(pk=place_id).first()
    if place is None:
        raise Refused("place.unknown")
    if not place.is_active:
        raise Refused("place.retired", name=place.name)
    return place


def record(verb: str, place: Place, facts: dict[str, object], actor: Actor, now: datetime) -> None:
    audit.record(
        verb=verb,
        subject="registry.place",
        subject_id=place.id,
        actor=actor,
        now=now,
        area_code=place.area_id,
        unit_id=place.handling_unit_id,
        facts=facts,
    )
