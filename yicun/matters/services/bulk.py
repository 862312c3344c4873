"""One deed done to many matters: looked at first, confirmed once, carried out in batches that are whole or not at all.

Every matter goes through the decision, the history, the clock and the audit entry of the single step. What was done is
kept row by row, so that a batch that was cut off goes on where it stopped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters.models import Bulk, BulkItem, Clock
from yicun.matters.queries.access import visible_to
from yicun.matters.queries.bulk import bulk_of
from yicun.matters.rules import bulk as rules
from yicun.matters.services import desk, handling, oversight
from yicun.matters.services.stepping import read_values
from yicun.matters.services.taking import Fill, Turn, closed_to, decide_all, take_all, worn_by
from yicun.matters.terms import Action
from yicun.matters.terms.bulk import Outcome
from yicun.territory import queries as territory

AT_ONCE = 500
CARRY_OUT, CARRY_BACK = "yicun.matters.jobs.carry_out", "yicun.matters.jobs.carry_back"
Refusals = dict[UUID, Refused]


@dataclass(frozen=True, slots=True)
class Deed:
    """What fills the step in, and what it is told; the single step of the same name calls the same function."""

    fill: Callable[..., None]
    fields: tuple[str, ...]


DEEDS: Mapping[Action, Deed] = {
    Action.ACCEPT: Deed(desk.fill_accept, ("text",)),
    Action.ASSESS: Deed(desk.fill_assess, ("urgency", "text")),
    Action.ASSIGN: Deed(desk.fill_assign, ("unit_id", "text")),
    Action.CLOSE: Deed(desk.fill_close, ("text",)),
    Action.RETURN_BACK: Deed(handling.fill_return_back, ("reason",)),
    Action.REMIND: Deed(oversight.fill_remind, ("text",)),
    Action.NOTE: Deed(handling.fill_note, ("text",)),
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come of it: how many would take the step, and the others by the reason."""

    able: int
    refused: Refusals


def prepare_bulk(
    *, matter_ids: Sequence[UUID], filters: Mapping[str, str], actor: Actor, now: datetime
) -> Bulk:
    """Keep what was chosen with the versions that were seen. What one may not see is kept as not found."""
    keys = list(dict.fromkeys(matter_ids))
    rules.check_number(len(keys))
    account_id = rules.account_of(actor)
    with transaction.atomic():
        # Only looked at, and left since: nobody comes back to it.
        looked_at = Bulk.objects.filter(account_id=account_id, confirmed_at__isnull=True)
        looked_at.filter(prepared_at__lt=now - rules.LOOKED_AT_FOR).delete()
        seen = dict(visible_to(actor).filter(pk__in=keys).values_list("pk", "version"))
        bulk = Bulk(
            account_id=account_id,
            unit_id=actor.unit_id,
            actor_label=actor.label,
            filters=dict(filters),
            chosen=len(keys),
            prepared_at=now,
        )
        bulk.save(force_insert=True)
        BulkItem.objects.bulk_create([_item(bulk, key, seen.get(key, 0)) for key in keys], AT_ONCE)
        audit.record(
            verb="prepare_bulk",
            subject="matters.bulk",
            subject_id=bulk.pk,
            actor=actor,
            now=now,
            facts={"chosen": len(keys), "filters": dict(filters)},
        )
    return bulk


def outlooks(bulk: Bulk, *, actor: Actor) -> dict[Action, Outlook]:
    """Of every step on offer, as if all it asks for had been given."""
    versions = dict(BulkItem.objects.filter(bulk=bulk).values_list("matter_id", "version"))
    matters = visible_to(actor).in_bulk(list(versions))
    worn = worn_by(actor, matters, versions)
    found = {}
    for action in rules.OFFERED:
        refused = closed_to(action, matters, worn, rules.supposed(action))
        found[action] = Outlook(len(versions) - len(refused), refused)
    return found


def outlook(bulk: Bulk, *, action: str, given: Mapping[str, Any], actor: Actor, now: datetime) -> Outlook:
    """Of this step with these values; a value that no matter could take is refused here already."""
    chosen = rules.check_offered(action)
    fill, values = _filling(chosen, given)
    versions = dict(BulkItem.objects.filter(bulk=bulk).values_list("matter_id", "version"))
    matters = visible_to(actor).in_bulk(list(versions))
    turns, refused = decide_all(
        chosen, matters, versions=versions, fill=fill, actor=actor, now=now, given=values
    )
    fault = rules.shared_fault(len(turns), refused.values())
    if fault:
        raise fault
    return Outlook(len(turns), refused)


def confirm_bulk(
    *, bulk_id: UUID, action: str, given: Mapping[str, Any], actor: Actor, now: datetime
) -> Bulk:
    """Once: a second press finds it confirmed. Few are done at once, many by a worker."""
    bulk = bulk_of(bulk_id, actor)
    chosen = rules.check_offered(action)
    _filling(chosen, given)
    with transaction.atomic():
        open_still = Bulk.objects.filter(
            pk=bulk.pk, account_id=rules.account_of(actor), confirmed_at__isnull=True
        )
        if not open_still.update(action=chosen, given=dict(given), confirmed_at=now):
            raise Refused("bulk.confirmed_already")
        audit.record(
            verb="confirm_bulk",
            subject="matters.bulk",
            subject_id=bulk.pk,
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts={"action": chosen, "given": dict(given), "chosen": bulk.chosen, "filters": bulk.filters},
        )
        if bulk.chosen > rules.AT_HAND:
            enqueue(CARRY_OUT, bulk.pk, actor)
        else:
            carry_out(bulk_id=bulk.pk, actor=actor, now=now)
    return bulk_of(bulk_id, actor)


def carry_out(*, bulk_id: UUID, actor: Actor, now: datetime) -> int:
    """The next few hundred that wait; 0 when none is left. A row that is done is not done again."""
    with transaction.atomic():
        bulk = bulk_of(bulk_id, actor)
        waiting = BulkItem.objects.filter(bulk=bulk, outcome=Outcome.WAITING).order_by("matter_id")
        items = {row.matter_id: row for row in waiting.select_for_update(skip_locked=True)[:AT_ONCE]}
        if items:
            _Forth(bulk, items, actor, now).carry()
        # Rows that another worker holds at this moment are waiting still.
        if not waiting.exists():
            Bulk.objects.filter(pk=bulk.pk, finished_at__isnull=True).update(finished_at=now)
    return len(items)


def taken_in_parts(
    action: Action,
    versions: Mapping[UUID, int],
    fill: Fill,
    given: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    also: frozenset[str] = frozenset(),
    after: Callable[[Sequence[Turn]], None] | None = None,
) -> tuple[list[Turn], Refusals]:
    """Together; when something stops them as a whole, by halves, until the one is found that cannot be stored."""
    try:
        with transaction.atomic():
            turns, refused = take_all(
                action, versions=versions, fill=fill, actor=actor, now=now, given=given, also=also
            )
            if after and turns:
                after(turns)
            return turns, refused
    except (DatabaseError, Refused) as stopped:
        if len(versions) == 1:
            why = stopped if isinstance(stopped, Refused) else Refused("bulk.failed")
            return [], dict.fromkeys(versions, why)
    keys = list(versions)
    turns, refused = [], {}
    for part in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
        some = {key: versions[key] for key in part}
        more, less = taken_in_parts(action, some, fill, given, actor, now, also, after)
        turns += more
        refused |= less
    return turns, refused


def enqueue(task: str, bulk_id: UUID, actor: Actor) -> None:
    """A row of the queue, written with what it belongs to. Two jobs of one batch never run side by side."""
    job = app.configure_task(task, lock=f"bulk {bulk_id}")
    job.defer(bulk_id=str(bulk_id), account_id=str(actor.account_id))


class _Forth:
    """Some hundred matters on their way, with the clocks that were running before."""

    def __init__(self, bulk: Bulk, items: Mapping[UUID, BulkItem], actor: Actor, now: datetime) -> None:
        self.action, self.items, self.actor, self.now = Action(bulk.action), items, actor, now
        self.fill, self.values = _filling(self.action, bulk.given)
        running = Clock.objects.filter(matter_id__in=list(items), ended_at__isnull=True)
        self.running = dict(running.values_list("matter_id", "pk"))

    def carry(self) -> None:
        versions = {key: item.version for key, item in self.items.items()}
        turns, refused = taken_in_parts(self.action, versions, self.fill, self.values, self.actor, self.now)
        for turn in turns:
            _note_done(self.items[turn.matter.pk], turn, self.running.get(turn.matter.pk))
        for key, why in refused.items():
            self.items[key].outcome = Outcome.REFUSED
            self.items[key].code, self.items[key].facts = why.code, dict(why.facts)
        BulkItem.objects.bulk_update(self.items.values(), KEPT, AT_ONCE)


KEPT = (
    "outcome",
    "code",
    "facts",
    "version_after",
    "before",
    "ended_clock_id",
    "started_clock_id",
    "grants",
)


def _item(bulk: Bulk, key: UUID, version: int) -> BulkItem:
    return BulkItem(
        id=uuid7(),
        bulk=bulk,
        account_id=bulk.account_id,
        unit_id=bulk.unit_id,
        matter_id=key,
        version=version,
    )


def _note_done(item: BulkItem, turn: Turn, running: UUID | None) -> None:
    item.outcome = Outcome.DONE
    item.version_after = turn.matter.version
    item.before = {name: turn.before[name] for name in turn.changes}
    item.ended_clock_id = running if turn.step.ends else None
    item.started_clock_id = turn.started.pk if turn.started else None
    item.grants = turn.grants


def _filling(action: Action, given: Mapping[str, Any]) -> tuple[Fill, dict[str, Any]]:
    deed = DEEDS[action]
    values = read_values(deed.fields, given)

    def fill(turn: Turn) -> None:
        deed.fill(turn, **values)

    return fill, values
