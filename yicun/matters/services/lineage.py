"""Matters come together and apart again: both histories stay, each naming the other, and no clock is lost."""

from datetime import datetime
from uuid import UUID

from django.db import OperationalError, transaction

from yicun.base import inbox
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters.models import Lineage, Matter
from yicun.matters.queries.access import visible_to
from yicun.matters.queries.lineage import open_merge_of, survivor_of
from yicun.matters.rules.flow import DESKS_TURN
from yicun.matters.rules.lineage import check_target, sameness_of
from yicun.matters.services import clocks
from yicun.matters.services.hands import LONGEST
from yicun.matters.services.taking import LOCK_UNAVAILABLE, Turn, announce, taking
from yicun.matters.terms import Action, State


def merge(
    *,
    matter_id: UUID,
    into_id: UUID,
    actor: Actor,
    now: datetime,
    sameness: str = "",
    text: str = "",
    version: int | None = None,
) -> Matter:
    """The matter ends as part of another one. Its parties, files and co-handlers stay its own."""
    given = {"into_id": into_id}
    with transaction.atomic():
        _hold_both(matter_id, into_id, actor)
        with taking(
            Action.MERGE, matter_id=matter_id, actor=actor, now=now, version=version, given=given
        ) as turn:
            into = _target(turn, into_id)
            turn.text = clean_text(text, LONGEST)
            turn.facts = {"into": into.number, "sameness": sameness_of(sameness)}
            _write_lineage(turn, into)
            turn.matter.merged_into = into
            _tell_survivor(turn, into)
    return turn.matter


def unmerge(
    *, matter_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """Back to where it stood, with its handler and its clock.

    The clock goes on with what it had used up, and the time as merged stands in its ledger as a pause with a reason
    of its own. The alternative, counting the clock anew from the article it rests on, would give a matter a second
    full limit for somebody's mistake, and charging the time as merged would make it late while nobody could work
    on it.
    """
    given = {"reason": reason}
    with taking(
        Action.UNMERGE, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        matter, lineage = turn.matter, open_merge_of(matter_id)
        if lineage is None:
            raise Refused("merge.undone")
        turn.to = lineage.state_before
        turn.text = clean_text(reason, LONGEST)
        turn.facts = {"into": _number_of(lineage.into_id)}
        clocks.take_up(
            matter,
            lineage.clock,
            since=lineage.merged_at,
            now=now,
            by=actor.label,
            supervision=lineage.supervision,
        )
        Lineage.objects.filter(pk=lineage.pk).update(
            undone_at=max(now, lineage.merged_at), undone_by=actor.label, undone_for=turn.text
        )
        matter.merged_into = None
        announce(turn, "unmerged", unit_id=_whose_turn(matter, lineage.state_before))
    return turn.matter


def _number_of(matter_id: UUID) -> str:
    """Empty where the other matter has since moved out of the actor's sight."""
    return Matter.objects.filter(pk=matter_id).values_list("number", flat=True).first() or ""


def _hold_both(matter_id: UUID, into_id: UUID, actor: Actor) -> None:
    """Both rows in one order, or two desks that merge a pair in opposite directions would each wait for the other."""
    pair = visible_to(actor).filter(pk__in=[matter_id, into_id]).order_by("pk")
    try:
        list(pair.select_for_update(of=("self",)).values_list("pk"))
    except OperationalError as busy:
        if getattr(busy.__cause__, "sqlstate", "") == LOCK_UNAVAILABLE:
            raise Refused("server.busy") from busy
        raise


def _target(turn: Turn, into_id: UUID) -> Matter:
    into = visible_to(turn.actor).filter(pk=into_id).first()
    if into is None:
        raise Refused("record.not_found")
    survivor = survivor_of(into, turn.actor) if into.state == State.MERGED else into
    check_target(
        turn.matter.pk,
        into_id=into.pk,
        number=into.number,
        state=into.state,
        survivor=(survivor or into).number,
    )
    return into


def _write_lineage(turn: Turn, into: Matter) -> None:
    matter = turn.matter
    clock, _row, _events = clocks.running(matter)
    Lineage.objects.bulk_create(
        [
            Lineage(
                matter_id=matter.pk,
                area_code=matter.area_code,
                handling_unit_id=matter.handling_unit_id,
                into=into,
                sameness=turn.facts["sameness"],
                text=turn.text,
                state_before=matter.state,
                clock=clock,
                supervision=matter.supervision,
                merged_at=turn.now,
                merged_by=turn.actor.label,
            )
        ]
    )


def _tell_survivor(turn: Turn, into: Matter) -> None:
    """Whoever works on the other one learns that more came to it."""
    line = {"id": into.pk, "number": into.number, "title": into.title, "by": turn.actor.label}
    inbox.put(kind="merged_here", lines=[line], now=turn.now, unit_id=_whose_turn(into, into.state))


def _whose_turn(matter: Matter, state: str) -> int:
    return matter.desk_unit_id if state in DESKS_TURN else matter.handling_unit_id
