"""Contacts of premises: sealed, shown masked, read for a purpose, gone when their time is over."""

import json
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yicun.base import audit, vault
from yicun.kernel.actor import Actor
from yicun.kernel.masking import mask_name, mask_phone
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line
from yicun.registry import rules
from yicun.registry.models import Premises
from yicun.registry.queries import visible_to
from yicun.registry.services.places import active_place, record
from yicun.territory import queries as territory

SEAL = "registry.contact"


def set_contact(
    *, place_id: UUID, name: str, phone: str, on: date, expires_on: date, actor: Actor, now: datetime
) -> None:
    """The person to call about these premises; replaces the one before."""
    plain = {"name": clean_line(name, 60), "phone": clean_line(phone, 30)}
    rules.check_contact(plain["name"], on, expires_on)
    with transaction.atomic():
        place = active_place(place_id, actor)
        changed = Premises.objects.filter(pk=place_id).update(
            contact_masked=f"{mask_name(plain['name'])} {mask_phone(plain['phone'])}".strip(),
            contact_sealed=vault.encrypt(json.dumps(plain, ensure_ascii=False).encode(), purpose=SEAL),
            contact_expires_on=expires_on,
        )
        if not changed:
            raise Refused("contact.no_premises", name=place.name)
        record("set_contact", place, {"expires_on": expires_on}, actor, now)


def read_contact(*, place_id: UUID, purpose: str, on: date, actor: Actor, now: datetime) -> dict[str, str]:
    """Name and telephone in full, for a stated purpose; the audit trail keeps who read it and why."""
    rules.check_purpose(purpose)
    with transaction.atomic():
        place = visible_to(actor).filter(pk=place_id).first()
        if place is None:
            raise Refused("place.unknown")
        found = Premises.objects.filter(pk=place_id, contact_expires_on__gt=on).first()
        if found is None or found.contact_sealed is None:
            raise Refused("contact.missing")
        record("read_contact", place, {"purpose": purpose}, actor, now)
    plain: dict[str, str] = json.loads(vault.decrypt(bytes(found.contact_sealed), purpose=SEAL))
    return plain


def forget_contacts(*, on: date, actor: Actor, now: datetime) -> int:
    """Wipe what is past its time; safe to repeat. Returns how many contacts are gone."""
    with transaction.atomic():
        gone = Premises.objects.filter(contact_expires_on__lte=on).update(
            contact_masked="", contact_sealed=None, contact_expires_on=None
        )
        audit.record(
            verb="forget_contacts",
            subject="registry.place",
            subject_id="-",
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts={"on": on, "gone": gone},
        )
    return gone
