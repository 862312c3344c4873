"""Opening and closing units."""

from datetime import date, datetime
from typing import TypedDict

from django.db.models import Q

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.territory import queries
from yicun.territory.models import Jurisdiction, Unit
from yicun.territory.rules.units import check_period, check_unit
from yicun.territory.services.edition import new_edition


def open_unit(
    *,
    code: str,
    name: str,
    kind: str,
    seat: int,
    starts_on: date,
    actor: Actor,
    now: datetime,
    short_name: str = "",
    partner_kind: str = "",
    parent_id: int | None = None,
    phone: str = "",
    model: str = "",
) -> int:
    """The id of the new unit."""
    check_unit(kind, partner_kind, model)
    with new_edition(actor):
        _check_place(code, seat, parent_id, starts_on)
        unit = Unit.objects.create(
            code=code,
            name=name,
            short_name=short_name or name,
            kind=kind,
            partner_kind=partner_kind,
            parent_id=parent_id,
            seat_id=seat,
            phone=phone,
            model=model,
            starts_on=starts_on,
        )
        facts = {"code": code, "name": name, "starts_on": starts_on}
        audit.record(verb="open_unit", **_subject(unit.id, seat), actor=actor, now=now, facts=facts)
        return unit.id


class _Subject(TypedDict):
    subject: str
    subject_id: int
    unit_id: int
    area_code: int


def _subject(unit_id: int, seat: int) -> _Subject:
    return {"subject": "territory.unit", "subject_id": unit_id, "unit_id": unit_id, "area_code": seat}


def _check_place(code: str, seat: int, parent_id: int | None, starts_on: date) -> None:
    if Unit.objects.filter(code=code).exists():
        raise Refused("unit.code_taken", code=code)
    queries.area(seat)
    if parent_id is not None and not queries.unit_row(parent_id).is_open(starts_on):
        raise Refused("unit.not_open", unit=queries.unit_row(parent_id).name, on=starts_on)


def close_unit(*, unit_id: int, ends_on: date, actor: Actor, now: datetime) -> None:
    """`ends_on` is the first day without it. Its range and its units must have passed to others by then."""
    with new_edition(actor):
        unit = queries.unit_row(unit_id)
        check_period(unit.starts_on, ends_on)
        if not unit.is_open(ends_on):
            raise Refused("unit.not_open", unit=unit.name, on=ends_on)
        _check_nothing_left(unit_id, unit.name, ends_on)
        Unit.objects.filter(pk=unit_id).update(ends_on=ends_on)
        facts = {"ends_on": ends_on}
        audit.record(verb="close_unit", **_subject(unit_id, unit.seat_id), actor=actor, now=now, facts=facts)


def _check_nothing_left(unit_id: int, name: str, ends_on: date) -> None:
    after = Q(ends_on__isnull=True) | Q(ends_on__gt=ends_on)
    if Jurisdiction.objects.filter(after, unit_id=unit_id).exists():
        raise Refused("unit.still_in_charge", unit=name)
    below = Unit.objects.filter(after, parent_id=unit_id).order_by("id").first()
    if below is not None:
        raise Refused("unit.still_has_units", unit=name, below=below.name)
