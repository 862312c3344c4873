"""Messages of a board, run through the loop at their own times.

The file knows when somebody wrote and when a body answered, and nothing of the desk in between. So the desk is given no
share of the time: a message is recorded, accepted, assessed, assigned and taken at the moment it was written, fed back
at the moment of its answer, and verified and closed by the desk at that same moment. The handling clock therefore runs
for the whole time a citizen waited.

A message is one transaction in the caller's hands. One that is closed already is left alone, one that stopped half-way
goes on from where it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from yicun.kernel.actor import Actor, service_actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters.models import Matter
from yicun.matters.queries.access import visible_to
from yicun.matters.queries.reference import suggested_partner
from yicun.matters.rules.drafting import Draft, PartyDraft
from yicun.matters.rules.importing import UNSAID
from yicun.matters.rules.replaying import Message, check_answer
from yicun.matters.services import desk, handling, intake
from yicun.matters.terms import Channel, Kind, PartyRole, State, Urgency
from yicun.territory import queries as territory
from yicun.territory.terms import PartnerKind, UnitKind

CHANNEL = Channel.BOARD.value
POLICE = "police"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message under way: who sits at the desk, and whether there is an answer to give."""

    message: Message
    actor: Actor
    has_answer: bool

    @property
    def answered_at(self) -> datetime:
        return self.message.answered_at or self.message.asked_at

    @property
    def on(self) -> date:
        return self.message.asked_at.astimezone(SHANGHAI).date()


def replay(*, message: Message, actor: Actor) -> tuple[bool, Refused | None]:
    """Whether anything changed, and why the message could not go all the way."""
    refused = _fault(message)
    turn = Turn(message, actor, has_answer=refused is None)
    matter, changed = _stored(turn)
    while matter.state in STEPS and (turn.has_answer or matter.state != State.HANDLING):
        matter = STEPS[matter.state](turn, matter)
        changed = True
    return changed, refused


def _fault(message: Message) -> Refused | None:
    try:
        check_answer(message)
    except Refused as refused:
        return refused
    return None


def _stored(turn: Turn) -> tuple[Matter, bool]:
    message = turn.message
    found = (
        visible_to(turn.actor).filter(channel=CHANNEL, source_key=message.key).exclude(source_key="").first()
    )
    if found is None:
        return intake.record(draft=_draft(message), actor=turn.actor, now=message.asked_at), True
    if found.recorded_at != message.asked_at and found.state in STEPS:
        at = f"{found.recorded_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        raise Refused("replay.recorded_otherwise", source_key=message.key, at=at)
    return found, False


def _draft(message: Message) -> Draft:
    reporter = (PartyDraft(PartyRole.REPORTER.value, message.reporter),) if message.reporter else ()
    return Draft(
        kind=Kind.SERVICE.value,
        channel=CHANNEL,
        source_key=message.key,
        title=message.title,
        body=message.body,
        details=UNSAID[Kind.SERVICE],
        happened_at=message.asked_at,
        parties=reporter,
    )


def _accept(turn: Turn, matter: Matter) -> Matter:
    return desk.accept(matter_id=matter.pk, actor=turn.actor, now=turn.message.asked_at)


def _assess(turn: Turn, matter: Matter) -> Matter:
    urgency = Urgency.ORDINARY.value
    return desk.assess(matter_id=matter.pk, urgency=urgency, actor=turn.actor, now=turn.message.asked_at)


def _assign(turn: Turn, matter: Matter) -> Matter:
    unit_id = body_for(turn.message.title, turn.message.body, turn.on)
    return desk.assign(matter_id=matter.pk, unit_id=unit_id, actor=turn.actor, now=turn.message.asked_at)


def _take(turn: Turn, matter: Matter) -> Matter:
    return handling.take(matter_id=matter.pk, actor=_body_of(turn, matter), now=turn.message.asked_at)


def _feed_back(turn: Turn, matter: Matter) -> Matter:
    body = _body_of(turn, matter)
    return handling.feed_back(
        matter_id=matter.pk, result=turn.message.answer, actor=body, now=turn.answered_at
    )


def _verify(turn: Turn, matter: Matter) -> Matter:
    return desk.verify(matter_id=matter.pk, actor=turn.actor, now=turn.answered_at)


def _close(turn: Turn, matter: Matter) -> Matter:
    return desk.close(matter_id=matter.pk, actor=turn.actor, now=turn.answered_at)


STEPS: Mapping[str, Callable[[Turn, Matter], Matter]] = {
    State.RECORDED: _accept,
    State.ACCEPTED: _assess,
    State.ASSESSED: _assign,
    State.ASSIGNED: _take,
    State.HANDLING: _feed_back,
    State.FED_BACK: _verify,
    State.VERIFIED: _close,
}


def body_for(title: str, body: str, on: date) -> int:
    """The body that the words of the message name; of several bodies of a kind the county's first; else the hotline."""
    partner = suggested_partner(title, body)
    if partner == POLICE:
        return territory.units_of_kind(UnitKind.BUREAU, on)[0].id
    for kind in (partner, PartnerKind.HOTLINE_12345.value):
        found = territory.units_of_kind(UnitKind.PARTNER, on, partner_kind=kind) if kind else []
        if found:
            return found[0].id
    return territory.units_of_kind(UnitKind.COMMAND_CENTRE, on)[0].id


def _body_of(turn: Turn, matter: Matter) -> Actor:
    """The body itself, under its own name: somebody else than the desk that verifies."""
    lo, hi = turn.actor.widest or (1, 0)
    return service_actor(territory.unit_row(matter.handling_unit_id).name, lo, hi)
