"""People as parties to a matter: masked for everybody, readable for a purpose, and every reading is logged."""

import json
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from yicun.base import audit, vault
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.masking import mask_name, mask_phone
from yicun.kernel.refusals import Refused
from yicun.matters.models import Matter, Party
from yicun.matters.queries.access import visible_to
from yicun.matters.rules.drafting import PartyDraft, checked_party
from yicun.matters.terms import ReadPurpose
from yicun.territory import queries as territory

SEAL = "matters.party"
KEPT = timedelta(days=365 * 2)
FORGOTTEN_AT_ONCE = 500


def add_party(
    *,
    matter_id: UUID,
    role: str,
    name: str,
    phone: str,
    actor: Actor,
    now: datetime,
    expires_on: date | None = None,
) -> Party:
    with transaction.atomic():
        matter = visible_to(actor).filter(pk=matter_id).first()
        if matter is None:
            raise Refused("record.not_found")
        clean = checked_party(PartyDraft(role, name, phone))
        party = sealed_party(
            matter, role=clean.role, name=clean.name, phone=clean.phone, now=now, expires_on=expires_on
        )
        Party.objects.bulk_create([party])
        audit.record(
            verb="add_party",
            subject="matters.party",
            subject_id=party.pk,
            actor=actor,
            now=now,
            area_code=matter.area_code,
            unit_id=matter.handling_unit_id,
        )
    return party


def forget_parties(*, actor: Actor, now: datetime) -> int:
    """People whose time is up, where the matter has ended; returns how many, at most a few hundred at once."""
    on = now.astimezone(SHANGHAI).date()
    over = Matter.objects.filter(pk=OuterRef("matter_id"), ended_at__isnull=False)
    due = Party.objects.filter(Exists(over), expires_on__lte=on).order_by("expires_on")[:FORGOTTEN_AT_ONCE]
    with transaction.atomic():
        gone, _ = Party.objects.filter(pk__in=list(due.values_list("pk", flat=True))).delete()
        if gone:
            audit.record(
                verb="forget_parties",
                subject="matters.party",
                subject_id=gone,
                actor=actor,
                now=now,
                area_code=territory.home_county(),
            )
    return gone


def sealed_party(
    matter: Matter, *, role: str, name: str, phone: str, now: datetime, expires_on: date | None = None
) -> Party:
    """Not stored yet; name and telephone already checked."""
    plain = {"name": name, "phone": phone}
    return Party(
        matter_id=matter.pk,
        area_code=matter.area_code,
        handling_unit_id=matter.handling_unit_id,
        role=role,
        name_masked=mask_name(plain["name"]),
        phone_masked=mask_phone(plain["phone"]) if plain["phone"] else "",
        sealed=vault.encrypt(json.dumps(plain, ensure_ascii=False).encode(), purpose=SEAL),
        purpose=ReadPurpose.CALL_BACK,
        expires_on=expires_on or (now.astimezone(SHANGHAI).date() + KEPT),
    )


def read_party(
    *, matter_id: UUID, party_id: UUID, purpose: str, actor: Actor, now: datetime
) -> dict[str, str]:
    """Name and telephone in full, once, for a stated purpose; the audit trail keeps who read it and why."""
    if purpose not in ReadPurpose.values:
        raise Refused("value.unknown_choice", text=purpose)
    with transaction.atomic():
        matter = visible_to(actor).filter(pk=matter_id).first()
        party = Party.objects.filter(pk=party_id, matter_id=matter_id).first()
        if matter is None or party is None or _is_over(matter, party, now):
            raise Refused("party.not_found")
        audit.record(
            verb="read_party",
            subject="matters.party",
            subject_id=party.pk,
            actor=actor,
            now=now,
            area_code=matter.area_code,
            unit_id=matter.handling_unit_id,
            facts={"purpose": purpose, "number": matter.number},
        )
    plain: dict[str, str] = json.loads(vault.decrypt(bytes(party.sealed), purpose=SEAL))
    return plain


def _is_over(matter: Matter, party: Party, now: datetime) -> bool:
    """Its time is up and the matter has ended: about to be forgotten, whether or not the sweep has come by."""
    return matter.ended_at is not None and party.expires_on <= now.astimezone(SHANGHAI).date()
