"""Everything one page shows of a matter, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from yicun.kernel import clocks as law
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.words import UNITS
from yicun.kernel.workflow import Step
from yicun.matters.models import (
    Attachment,
    Clock,
    ClockEvent,
    CoHandler,
    Entry,
    Instruction,
    Lineage,
    Matter,
    Party,
)
from yicun.matters.queries.access import visible_to
from yicun.matters.queries.lineage import merged_here, open_merge_of, reporters_of, survivor_of
from yicun.matters.queries.reference import calendar, limit_row
from yicun.matters.rules.flow import ENDED, WORKFLOW
from yicun.matters.rules.hats import Standing, hats
from yicun.matters.rules.limits import LedgerEvent, LimitRow, is_paused, ledger_of, pending_extension
from yicun.matters.rules.routing import likely_duplicates
from yicun.matters.terms import LedgerKind, PauseReason, State
from yicun.territory import queries as territory

DUPLICATES_WITHIN = timedelta(days=60)
COMPARED = 200
REASONS = {reason.value: str(reason.label) for reason in PauseReason}


@dataclass(frozen=True, slots=True)
class ClockFace:
    """A clock as it is shown: its article and its arithmetic, line by line."""

    name: str
    article: str
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    arithmetic: list[str]
    is_paused: bool
    pending: LedgerEvent | None
    limit: LimitRow
    is_set_aside: bool = False

    @property
    def unit_word(self) -> str:
        return UNITS[self.limit.unit]


@dataclass(frozen=True, slots=True)
class Detail:
    matter: Matter
    hats: frozenset[str]
    steps: tuple[Step, ...]
    clocks: list[ClockFace]
    entries: list[Entry]
    instructions: list[Instruction]
    co_handlers: list[CoHandler]
    parties: list[Party]
    attachments: list[Attachment]
    # How it went into another one and what became of that; what went into this one, with who reported it.
    merge: Lineage | None
    survivor: Matter | None
    merged: list[Lineage]
    reporters: list[Party]

    @property
    def running(self) -> ClockFace | None:
        return next((clock for clock in self.clocks if clock.ended_at is None), None)


def detail_of(matter_id: UUID, actor: Actor) -> Detail:
    matter = visible_to(actor).select_related("merged_into").filter(pk=matter_id).first()
    if matter is None:
        raise Refused("record.not_found")
    co_handlers = list(CoHandler.objects.filter(matter_id=matter_id).order_by("added_at", "id"))
    worn = hats(actor, standing(matter, co_handlers))
    is_merged = matter.state == State.MERGED
    merged = merged_here(matter, actor)
    return Detail(
        matter=matter,
        hats=worn,
        steps=WORKFLOW.open_steps(matter.state, worn),
        clocks=_faces(matter_id),
        entries=list(Entry.objects.filter(matter_id=matter_id).order_by("-at", "-id")),
        instructions=list(Instruction.objects.filter(matter_id=matter_id).order_by("-given_at")),
        co_handlers=co_handlers,
        parties=list(Party.objects.filter(matter_id=matter_id).order_by("id")),
        attachments=list(
            Attachment.objects.filter(matter_id=matter_id).select_related("file").order_by("added_at", "id")
        ),
        merge=open_merge_of(matter_id) if is_merged else None,
        survivor=survivor_of(matter, actor) if is_merged else None,
        merged=merged,
        reporters=reporters_of(merged),
    )


def attachment_of(matter_id: UUID, attachment_id: UUID, actor: Actor) -> Attachment:
    """Reached only through a matter that the actor may see."""
    is_visible = visible_to(actor).filter(pk=matter_id).exists()
    attachment = _attachments(matter_id).filter(pk=attachment_id).first()
    if attachment is None or not is_visible:
        raise Refused("record.not_found")
    return attachment


def _attachments(matter_id: UUID) -> QuerySet[Attachment]:
    return Attachment.objects.filter(matter_id=matter_id).select_related("file")


def standing(matter: Matter, co_handlers: list[CoHandler]) -> Standing:
    return Standing(
        area_code=matter.area_code,
        desk_unit_id=matter.desk_unit_id,
        handling_unit_id=matter.handling_unit_id,
        handler_member_id=matter.handler_member_id,
        recorded_by=matter.recorded_by,
        co_unit_ids=tuple(row.unit_id for row in co_handlers if row.answered_at is None),
        lead_unit_ids=_with_those_above(matter.handling_unit_id),
    )


def _with_those_above(unit_id: int) -> tuple[int, ...]:
    chain = [unit_id]
    while (parent := territory.unit_row(chain[-1]).parent_id) is not None:
        chain.append(parent)
    return tuple(chain)


def possible_duplicates(text: str, area_code: int, actor: Actor, now: datetime) -> list[tuple[Matter, float]]:
    """Matters of the same place that read like the text being typed; ended ones are no duplicates."""
    near = visible_to(actor).filter(area_code=area_code, recorded_at__gte=now - DUPLICATES_WITHIN)
    recent = list(near.exclude(state__in=sorted(ENDED)).order_by("-recorded_at")[:COMPARED])
    by_id = {matter.pk: matter for matter in recent}
    found = likely_duplicates(text, [(m.pk, f"{m.title}\n{m.body[:300]}") for m in recent])
    return [(by_id[key], score) for key, score in found]


def _faces(matter_id: UUID) -> list[ClockFace]:
    events: dict[UUID, list[LedgerEvent]] = {}
    for row in ClockEvent.objects.filter(matter_id=matter_id).order_by("at", "id"):
        event = LedgerEvent(row.kind, row.at, row.reason, row.amount, row.by)
        events.setdefault(row.clock_id, []).append(event)
    clocks = Clock.objects.filter(matter_id=matter_id).order_by("-started_at", "-id")
    return [_face(clock, events.get(clock.pk, [])) for clock in clocks]


def _face(clock: Clock, events: list[LedgerEvent]) -> ClockFace:
    row = limit_row(clock.limit_id)
    due = law.due(row.limit, clock.started_at, ledger_of(events), calendar())
    return ClockFace(
        name=clock.name,
        article=row.article,
        started_at=clock.started_at,
        due_at=due.due_at,
        ended_at=clock.ended_at,
        arithmetic=law.explain(due, REASONS),
        is_paused=is_paused(events),
        pending=pending_extension(events),
        limit=row,
        is_set_aside=any(event.kind == LedgerKind.SET_ASIDE for event in events),
    )
