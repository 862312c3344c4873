"""Taking a step: the only place where the state of a matter changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters.models import CoHandler, Matter
from yicun.matters.queries.access import visible_to
from yicun.matters.queries.detail import standing
from yicun.matters.rules.flow import ENDED, WORKFLOW
from yicun.matters.rules.hats import hats
from yicun.matters.services.storing import CO_HANDLER, store, write_entry
from yicun.matters.services.turn import Fill, Turn, announce, back_to_desk, settled
from yicun.matters.terms import Action

__all__ = [
    "CO_HANDLER",
    "Fill",
    "Turn",
    "announce",
    "back_to_desk",
    "closed_to",
    "decide_all",
    "locked",
    "settled",
    "take_all",
    "taking",
    "worn_by",
    "write_entry",
]

LOCK_UNAVAILABLE = "55P03"
LONGEST = 20_000


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
        matter = locked(matter_id, actor)
        worn = _worn(matter, version, _co_handlers([matter], actor)[matter.pk], actor)
        step = WORKFLOW.take(action.value, matter.state, worn, given)
        turn = Turn(matter, step, actor, now, worn)
        yield turn
        _settle(turn)
        store([turn])


def take_all(
    action: Action,
    *,
    versions: Mapping[UUID, int],
    fill: Fill,
    actor: Actor,
    now: datetime,
    given: Mapping[str, Any] = MappingProxyType({}),
    also: frozenset[str] = frozenset(),
) -> tuple[list[Turn], dict[UUID, Refused]]:
    """The same step of many matters, in one transaction: those that may take it are stored, the others say why not.

    A row that somebody else holds at this moment is left out, never waited for.
    """
    with transaction.atomic():
        held = _locked_at_once(versions, actor)
        turns, refused = decide_all(
            action, held, versions=versions, fill=fill, actor=actor, now=now, given=given, also=also
        )
        for key in _held(versions.keys() - held.keys(), actor):
            refused[key] = Refused("server.busy")
        store(turns)
    return turns, refused


def decide_all(
    action: Action,
    matters: Mapping[UUID, Matter],
    *,
    versions: Mapping[UUID, int],
    fill: Fill,
    actor: Actor,
    now: datetime,
    given: Mapping[str, Any] = MappingProxyType({}),
    also: frozenset[str] = frozenset(),
) -> tuple[list[Turn], dict[UUID, Refused]]:
    """What `take_all` would do; nothing is stored. `also`: hats worn for this occasion."""
    turns: list[Turn] = []
    refused: dict[UUID, Refused] = {}
    for key, worn in worn_by(actor, matters, versions).items():
        try:
            if isinstance(worn, Refused):
                raise worn
            matter = matters[key]
            step = WORKFLOW.take(action.value, matter.state, worn | also, given)
            turn = Turn(matter, step, actor, now, worn | also)
            fill(turn)
            _settle(turn)
        except Refused as why:
            refused[key] = why
        else:
            turns.append(turn)
    return turns, refused


def closed_to(
    action: Action,
    matters: Mapping[UUID, Matter],
    worn: Mapping[UUID, frozenset[str] | Refused],
    given: Mapping[str, Any],
) -> dict[UUID, Refused]:
    """Of these matters those that may not take the step, whatever it is told, and why."""
    refused: dict[UUID, Refused] = {}
    for key, hats_or_why in worn.items():
        if isinstance(hats_or_why, Refused):
            refused[key] = hats_or_why
            continue
        try:
            WORKFLOW.take(action.value, matters[key].state, hats_or_why, given)
        except Refused as why:
            refused[key] = why
    return refused


def worn_by(
    actor: Actor, matters: Mapping[UUID, Matter], versions: Mapping[UUID, int]
) -> dict[UUID, frozenset[str] | Refused]:
    """The hats for each, or why there are none: not seen, or changed since it was."""
    beside = _co_handlers(matters.values(), actor)
    found: dict[UUID, frozenset[str] | Refused] = {}
    for key, version in versions.items():
        try:
            if key not in matters:
                raise Refused("record.not_found")
            found[key] = _worn(matters[key], version, beside[key], actor)
        except Refused as why:
            found[key] = why
    return found


def locked(matter_id: UUID, actor: Actor) -> Matter:
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


def _locked_at_once(keys: Iterable[UUID], actor: Actor) -> dict[UUID, Matter]:
    """In the order of their ids, so that two batches never wait for each other."""
    wanted = visible_to(actor).filter(pk__in=list(keys)).order_by("id")
    return {matter.pk: matter for matter in wanted.select_for_update(of=("self",), skip_locked=True)}


def _held(keys: Iterable[UUID], actor: Actor) -> list[UUID]:
    """Visible, and in somebody else's hands at this moment."""
    missing = list(keys)
    return list(visible_to(actor).filter(pk__in=missing).values_list("pk", flat=True)) if missing else []


def _co_handlers(matters: Iterable[Matter], actor: Actor) -> Mapping[UUID, list[CoHandler]]:
    """Those of the actor's own units: only they decide what he may do. Who sits in no unit needs not ask."""
    found: Mapping[UUID, list[CoHandler]] = defaultdict(list)
    if actor.unit_ids:
        keys = [matter.pk for matter in matters]
        for row in CoHandler.objects.filter(matter_id__in=keys, unit_id__in=actor.unit_ids):
            found[row.matter_id].append(row)
    return found


def _worn(matter: Matter, version: int | None, beside: list[CoHandler], actor: Actor) -> frozenset[str]:
    """The hats of the actor, who must have seen the matter as it is now."""
    if version is not None and version != matter.version:
        raise Refused("matter.changed", by=matter.changed_by)
    return hats(actor, standing(matter, beside))


def _settle(turn: Turn) -> None:
    """What the step itself makes of the matter, nothing of it stored yet."""
    turn.text = clean_text(turn.text, LONGEST)
    if turn.step.back_to and turn.to not in turn.step.back_to:
        raise ValueError(f"{turn.step.action} does not lead back to {turn.to!r}")
    if turn.to and turn.to != turn.matter.state:
        turn.matter.state = turn.to
        turn.matter.ended_at = turn.now if turn.to in ENDED else None
