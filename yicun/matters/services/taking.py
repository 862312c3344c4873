"""Taking a step: the only place where the state of a matter changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction

from yicun.base import audit, inbox, sharing
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.kernel.workflow import Step
from yicun.matters.models import CoHandler, Entry, Matter
from yicun.matters.queries.access import visible_to
from yicun.matters.queries.detail import standing
from yicun.matters.rules.flow import ENDED, WORKFLOW
from yicun.matters.rules.hats import hats
from yicun.matters.services import clocks
from yicun.matters.terms import Action
from yicun.territory import queries as territory

LOCK_UNAVAILABLE = "55P03"
LONGEST = 20_000
CO_HANDLER = "co_handler"


@dataclass
class Turn:
    """One step under way: the locked matter, who takes it, when. Fields set on `matter` are saved at the end."""

    matter: Matter
    step: Step
    actor: Actor
    now: datetime
    hats: frozenset[str]
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    # Where a step that leads back goes: one of the states that its line of the table names.
    to: str = ""
    handler_before: int = 0


@contextmanager
def taking(
    action: Action,
    *,
    matter_id: UUID,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Turn]:
    """Lock, ask the table, let the caller fill in, store, write history and audit: all or nothing.

    `version`: the version the person was looking at; a matter changed since is refused and not overwritten.
    """
    with transaction.atomic():
        matter = _locked(matter_id, actor)
        if version is not None and version != matter.version:
            raise Refused("matter.changed", by=matter.changed_by)
        worn = hats(actor, standing(matter, _co_handlers(matter, actor)))
        step = WORKFLOW.take(action.value, matter.state, worn, given)
        turn = Turn(matter, step, actor, now, worn, handler_before=matter.handling_unit_id)
        yield turn
        _finish(turn)


def announce(turn: Turn, kind: str, *, unit_id: int | None = None, account_id: UUID | None = None) -> None:
    """A line in somebody's inbox, written with the step."""
    line = {
        "id": turn.matter.pk,
        "number": turn.matter.number,
        "title": turn.matter.title,
        "by": turn.actor.label,
    }
    inbox.put(kind=kind, lines=[line], now=turn.now, unit_id=unit_id, account_id=account_id)


def back_to_desk(turn: Turn) -> None:
    """In nobody's hands but the desk's; who handled it before keeps his lines in the history."""
    turn.matter.handling_unit_id = turn.matter.desk_unit_id
    turn.matter.handler_member_id = None
    turn.matter.handler_label = ""


def write_entry(
    matter: Matter, *, verb: str, actor: Actor, now: datetime, text: str, facts: Mapping[str, Any]
) -> None:
    Entry.objects.bulk_create(
        [
            Entry(
                matter_id=matter.pk,
                area_code=matter.area_code,
                handling_unit_id=matter.handling_unit_id,
                verb=verb,
                at=now,
                actor_label=actor.label,
                account_id=actor.account_id,
                text=text,
                facts=dict(facts),
            )
        ]
    )


def _locked(matter_id: UUID, actor: Actor) -> Matter:
    """The row, held until the step is done. A second officer waits a moment, then is told who was faster."""
    try:
        found = visible_to(actor).select_for_update(of=("self",)).filter(pk=matter_id).first()
    except OperationalError as busy:
        if getattr(busy.__cause__, "sqlstate", "") == LOCK_UNAVAILABLE:
            raise Refused("server.busy") from busy
        raise
    if found is None:
        raise Refused("record.not_found")
    return found


def _co_handlers(matter: Matter, actor: Actor) -> list[CoHandler]:
    """Those of the actor's own units: only they decide what he may do. Who sits in no unit needs not ask."""
    if not actor.unit_ids:
        return []
    return list(CoHandler.objects.filter(matter_id=matter.pk, unit_id__in=actor.unit_ids))


def _finish(turn: Turn) -> None:
    matter, step = turn.matter, turn.step
    text = clean_text(turn.text, LONGEST)
    if step.ends:
        clocks.end(matter, now=turn.now)
    clock = clocks.opened(matter, name=step.starts, now=turn.now) if step.starts else None
    to = _destination(turn)
    if to and to != matter.state:
        matter.state = to
        matter.ended_at = turn.now if to in ENDED else None
        _share_with_co_handlers(turn)
    if matter.handling_unit_id != turn.handler_before:
        _keep_sight(turn)
    matter.version += 1
    matter.changed_by = turn.actor.label
    matter.save(force_update=True)
    # Only now: what hangs on the matter must name the unit that holds it.
    if clock:
        clock.save(force_insert=True)
    write_entry(matter, verb=step.action, actor=turn.actor, now=turn.now, text=text, facts=turn.facts)
    audit.record(
        verb=step.action,
        subject="matters.matter",
        subject_id=matter.pk,
        actor=turn.actor,
        now=turn.now,
        area_code=matter.area_code,
        unit_id=matter.handling_unit_id,
        facts={"number": matter.number, "state": matter.state, **turn.facts},
    )


def _destination(turn: Turn) -> str | None:
    step = turn.step
    if step.back_to and turn.to not in step.back_to:
        raise ValueError(f"{step.action} does not lead back to {turn.to!r}")
    return turn.to if step.back_to else step.to


def _share_with_co_handlers(turn: Turn) -> None:
    """They see the matter for as long as it is worked on: until it ends, and again when it is opened anew."""
    matter = turn.matter
    if matter.state in ENDED:
        sharing.end(subject_id=matter.pk, reason=CO_HANDLER)
    elif turn.step.action in (Action.REOPEN, Action.UNMERGE):
        for row in CoHandler.objects.filter(matter_id=matter.pk):
            sharing.give(unit_id=row.unit_id, subject_id=matter.pk, reason=CO_HANDLER, now=turn.now)


def _keep_sight(turn: Turn) -> None:
    """Before a hand-over: a giver outside the area gets a grant, or the row would leave its own writer's sight."""
    matter, on = turn.matter, turn.now.astimezone(SHANGHAI).date()
    givers = dict.fromkeys((turn.handler_before, matter.desk_unit_id))
    for unit_id in givers:
        if not territory.unit_reaches(unit_id, matter.area_code, on):
            sharing.give(unit_id=unit_id, subject_id=matter.pk, reason="handed_over", now=turn.now)
