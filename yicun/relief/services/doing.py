"""What the units asked do: who is in charge, each period met and by which record; a campaign, step by step."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from yicun.force import queries as force
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters import queries as matters
from yicun.relief.models import Addressee, Definition, Demand, Fulfilment
from yicun.relief.queries.campaigns import checked_definition
from yicun.relief.rules.periods import Period, period_at, periods
from yicun.relief.services.proposing import keep_definition
from yicun.relief.services.taking import Turn, taking
from yicun.relief.terms import Action, SourceKind, Stage
from yicun.territory import queries as territory

LONGEST = 2_000


def fulfil(
    *,
    demand_id: UUID,
    actor: Actor,
    now: datetime,
    unit_id: int | None = None,
    period_on: date | None = None,
    matter_id: UUID | None = None,
    meeting_id: UUID | None = None,
    text: str = "",
    version: int | None = None,
) -> Demand:
    """One period met, shown by a record or, where there is none, by a sentence. A missed period may be met late."""
    with taking(Action.FULFIL, demand_id=demand_id, actor=actor, now=now, version=version) as turn:
        row = _row(turn, unit_id)
        period = _period(turn, row, period_on)
        source, source_id = _source(turn, matter_id, meeting_id, text)
        done = Fulfilment(
            addressee_id=row.pk,
            area_code=row.area_code,
            handling_unit_id=row.handling_unit_id,
            issuer_unit_id=row.issuer_unit_id,
            period_starts_on=period.starts_on,
            due_on=period.due_on,
            done_on=turn.on,
            logged_at=now,
            doer_label=actor.label,
            source=source,
            source_id=source_id,
            note=clean_text(text, LONGEST),
        )
        _keep(done)
    return turn.demand


def appoint(
    *,
    demand_id: UUID,
    member_id: UUID | None,
    actor: Actor,
    now: datetime,
    unit_id: int | None = None,
    version: int | None = None,
) -> Demand:
    """Who at the station sees to it."""
    given = {"member_id": member_id}
    with taking(
        Action.APPOINT, demand_id=demand_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        row = _row(turn, unit_id)
        unit = territory.unit_row(row.handling_unit_id)
        serving = force.members_of(unit.id, turn.on, with_below=True)
        owner = next((one for one in serving if one.member_id == member_id), None)
        if owner is None:
            raise Refused("demand.owner_not_there", unit=unit.name)
        row.owner_member_id, row.owner_label = owner.member_id, owner.label
        row.save(update_fields=["owner_member_id", "owner_label"])
    return turn.demand


def remark(
    *, demand_id: UUID, stage: str, text: str, actor: Actor, now: datetime, version: int | None = None
) -> Demand:
    """At the beginning, midway and at the end of a campaign, in words; its numbers come from the matters."""
    given = {"stage": stage, "text": text}
    with taking(
        Action.REMARK, demand_id=demand_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        _check_campaign(turn)
        if stage not in Stage.values:
            raise Refused("value.unknown_choice", text=stage[:40])
        turn.stage, turn.text = stage, text
    return turn.demand


def define(
    *,
    demand_id: UUID,
    kinds: Sequence[str],
    channels: Sequence[str] = (),
    categories: Sequence[str] = (),
    area: int | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Demand:
    """A new version of what counts; the earlier ones stay to be read, the reason stands in the history."""
    given = {"kinds": [*kinds, *channels], "reason": reason}
    with taking(
        Action.DEFINE, demand_id=demand_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        _check_campaign(turn)
        chosen = {"kinds": kinds, "channels": channels, "categories": categories}
        counted, counted_area = checked_definition(chosen, area)
        last = Definition.objects.filter(demand_id=demand_id).order_by("-version").first()
        number = last.version + 1 if last else 1
        keep_definition(turn.demand, counted, counted_area, version=number, actor=actor, now=now)
        turn.text = reason
    return turn.demand


def _check_campaign(turn: Turn) -> None:
    if not turn.demand.defence:
        raise Refused("campaign.not_one")


def _row(turn: Turn, unit_id: int | None) -> Addressee:
    """The actor's own row; somebody who serves two units asked says for which."""
    if unit_id is None and len(turn.asked) > 1:
        raise Refused("demand.unit_missing")
    found = next((row for row in turn.asked if unit_id in (None, row.handling_unit_id)), None)
    if found is None:
        raise Refused("demand.not_yours")
    return found


def _period(turn: Turn, row: Addressee, day: date | None) -> Period:
    """The period named; else the oldest that is owed, else that of today."""
    demand = turn.demand
    known = (demand.cadence, demand.starts_on, demand.expires_on)
    found = None
    if day is not None and day <= turn.on:
        found = period_at(*known, day)
    elif day is None:
        met = set(Fulfilment.objects.filter(addressee_id=row.pk).values_list("period_starts_on", flat=True))
        begun = list(periods(*known, turn.on))
        found = next((one for one in begun if one.starts_on not in met), begun[-1] if begun else None)
    if found is None:
        raise Refused("demand.period_closed", day=(day or turn.on).isoformat())
    return found


def _source(
    turn: Turn, matter_id: UUID | None, meeting_id: UUID | None, text: str
) -> tuple[str, UUID | None]:
    if matter_id is not None:
        if not matters.visible_to(turn.actor).filter(pk=matter_id).exists():
            raise Refused("demand.source_unknown")
        return SourceKind.MATTER.value, matter_id
    if meeting_id is not None:
        return SourceKind.MEETING.value, meeting_id
    if not text.strip():
        raise Refused("demand.source_missing")
    return SourceKind.NOTE.value, None


def _keep(done: Fulfilment) -> None:
    """Two presses, or two colleagues: the first one stands."""
    already = Fulfilment.objects.filter(
        addressee_id=done.addressee_id, period_starts_on=done.period_starts_on
    ).first()
    if already is not None:
        raise Refused("demand.fulfilled_already", by=already.doer_label)
    try:
        with transaction.atomic():
            Fulfilment.objects.bulk_create([done])
    except IntegrityError as broken:
        raise Refused("demand.fulfilled_already", by=done.doer_label) from broken
