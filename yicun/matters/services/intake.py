"""Recording matters: one, or many in one transaction. The same code for page, API, sync queue and file import."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from yicun.base import audit, sharing
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import listed
from yicun.matters.models import Clock, Entry, Matter, Party
from yicun.matters.queries.reference import categories
from yicun.matters.rules import drafting
from yicun.matters.rules.drafting import Draft
from yicun.matters.services import clocks
from yicun.matters.services.parties import sealed_party
from yicun.matters.terms import CHOICES, DETAIL_LABELS, PREFIX, Action, ClockName, Kind
from yicun.registry import queries as registry
from yicun.territory import queries as territory


def record(*, draft: Draft, actor: Actor, now: datetime) -> Matter:
    return record_all(drafts=[draft], actor=actor, now=now)[0]


def record_all(
    *, drafts: Sequence[Draft], actor: Actor, now: datetime, are_checked: bool = False
) -> list[Matter]:
    """All or none. Each gets its number, its acceptance clock, its first line of history and its audit entry.

    `are_checked`: by `drafting.checked` already, as the rows of a file are.
    """
    if not are_checked:
        drafts = _checked(drafts, now)
    desks = _desks(drafts, actor, now)
    matters = [_matter(draft, desk, actor, now) for draft, desk in zip(drafts, desks, strict=True)]
    _number(matters, now)
    running = clocks.opened_together(matters, name=ClockName.ACCEPTANCE, now=now)
    try:
        with transaction.atomic():
            _share(matters, actor, now)
            Matter.objects.bulk_create(matters)
            Clock.objects.bulk_create(running)
            Entry.objects.bulk_create([_first_entry(matter, actor, now) for matter in matters])
            Party.objects.bulk_create(_parties(matters, drafts, now))
            audit.record_many(
                verb="record",
                subject="matters.matter",
                lines=[_audited(matter) for matter in matters],
                actor=actor,
                now=now,
            )
    except IntegrityError as broken:
        raise _refusal(broken, drafts) from broken
    return matters


def _checked(drafts: Sequence[Draft], now: datetime) -> list[Draft]:
    schemes = categories()
    return [
        drafting.checked(draft, now=now, choices=CHOICES, categories=schemes, labels=DETAIL_LABELS)
        for draft in drafts
    ]


def _desks(drafts: Sequence[Draft], actor: Actor, now: datetime) -> list[tuple[int, int]]:
    """The place of each and the desk that receives it; asked once for each place."""
    on = now.astimezone(SHANGHAI).date()
    county = territory.home_county()
    places = [_area_code(draft, actor, county) for draft in drafts]
    desks = {place: territory.desk_for(place, actor.unit_id, on) for place in set(places)}
    return [(place, desks[place]) for place in places]


def _matter(draft: Draft, received: tuple[int, int], actor: Actor, now: datetime) -> Matter:
    area_code, desk = received
    return Matter(
        id=draft.id,
        kind=draft.kind,
        channel=draft.channel,
        source_key=draft.source_key,
        title=draft.title,
        body=draft.body,
        details=dict(draft.details),
        area_code=area_code,
        place_text=draft.place_text,
        place_id=draft.place_id,
        lon=draft.lon,
        lat=draft.lat,
        happened_at=draft.happened_at or now,
        recorded_at=now,
        recorded_by=actor.account_id,
        recorder_label=actor.label,
        desk_unit_id=desk,
        handling_unit_id=desk,
        urgency=draft.urgency,
        grade=draft.details.get("grade", ""),
        changed_by=actor.label,
    )


def _area_code(draft: Draft, actor: Actor, county: int) -> int:
    """The area named; else that of the place; else the village at the position; else the county."""
    place = registry.place(draft.place_id, actor) if draft.place_id else None
    if draft.area_code is not None:
        if not territory.has_area(draft.area_code):
            raise Refused("matter.area_unknown", code=draft.area_code)
        return draft.area_code
    if place is not None:
        return place.area_code
    if draft.lon is not None and draft.lat is not None:
        village = territory.point_to_area(draft.lon, draft.lat)
        if village is not None:
            return village.code
    return county


def _number(matters: Sequence[Matter], now: datetime) -> None:
    """Numbers may have gaps: a sequence never waits for another recorder."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('matters_number') FROM generate_series(1, %s)", [len(matters)])
        numbers = [row[0] for row in cursor.fetchall()]
    year = now.astimezone(SHANGHAI).year
    for matter, number in zip(matters, numbers, strict=True):
        matter.number = f"{PREFIX[Kind(matter.kind)]}{year}-{number:06d}"


def _share(matters: Sequence[Matter], actor: Actor, now: datetime) -> None:
    """Whoever records a matter outside his own area goes on seeing it."""
    for matter in matters:
        if actor.unit_id and not any(post.covers(matter.area_code) for post in actor.posts):
            sharing.give(unit_id=actor.unit_id, subject_id=matter.pk, reason="recorded", now=now)


def _first_entry(matter: Matter, actor: Actor, now: datetime) -> Entry:
    return Entry(
        matter_id=matter.pk,
        area_code=matter.area_code,
        handling_unit_id=matter.handling_unit_id,
        verb=Action.RECORD,
        at=now,
        actor_label=actor.label,
        account_id=actor.account_id,
    )


def _parties(matters: Sequence[Matter], drafts: Sequence[Draft], now: datetime) -> list[Party]:
    return [
        sealed_party(matter, role=party.role, name=party.name, phone=party.phone, now=now)
        for matter, draft in zip(matters, drafts, strict=True)
        for party in draft.parties
    ]


def _audited(matter: Matter) -> audit.Line:
    return audit.Line(matter.pk, matter.area_code, matter.handling_unit_id, {"number": matter.number})


def _refusal(broken: IntegrityError, drafts: Sequence[Draft]) -> Exception:
    constraint = getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "")
    if constraint == "matter_source_once":
        keys = listed(draft.source_key for draft in drafts[:3])
        return Refused("matter.already_recorded", source_key=keys)
    if constraint == "matters_matter_pkey":
        return Refused("matter.already_stored")
    return broken
