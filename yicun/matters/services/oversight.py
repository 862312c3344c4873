"""Supervision: reminders, instructions with their reply, the ladder that climbs by itself, satisfaction."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from yicun.base import audit, inbox
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters.models import Instruction, Matter
from yicun.matters.queries.access import open_for
from yicun.matters.queries.reference import rungs
from yicun.matters.rules.flow import DESKS_TURN
from yicun.matters.rules.oversight import height_at
from yicun.matters.services.handling import LONGEST
from yicun.matters.services.taking import Turn, announce, taking, write_entry
from yicun.matters.terms import Action, Level, Satisfaction
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind

SWEPT_AT_ONCE = 500


def remind(*, matter_id: UUID, text: str, actor: Actor, now: datetime, version: int | None = None) -> Matter:
    given = {"text": text}
    with taking(
        Action.REMIND, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        fill_remind(turn, text=text)
    return turn.matter


def instruct(
    *, matter_id: UUID, text: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """A leader's instruction. The matter shows as supervised until somebody replies."""
    given = {"text": text}
    with taking(
        Action.INSTRUCT, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        matter = turn.matter
        turn.text = clean_text(text, LONGEST)
        Instruction.objects.bulk_create(
            [
                Instruction(
                    matter_id=matter.pk,
                    area_code=matter.area_code,
                    handling_unit_id=matter.handling_unit_id,
                    text=turn.text,
                    given_by=actor.label,
                    given_at=now,
                )
            ]
        )
        matter.has_open_instruction = True
        announce(turn, "instructed", unit_id=_whose_turn(matter))
    return turn.matter


def reply(*, matter_id: UUID, text: str, actor: Actor, now: datetime, version: int | None = None) -> Matter:
    """To every instruction still open."""
    given = {"text": text}
    with taking(
        Action.REPLY, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        turn.text = clean_text(text, LONGEST)
        waiting = Instruction.objects.filter(matter_id=matter_id, replied_at__isnull=True)
        if not waiting.update(reply=turn.text, replied_by=actor.label, replied_at=now):
            raise Refused("instruction.none_open")
        turn.matter.has_open_instruction = False
        announce(turn, "replied", unit_id=turn.matter.desk_unit_id)
    return turn.matter


def rate(
    *,
    matter_id: UUID,
    satisfaction: str,
    actor: Actor,
    now: datetime,
    text: str = "",
    version: int | None = None,
) -> Matter:
    given = {"satisfaction": satisfaction}
    with taking(Action.RATE, matter_id=matter_id, actor=actor, now=now, version=version, given=given) as turn:
        if satisfaction not in Satisfaction.values:
            raise Refused("value.unknown_choice", text=satisfaction)
        turn.matter.satisfaction = satisfaction
        turn.text = text
        turn.facts = {"satisfaction": satisfaction}
    return turn.matter


def supervise(*, actor: Actor, now: datetime) -> int:
    """Move the next late matters up the ladder; returns how many moved, 0 when nothing is left to move.

    Safe to run twice and by two at once. Each recipient gets one digest a day per rung, however many matters it names:
    whoever has to act, from the second rung on the desk as well, and on the last one the county's command centre.
    """
    heights = {rung.height: rung.level for rung in rungs(now)}
    late = _climbing(actor, now)
    above = [
        unit.id for unit in territory.units_of_kind(UnitKind.COMMAND_CENTRE, now.astimezone(SHANGHAI).date())
    ]
    digests: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    moved = 0
    for matter, height in late:
        climbed = Matter.objects.filter(pk=matter.pk, supervision__lt=height, due_at=matter.due_at)
        if not climbed.update(supervision=height, version=F("version") + 1, changed_by=actor.label):
            continue
        moved += 1
        level = heights[height]
        write_entry(matter, verb=level, actor=actor, now=now, text="", facts={"due_at": str(matter.due_at)})
        line = {"id": matter.pk, "number": matter.number, "title": matter.title, "by": actor.label}
        for unit_id in _told(matter, height, above if level == Level.LEADER else []):
            digests[level, unit_id].append(line)
    for (level, unit_id), lines in sorted(digests.items()):
        inbox.put(kind=f"level_{level}", lines=lines, now=now, unit_id=unit_id)
    if moved:
        audit.record(
            verb="supervise",
            subject="matters.sweep",
            subject_id=moved,
            actor=actor,
            now=now,
            area_code=territory.home_county(),
            facts={"moved": moved},
        )
    return moved


def fill_remind(turn: Turn, *, text: str) -> None:
    turn.text = clean_text(text, LONGEST)
    announce(turn, "reminded", unit_id=_whose_turn(turn.matter))


def _whose_turn(matter: Matter) -> int:
    return matter.desk_unit_id if matter.state in DESKS_TURN else matter.handling_unit_id


def _told(matter: Matter, height: int, above: list[int]) -> list[int]:
    desk = [matter.desk_unit_id] if height > 1 else []
    return list(dict.fromkeys([_whose_turn(matter), *desk, *above]))


def _climbing(actor: Actor, now: datetime) -> list[tuple[Matter, int]]:
    """The next few hundred matters that stand lower than their lateness, the longest late first."""
    ladder = rungs(now)
    lower = Q(pk__in=[])
    for rung in ladder:
        lower |= Q(due_at__lte=now - timedelta(hours=rung.hours), supervision__lt=rung.height)
    found = open_for(actor).filter(lower).order_by("due_at", "id")[:SWEPT_AT_ONCE]
    return [(matter, height_at(ladder, matter.due_at, now)) for matter in found]
