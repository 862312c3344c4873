"""Supervision: reminders, instructions with their reply, the ladder that climbs by itself, satisfaction."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from yicun.base import audit, inbox
from yicun.force import queries as force
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.kernel.workdays import next_workday
from yicun.matters.models import Instruction, Matter
from yicun.matters.queries.access import open_for
from yicun.matters.queries.reference import calendar, rungs
from yicun.matters.rules import instructions as rules
from yicun.matters.rules.flow import DESKS_TURN
from yicun.matters.rules.hats import UNIT_LEADS
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
    *,
    matter_id: UUID,
    text: str,
    actor: Actor,
    now: datetime,
    due_on: date | None = None,
    unit_id: int | None = None,
    member_id: UUID | None = None,
    is_led: bool = False,
    version: int | None = None,
) -> Matter:
    """A leader's instruction, to be replied to by a day. The matter shows as supervised until somebody replies.

    Without an addressee it goes to whose turn it is, without a day to the next working day. `is_led`: the leader takes
    the matter upon himself, and it stands on the top rung of the ladder.
    """
    given = {"text": text}
    with taking(
        Action.INSTRUCT, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        matter, today = turn.matter, now.astimezone(SHANGHAI).date()
        turn.text = clean_text(text, LONGEST)
        due_on = due_on or next_workday(today, calendar())
        rules.check_due(due_on, today)
        addressed = _addressed(matter, unit_id, member_id, today)
        order = Instruction(due_on=due_on, unit_id=addressed.unit_id, member_id=member_id, is_led=is_led)
        _write_instruction(turn, order, addressed.label)
        matter.has_open_instruction = True
        if is_led:
            matter.led_by = actor.label
            matter.supervision = max(matter.supervision, _top(now))
        turn.facts = {"to": addressed.label, "due_on": due_on.isoformat(), "is_led": is_led}
        to_one = addressed.account_id
        announce(turn, "instructed", unit_id=None if to_one else addressed.unit_id, account_id=to_one)
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


def accept_reply(
    *, matter_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Matter:
    """Every reply that nobody has judged yet is as it should be."""
    with taking(Action.ACCEPT_REPLY, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        turn.text = clean_text(text, LONGEST)
        if not _to_judge(matter_id).update(accepted_by=actor.label, accepted_at=now):
            raise Refused("instruction.none_replied")
    return turn.matter


def send_back_reply(
    *, matter_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """It is owed again; what was replied before stays in the history."""
    given = {"reason": reason}
    with taking(
        Action.SEND_BACK_REPLY, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        turn.text = clean_text(reason, LONGEST)
        owed = {"reply": "", "replied_by": "", "replied_at": None, "sent_back": F("sent_back") + 1}
        if not _to_judge(matter_id).update(**owed):
            raise Refused("instruction.none_replied")
        turn.matter.has_open_instruction = True
        announce(turn, "reply_returned", unit_id=_whose_turn(turn.matter))
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


@dataclass(frozen=True, slots=True)
class _Addressed:
    unit_id: int
    label: str
    account_id: UUID | None


def _addressed(matter: Matter, unit_id: int | None, member_id: UUID | None, on: date) -> _Addressed:
    """The desk's unit or the handling one; of its people, whoever could reply."""
    unit_id = unit_id or _whose_turn(matter)
    unit = territory.unit_row(unit_id) if unit_id in (matter.desk_unit_id, matter.handling_unit_id) else None
    if unit is None:
        raise Refused("instruction.addressee_elsewhere")
    if member_id is None:
        return _Addressed(unit_id, unit.name, None)
    post = force.member_at(unit_id, member_id, on)
    if post is None or not (member_id == matter.handler_member_id or post.role in UNIT_LEADS):
        raise Refused("instruction.addressee_elsewhere")
    return _Addressed(unit_id, post.label, post.account_id)


def _write_instruction(turn: Turn, given: Instruction, addressee: str) -> None:
    given.matter_id = turn.matter.pk
    given.area_code = turn.matter.area_code
    given.handling_unit_id = turn.matter.handling_unit_id
    given.text = turn.text
    given.given_by = turn.actor.label
    given.given_at = turn.now
    given.addressee = addressee
    given.save(force_insert=True)


def _to_judge(matter_id: UUID) -> QuerySet[Instruction]:
    return Instruction.objects.filter(matter_id=matter_id, replied_at__isnull=False, accepted_at__isnull=True)


def _top(now: datetime) -> int:
    return max((rung.height for rung in rungs(now) if rung.level == Level.LEADER), default=0)


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
