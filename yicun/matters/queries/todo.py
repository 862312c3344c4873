"""What waits for a person today: due before midnight, sent back, an instruction to answer, an extension to decide."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yicun.base import sharing
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters.models import ClockEvent, Instruction, Matter
from yicun.matters.models.matter import IS_INSTRUCTED, IS_SENT_BACK
from yicun.matters.queries.access import open_for
from yicun.matters.queries.approvals import returned_to
from yicun.matters.queries.boards import condition_of, reasons_of_mine
from yicun.matters.rules.hats import APPROVER_ROLES
from yicun.matters.terms import Board, LedgerKind, State

MOST = 20
ANSWERS = (LedgerKind.EXTENSION, LedgerKind.EXTENSION_REFUSAL, LedgerKind.EXTENSION_WITHDRAWAL)


def todo_for(actor: Actor, now: datetime) -> list[Matter]:
    """Mine, and due before the day ends, sent back, or with an instruction that nobody has answered."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    seen = open_for(actor).order_by("due_at", "id")
    # Each has an index, walked until the page is full; asked for together they would read all that is mine.
    first, *others = (
        *(seen.filter(why, due_at__lte=midnight)[:MOST] for why in reasons_of_mine(actor)),
        *(
            seen.filter(condition_of(Board.MINE, actor, now), why)[:MOST]
            for why in (IS_SENT_BACK, IS_INSTRUCTED)
        ),
    )
    others += [_addressed_to(actor)[:MOST], _to_be_mended(actor)[:MOST]]
    found = {matter.pk: matter for matter in first.union(*others)}
    return sorted(found.values(), key=_pressing)[:MOST]


def _addressed_to(actor: Actor) -> QuerySet[Matter]:
    """An instruction that names this person, whoever handles the matter."""
    owed = Instruction.objects.filter(member_id=actor.member_id, replied_at__isnull=True)
    named = sharing.is_any_of("pk", owed.values("matter_id"))
    return open_for(actor).filter(Q(named)).order_by("due_at", "id")


def _to_be_mended(actor: Actor) -> QuerySet[Matter]:
    """A request for a signature came back to whoever asked."""
    named = sharing.is_any_of("pk", returned_to(actor).values("matter_id"))
    return open_for(actor).filter(Q(named)).order_by("due_at", "id")


def _pressing(matter: Matter) -> tuple[bool, datetime | None, UUID]:
    """What has no deadline comes last, as the database would put it."""
    return matter.due_at is None, matter.due_at, matter.pk


def waiting_for_decision(actor: Actor) -> list[Matter]:
    """Matters with an extension request that nobody has answered; empty for those who do not decide on one."""
    if not actor.roles & APPROVER_ROLES:
        return []
    asked = Exists(_unanswered())
    return list(open_for(actor).filter(asked, state=State.HANDLING).order_by("due_at", "id")[:MOST])


def _unanswered() -> QuerySet[ClockEvent]:
    later = ClockEvent.objects.filter(clock_id=OuterRef("clock_id"), kind__in=ANSWERS, at__gte=OuterRef("at"))
    asked = ClockEvent.objects.filter(matter_id=OuterRef("pk"), kind=LedgerKind.EXTENSION_REQUEST)
    return asked.filter(~Exists(later), clock__ended_at__isnull=True)
