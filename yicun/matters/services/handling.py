"""What the handling unit does: take it, work on it with others, feed back, or give it back with a reason."""

from datetime import datetime
from uuid import UUID

from yicun.base import sharing, vault
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line, clean_text
from yicun.matters.models import Attachment, CoHandler, Matter
from yicun.matters.rules import oversight
from yicun.matters.services.taking import CO_HANDLER, Turn, announce, back_to_desk, taking
from yicun.matters.terms import Action
from yicun.territory import queries as territory

LONGEST = 4_000


def take(
    *, matter_id: UUID, actor: Actor, now: datetime, text: str = "", version: int | None = None
) -> Matter:
    """Whoever takes a matter sent to the unit becomes its handler."""
    with taking(Action.TAKE, matter_id=matter_id, actor=actor, now=now, version=version) as turn:
        if turn.matter.handler_member_id is None:
            turn.matter.handler_member_id = actor.member_id
            turn.matter.handler_label = actor.label
        turn.text = text
    return turn.matter


def return_back(
    *, matter_id: UUID, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """Not ours, with the reason. Counted; a ruling of the tie-breaker cannot be returned."""
    given = {"reason": reason}
    with taking(
        Action.RETURN_BACK, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        fill_return_back(turn, reason=reason)
    return turn.matter


def add_co_handler(
    *, matter_id: UUID, unit_id: int, text: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """Another unit works beside the lead, under the same clock."""
    given = {"unit_id": unit_id, "text": text}
    with taking(
        Action.ADD_CO_HANDLER, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        unit = territory.unit(unit_id, now.astimezone(SHANGHAI).date())
        if unit is None:
            raise Refused("matter.unit_unknown")
        already = CoHandler.objects.filter(matter_id=matter_id, unit_id=unit.id).exists()
        if already or unit.id == turn.matter.handling_unit_id:
            raise Refused("co_handler.already", unit=unit.name)
        turn.text = clean_text(text, LONGEST)
        _add(turn, unit.id)
        turn.facts = {"unit": unit.name}
    return turn.matter


def answer_as_co_handler(
    *, matter_id: UUID, text: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    given = {"text": text}
    with taking(
        Action.ANSWER_AS_CO_HANDLER, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        mine = CoHandler.objects.filter(
            matter_id=matter_id, unit_id__in=actor.unit_ids, answered_at__isnull=True
        )
        turn.text = clean_text(text, LONGEST)
        if not mine.update(answer=turn.text, answered_at=now, answered_by=actor.label):
            raise Refused("co_handler.not_yours")
        announce(turn, "co_handler_answered", unit_id=turn.matter.handling_unit_id)
    return turn.matter


def feed_back(
    *, matter_id: UUID, result: str, actor: Actor, now: datetime, version: int | None = None
) -> Matter:
    """Reported done, with the answer; somebody else verifies."""
    given = {"result": result}
    with taking(
        Action.FEED_BACK, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        matter = turn.matter
        matter.answer = clean_text(result, 20_000)
        matter.fed_back_by = actor.account_id
        matter.fed_back_label = actor.label
        matter.fed_back_at = now
        turn.text = matter.answer
        announce(turn, "fed_back", unit_id=matter.desk_unit_id)
    return turn.matter


def note(*, matter_id: UUID, text: str, actor: Actor, now: datetime, version: int | None = None) -> Matter:
    given = {"text": text}
    with taking(Action.NOTE, matter_id=matter_id, actor=actor, now=now, version=version, given=given) as turn:
        fill_note(turn, text=text)
    return turn.matter


def attach(
    *,
    matter_id: UUID,
    file: vault.Content,
    name: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Matter:
    name = clean_line(name[:160], 160)
    given = {"file": name}
    with taking(
        Action.ATTACH, matter_id=matter_id, actor=actor, now=now, version=version, given=given
    ) as turn:
        stored = vault.store(file, name=name, now=now)
        Attachment.objects.bulk_create(
            [
                Attachment(
                    matter_id=turn.matter.pk,
                    area_code=turn.matter.area_code,
                    handling_unit_id=turn.matter.handling_unit_id,
                    file_id=stored.sha256,
                    name=name,
                    added_at=now,
                    added_by=actor.label,
                )
            ]
        )
        turn.facts = {"file": name, "sha256": stored.sha256}
    return turn.matter


def fill_return_back(turn: Turn, *, reason: str) -> None:
    matter = turn.matter
    oversight.check_return(is_tie_broken=matter.is_tie_broken)
    matter.bounces += 1
    back_to_desk(turn)
    turn.text = clean_text(reason, LONGEST)
    turn.facts = {"bounces": matter.bounces}
    announce(turn, "sent_back", unit_id=matter.desk_unit_id)


def fill_note(turn: Turn, *, text: str) -> None:
    turn.text = clean_text(text, LONGEST)


def _add(turn: Turn, unit_id: int) -> None:
    matter = turn.matter
    sharing.give(unit_id=unit_id, subject_id=matter.pk, reason=CO_HANDLER, now=turn.now)
    CoHandler.objects.bulk_create(
        [
            CoHandler(
                matter_id=matter.pk,
                area_code=matter.area_code,
                handling_unit_id=matter.handling_unit_id,
                unit_id=unit_id,
                task=turn.text,
                added_at=turn.now,
            )
        ]
    )
    announce(turn, "co_handler_added", unit_id=unit_id)
