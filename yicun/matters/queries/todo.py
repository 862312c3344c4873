"""What waits for a person today: due before midnight, sent back, an instruction to answer, an extension to decide."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters.models import ClockEvent, Matter
from yicun.matters.queries.access import open_for
from yicun.matters.queries.boards import condition_of
from yicun.matters.rules.hats import APPROVER_ROLES
from yicun.matters.terms import Board, LedgerKind, State

MOST = 20
ANSWERS = (LedgerKind.EXTENSION, LedgerKind.EXTENSION_REFUSAL)


def todo_for(actor: Actor, now: datetime) -> list[Matter]:
    """Mine, and due before the day ends, sent back, or with an instruction that nobody has answered."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    returned = Q(bounces__gt=0, state=State.ASSESSED) | Q(reworks__gt=0, state=State.HANDLING)
    pressing = Q(due_at__lte=midnight) | returned | Q(has_open_instruction=True)
    mine = open_for(actor).filter(condition_of(Board.MINE, actor, now))
    return list(mine.filter(pressing).order_by("due_at", "id")[:MOST])


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
