"""Storing a step that was decided: of one matter or of many, by the same few statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from yicun.base import audit, inbox, sharing
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters.models import Clock, CoHandler, Entry, Matter
from yicun.matters.rules.flow import ENDED
from yicun.matters.services import clocks, papers
from yicun.matters.services.turn import Notice, Turn
from yicun.matters.terms import Action
from yicun.territory import queries as territory

CO_HANDLER = "co_handler"


def store(turns: Sequence[Turn]) -> None:
    """Matters, clocks, notices, history and audit of one step, of one matter or of many."""
    if not turns:
        return
    step, actor, now = turns[0].step, turns[0].actor, turns[0].now
    matters = [turn.matter for turn in turns]
    if step.ends:
        clocks.end(matters, now=now)
    running = clocks.opened_together(matters, name=step.starts, now=now) if step.starts else []
    _sign(turns)
    for turn in turns:
        _share(turn)
    _update(turns)
    # Only now: what hangs on the matter must name the unit that holds it.
    Clock.objects.bulk_create(running)
    for turn, clock in zip(turns, running, strict=False):
        turn.started = clock
    _tell(turns)
    Entry.objects.bulk_create(
        [_entry(t.matter, verb=step.action, actor=actor, now=now, text=t.text, facts=t.facts) for t in turns]
    )
    lines = [_audited(turn) for turn in turns]
    audit.record_many(verb=step.action, subject="matters.matter", lines=lines, actor=actor, now=now)


def _sign(turns: Sequence[Turn]) -> None:
    """Requests that this step answers are signed with it; those it leaves behind lapse."""
    asked = papers.asked_about([turn.matter.pk for turn in turns])
    for turn in turns:
        if turn.matter.pk not in asked:
            continue
        for kind, opinion in turn.signed:
            papers.settle(
                turn.matter,
                kind=kind,
                actor=turn.actor,
                hats=turn.hats,
                now=turn.now,
                opinion=opinion,
                handler_id=turn.before["handler_member_id"],
            )
        if turn.matter.state != turn.before["state"]:
            papers.lapse(turn.matter, actor=turn.actor, now=turn.now)


def _update(turns: Sequence[Turn]) -> None:
    """Matters that change alike are written together: of one deed there are few ways."""
    alike: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        alike[repr(turn.changes)].append(turn)
    for group in alike.values():
        keys = [turn.matter.pk for turn in group]
        by = group[0].actor.label
        written = Matter.objects.filter(pk__in=keys).update(
            version=F("version") + 1, changed_by=by, **group[0].changes
        )
        if written != len(keys):
            raise Refused("record.not_found")
        for turn in group:
            turn.matter.version += 1
            turn.matter.changed_by = by


def _tell(turns: Sequence[Turn]) -> None:
    """Each recipient gets one digest of what this step brings."""
    digests: dict[Notice, list[dict[str, Any]]] = defaultdict(list)
    for turn in turns:
        matter = turn.matter
        line = {"id": matter.pk, "number": matter.number, "title": matter.title, "by": turn.actor.label}
        for notice in turn.notices:
            digests[notice].append(line)
    for (kind, unit_id, account_id), lines in digests.items():
        now = turns[0].now
        inbox.put(
            kind=kind, lines=lines[-inbox.LINES_KEPT :], now=now, unit_id=unit_id, account_id=account_id
        )


def _audited(turn: Turn) -> audit.Line:
    matter = turn.matter
    facts = {"number": matter.number, "state": matter.state, **turn.facts}
    return audit.Line(matter.pk, matter.area_code, matter.handling_unit_id, facts)


def _share(turn: Turn) -> None:
    if turn.matter.state != turn.before["state"]:
        _share_with_co_handlers(turn)
    if turn.matter.handling_unit_id != turn.before["handling_unit_id"] and turn.step.action != Action.UNDO:
        _keep_sight(turn)


def _share_with_co_handlers(turn: Turn) -> None:
    """They see the matter for as long as it is worked on: until it ends, and again when it is opened anew."""
    matter = turn.matter
    if matter.state in ENDED:
        sharing.end(subject_id=matter.pk, reason=CO_HANDLER)
    elif turn.before["state"] in ENDED:
        for row in CoHandler.objects.filter(matter_id=matter.pk):
            sharing.give(unit_id=row.unit_id, subject_id=matter.pk, reason=CO_HANDLER, now=turn.now)


def _keep_sight(turn: Turn) -> None:
    """Before a hand-over: a giver outside the area gets a grant, or the row would leave its own writer's sight."""
    matter, on = turn.matter, turn.now.astimezone(SHANGHAI).date()
    givers = dict.fromkeys((turn.before["handling_unit_id"], matter.desk_unit_id))
    for unit_id in givers:
        if not territory.unit_reaches(unit_id, matter.area_code, on):
            given = sharing.give(unit_id=unit_id, subject_id=matter.pk, reason="handed_over", now=turn.now)
            turn.grants.append(given)


def write_entry(
    matter: Matter, *, verb: str, actor: Actor, now: datetime, text: str, facts: Mapping[str, Any]
) -> None:
    Entry.objects.bulk_create([_entry(matter, verb=verb, actor=actor, now=now, text=text, facts=facts)])


def _entry(
    matter: Matter, *, verb: str, actor: Actor, now: datetime, text: str, facts: Mapping[str, Any]
) -> Entry:
    return Entry(
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
