"""What is done with meetings: recorded after they were held, their decisions handed on as matters."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from yicun.base import audit, sharing
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters import queries as matter_queries
from yicun.matters import services as matters
from yicun.matters.terms import Channel
from yicun.orglife import rules, terms
from yicun.orglife.models import AgendaItem, Attendance, Decision, Meeting, WorkSystem
from yicun.orglife.queries import covered_from, meeting_of, systems_at, unresolved, visible_to
from yicun.orglife.rules import Draft
from yicun.relief import services as relief
from yicun.territory import queries as territory

FOLDER = Path(__file__).resolve().parent / "reference"
SYSTEMS = "systems.csv"
ATTENDED = "attended"


def hold(*, draft: Draft, actor: Actor, now: datetime) -> Meeting:
    """What an earlier meeting decided and nobody has carried out comes first on the agenda, by itself."""
    on = now.astimezone(SHANGHAI).date()
    host = rules.holding_unit(actor)
    known = {system.code: system for system in systems_at(on)}
    draft = rules.checked(draft, systems=known, on=on)
    if any(territory.unit(unit_id, on) is None for unit_id in draft.unit_ids):
        raise Refused("meeting.unit_unknown")
    meeting = Meeting(
        id=draft.id,
        system_code=draft.system_code,
        system_name=known[draft.system_code].name,
        held_on=draft.held_on,
        place=draft.place,
        minutes_spent=draft.minutes_spent,
        people=draft.people,
        covers_from=covered_from(host, known[draft.system_code], draft.held_on, actor),
        area_code=territory.unit_row(host).seat_id,
        handling_unit_id=host,
        text=draft.text,
        recorder_label=actor.label,
        recorded_at=now,
        changed_by=actor.label,
    )
    left = unresolved(actor, host, draft.system_code, on)
    try:
        with transaction.atomic():
            Meeting.objects.bulk_create([meeting])
            _store_lines(
                meeting, draft, [(one.decision.text, one.decision.matter_id) for one in left], actor, now
            )
            if draft.demand_id is not None:
                relief.fulfil(demand_id=draft.demand_id, meeting_id=meeting.pk, actor=actor, now=now)
            _audited(meeting, verb="hold", actor=actor, now=now)
    except IntegrityError as broken:
        constraint = getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "")
        is_twice = constraint == "orglife_meeting_pkey"
        raise (Refused("meeting.already_stored") if is_twice else broken) from broken
    return meeting


def write_minutes(
    *, meeting_id: UUID, text: str, actor: Actor, now: datetime, version: int | None = None
) -> Meeting:
    """The words of the record; what was decided stays as it was decided."""
    with transaction.atomic():
        meeting = _locked(meeting_id, actor)
        if version is not None and version != meeting.version:
            raise Refused("meeting.changed", by=meeting.changed_by)
        meeting.text = clean_text(text, rules.TEXT)
        meeting.version += 1
        meeting.changed_by = actor.label
        meeting.save(force_update=True)
        _audited(meeting, verb="write_minutes", actor=actor, now=now)
    return meeting


def decide(
    *,
    meeting_id: UUID,
    text: str,
    kind: str,
    unit_id: int | None,
    due_on: date | None,
    actor: Actor,
    now: datetime,
    area_code: int | None = None,
    matter_id: UUID | None = None,
) -> Decision:
    """The decision becomes a matter, and goes straight to the unit named when whoever records it may send it there."""
    with transaction.atomic():
        meeting = _locked(meeting_id, actor)
        text, due_on = rules.checked_decision(text, kind, due_on, meeting.held_on)
        unit = None if unit_id is None else territory.unit(unit_id, now.astimezone(SHANGHAI).date())
        if unit is None:
            raise Refused("decision.unit_unknown")
        facts = {"system": meeting.system_name, "held_on": meeting.held_on, "unit": unit.name}
        body = terms.DECIDED.format(text=text, due_on=due_on, **facts)
        place = meeting.area_code if area_code is None else area_code
        matter = matters.record(
            draft=matter_queries.read_draft(_matter(text, body, kind, place), matter_id=matter_id),
            actor=actor,
            now=now,
        )
        _hand_on(matter.pk, unit.id, actor, now)
        decision = Decision(
            **_scope(meeting),
            position=Decision.objects.filter(meeting_id=meeting.pk).count() + 1,
            text=text,
            matter_id=matter.pk,
            unit_id=unit.id,
            due_on=due_on,
        )
        Decision.objects.bulk_create([decision])
        _audited(meeting, verb="decide", actor=actor, now=now, number=matter.number)
    return decision


def load_systems(*, actor: Actor, now: datetime, folder: Path = FOLDER) -> int:
    """Rows not there yet are added; each ends the version before it. Loading twice changes nothing."""
    path = folder / SYSTEMS
    if not path.exists():
        return 0
    with transaction.atomic():
        known = set(WorkSystem.objects.values_list("code", "starts_on"))
        rows = [row for row in _rows(path) if (row.code, row.starts_on) not in known]
        for row in sorted(rows, key=lambda one: one.starts_on):
            before = WorkSystem.objects.filter(
                code=row.code, starts_on__lt=row.starts_on, ends_on__isnull=True
            )
            before.update(ends_on=row.starts_on)
            WorkSystem.objects.bulk_create([row])
        if rows:
            audit.record(
                verb="load_systems",
                subject="orglife.systems",
                subject_id=folder.name,
                actor=actor,
                now=now,
                facts={"rows": len(rows)},
            )
    return len(rows)


def _rows(path: Path) -> list[WorkSystem]:
    try:
        lines = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        return [_row(line) for line in lines]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError, AttributeError):
        raise Refused("reference.file_unreadable", name=path.name) from None


def _row(line: dict[str, str]) -> WorkSystem:
    cadence = line["cadence"].strip()
    if cadence not in ("", *terms.CADENCES):
        raise ValueError(cadence)
    return WorkSystem(
        code=line["code"].strip(),
        name=line["name"].strip(),
        cadence=cadence,
        held_by=[kind for kind in line["held_by"].split(";") if kind],
        takes_part=line["takes_part"].strip(),
        source=line["source"].strip(),
        starts_on=date.fromisoformat(line["starts_on"].strip()),
    )


def _matter(text: str, body: str, kind: str, place: int) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": text.split("\n", 1)[0][:60],
        "body": body,
        "channel": Channel.MEETING.value,
        "details": dict(rules.details_of(kind)),
        "area_code": place,
    }


def _hand_on(matter_id: UUID, unit_id: int, actor: Actor, now: datetime) -> None:
    """Somebody of the desk need not take the same three steps by hand; from anybody else it waits at the desk."""
    found = matter_queries.detail_of(matter_id, actor)
    if "desk" not in found.hats:
        return
    who: dict[str, Any] = {"matter_id": matter_id, "actor": actor, "now": now}
    matters.accept(text=terms.HANDED_ON, **who)
    matters.assess(urgency=found.matter.urgency, **who)
    matters.assign(unit_id=unit_id, text=terms.HANDED_ON, **who)


def _locked(meeting_id: UUID, actor: Actor) -> Meeting:
    """Only the host writes; whoever took part reads."""
    meeting_of(meeting_id, actor)
    found = visible_to(actor).select_for_update(of=("self",)).get(pk=meeting_id)
    rules.check_host(actor, found.handling_unit_id)
    return found


def _scope(meeting: Meeting) -> dict[str, Any]:
    return {
        "meeting_id": meeting.pk,
        "area_code": meeting.area_code,
        "handling_unit_id": meeting.handling_unit_id,
    }


def _store_lines(
    meeting: Meeting, draft: Draft, left: Sequence[tuple[str, UUID]], actor: Actor, now: datetime
) -> None:
    own = _scope(meeting)
    took_part: list[tuple[int | None, str]] = [(unit_id, "") for unit_id in draft.unit_ids]
    took_part += [(None, office) for office in draft.offices]
    Attendance.objects.bulk_create(
        [
            Attendance(**own, position=number, unit_id=unit_id, office=office)
            for number, (unit_id, office) in enumerate(took_part, 1)
        ]
    )
    items: list[tuple[str, UUID | None]] = [
        (terms.CARRIED.format(text=text)[: rules.ITEM], matter_id) for text, matter_id in left
    ]
    carried = len(items)
    about = matter_queries.visible_to(actor).filter(
        number__in=filter(None, map(rules.number_in, draft.agenda))
    )
    keys: dict[str, UUID] = dict(about.values_list("number", "pk"))
    items += [(text, keys.get(rules.number_in(text))) for text in draft.agenda]
    AgendaItem.objects.bulk_create(
        [
            AgendaItem(**own, position=number, text=text, matter_id=matter_id, is_carried=number <= carried)
            for number, (text, matter_id) in enumerate(items, 1)
        ]
    )
    for unit_id in draft.unit_ids:
        if unit_id != meeting.handling_unit_id:
            sharing.give(unit_id=unit_id, subject_id=meeting.pk, reason=ATTENDED, now=now)


def _audited(meeting: Meeting, *, verb: str, actor: Actor, now: datetime, number: str = "") -> None:
    audit.record(
        verb=verb,
        subject="orglife.meeting",
        subject_id=meeting.pk,
        actor=actor,
        now=now,
        area_code=meeting.area_code,
        unit_id=meeting.handling_unit_id,
        facts={
            "system": meeting.system_code,
            "held_on": meeting.held_on,
            **({"matter": number} if number else {}),
        },
    )
