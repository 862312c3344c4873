"""What waits for a person today: due before midnight, sent back, an instruction to answer, an extension to decide."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from yicun.base import sharing
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters.models import Instruction, Matter
from yicun.matters.models.matter import IS_INSTRUCTED, IS_SENT_BACK
from yicun.matters.queries.access import open_for
from yicun.matters.queries.approvals import returned_to
from yicun.matters.queries.boards import condition_of, reasons_of_mine
from yicun.matters.terms import Board

MOST = 20


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
