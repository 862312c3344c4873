"""Taking a batch back: every matter that nobody has touched since stands again where it stood.

Nothing is deleted. The history keeps the deed and gains its undoing; the clock that the deed ended runs on as if it had
never stopped, so that no waiting is lost, and the one that it started is set aside; both say so in their ledgers.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from yicun.base import audit, sharing
from yicun.kernel import clocks as law
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.models import Bulk, BulkItem, Clock, ClockEvent, Matter
from yicun.matters.queries.bulk import bulk_of
from yicun.matters.queries.reference import calendar, limit_row
from yicun.matters.rules import bulk as rules
from yicun.matters.rules.hats import Hat
from yicun.matters.rules.limits import LedgerEvent, ledger_of
from yicun.matters.services.bulk import AT_ONCE, CARRY_BACK, enqueue, taken_in_parts
from yicun.matters.services.taking import Turn, announce
from yicun.matters.terms import Action, LedgerKind
from yicun.matters.terms.bulk import Outcome, Undoing
from yicun.territory import queries as territory

UNDOER = frozenset({Hat.UNDOER.value})
# The step itself sees to these.
BY_STEP = frozenset({"state", "ended_at"})


def undo_bulk(*, bulk_id: UUID, actor: Actor, now: datetime) -> Bulk:
    """Once, within a day, by whoever did it or a leader of his unit: nobody else is shown it."""
    bulk = bulk_of(bulk_id, actor)
    rules.check_undo(bulk.action, bulk.confirmed_at, bulk.finished_at, bulk.undo_asked_at, now)
    with transaction.atomic():
        asked = Bulk.objects.filter(pk=bulk.pk, undo_asked_at__isnull=True)
        if not asked.update(undo_asked_at=now, undo_account_id=actor.account_id, undo_label=actor.label):
            raise Refused("bulk.undone_already")
        audit.record(
            verb="undo_bulk",
            subject="matters.bulk",
            subject_id=bulk.pk,
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts={"action": bulk.action, "chosen": bulk.chosen},
        )
        if bulk.chosen > rules.AT_HAND:
            enqueue(CARRY_BACK, bulk.pk, actor)
        else:
            carry_back(bulk_id=bulk.pk, actor=actor, now=now)
    return bulk_of(bulk_id, actor)


def carry_back(*, bulk_id: UUID, actor: Actor, now: datetime) -> int:
    """The next few hundred that were done and are not back yet; 0 when none is left."""
    with transaction.atomic():
        bulk = bulk_of(bulk_id, actor)
        done = BulkItem.objects.filter(bulk=bulk, outcome=Outcome.DONE, undoing=Undoing.NOT_ASKED)
        locked = done.order_by("matter_id").select_for_update(skip_locked=True)[:AT_ONCE]
        items = {row.matter_id: row for row in locked}
        if items:
            back = _Back(bulk, items, actor, now)
            for key, why in back.carry().items():
                items[key].undoing = Undoing.KEPT
                items[key].undo_code, items[key].undo_facts = why.code, dict(why.facts)
            BulkItem.objects.bulk_update(items.values(), ("undoing", "undo_code", "undo_facts"), AT_ONCE)
        if not done.exists():
            Bulk.objects.filter(pk=bulk.pk, undone_at__isnull=True).update(undone_at=now)
    return len(items)


class _Back:
    """Some hundred matters on their way back, with the clocks that were running before."""

    def __init__(self, bulk: Bulk, items: Mapping[UUID, BulkItem], actor: Actor, now: datetime) -> None:
        self.bulk, self.items, self.actor, self.now = bulk, items, actor, now
        stopped = [item.ended_clock_id for item in items.values() if item.ended_clock_id]
        self.units: dict[UUID, int] = {}
        self.clocks = Clock.objects.in_bulk(stopped)
        self.ledgers: dict[UUID, list[LedgerEvent]] = defaultdict(list)
        for row in ClockEvent.objects.filter(clock_id__in=stopped).order_by("at", "id"):
            self.ledgers[row.clock_id].append(LedgerEvent(row.kind, row.at, row.reason, row.amount, row.by))

    def carry(self) -> dict[UUID, Refused]:
        """Why the others stay as they are."""
        versions = {key: item.version_after or 0 for key, item in self.items.items()}
        turns, refused = taken_in_parts(
            Action.UNDO, versions, self._fill, {}, self.actor, self.now, UNDOER, self._after
        )
        for turn in turns:
            self.items[turn.matter.pk].undoing = Undoing.UNDONE
        return refused

    def _fill(self, turn: Turn) -> None:
        item, matter = self.items[turn.matter.pk], turn.matter
        state = item.before.get("state", matter.state)
        rules.check_undoes(self.bulk.action, state, matter.state)
        for name, value in item.before.items():
            if name not in BY_STEP:
                setattr(matter, name, _read(name, value))
        turn.to = state
        clock = self.clocks.get(item.ended_clock_id) if item.ended_clock_id else None
        if clock:
            # Counted anew: a calendar may have been loaded while the clock stood.
            events = ledger_of(self.ledgers[clock.pk])
            limit = limit_row(clock.limit_id).limit
            clock.due_at = law.due(limit, clock.started_at, events, calendar()).due_at
            matter.due_at = clock.due_at
        turn.facts = {"undone": self.bulk.action, "deed": str(Action(self.bulk.action).label)}
        if matter.handling_unit_id != turn.before["handling_unit_id"]:
            announce(turn, "undone", unit_id=turn.before["handling_unit_id"])

    def _after(self, turns: Sequence[Turn]) -> None:
        self.units = {turn.matter.pk: turn.matter.handling_unit_id for turn in turns}
        items = [self.items[turn.matter.pk] for turn in turns]
        self._set_aside([item.started_clock_id for item in items if item.started_clock_id])
        stopped = [self.clocks[item.ended_clock_id] for item in items if item.ended_clock_id in self.clocks]
        rows = [self._row(one, LedgerKind.TAKEN_UP, one.ended_at) for one in stopped]
        for clock in stopped:
            clock.ended_at = None
        Clock.objects.bulk_update(stopped, ("ended_at", "due_at"), AT_ONCE)
        ClockEvent.objects.bulk_create(rows)
        grants = [grant for item in items for grant in item.grants]
        if grants:
            sharing.take_back(grants)

    def _set_aside(self, keys: list[UUID]) -> None:
        started = Clock.objects.filter(pk__in=keys)
        started.update(ended_at=Greatest(F("started_at"), Value(self.now)))
        ClockEvent.objects.bulk_create([self._row(one, LedgerKind.SET_ASIDE, None) for one in started])

    def _row(self, clock: Clock, kind: LedgerKind, ended_at: datetime | None) -> ClockEvent:
        """The line says when the clock had been ended, as its own end is open again."""
        return ClockEvent(
            matter_id=clock.matter_id,
            area_code=clock.area_code,
            handling_unit_id=self.units[clock.matter_id],
            clock_id=clock.pk,
            kind=kind,
            at=self.now,
            reason=ended_at.isoformat() if ended_at else "",
            by=self.actor.label,
        )


def _read(name: str, value: Any) -> Any:
    """A column as it was, out of its JSON."""
    field: Any = Matter._meta.get_field(name)
    return field.to_python(value)
