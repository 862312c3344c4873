"""The ladder of supervision: remind, yellow, red, leader. Who breaks the tie, and who must be somebody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.rules.hats import Hat

BOUNCES_BEFORE_TIE_BREAK = 2


@dataclass(frozen=True, slots=True)
class Rung:
    """`hours` after the deadline (negative: before it) at which `level` is reached; `height` orders the ladder."""

    level: str
    height: int
    hours: int


def height_at(rungs: Iterable[Rung], due_at: datetime | None, now: datetime) -> int:
    """How far up the ladder a matter stands. 0: nothing to say yet, or the clock is paused."""
    if due_at is None:
        return 0
    reached = [rung.height for rung in rungs if now >= due_at + timedelta(hours=rung.hours)]
    return max(reached, default=0)


def check_return(*, is_tie_broken: bool) -> None:
    if is_tie_broken:
        raise Refused("bounce.final")


def breaks_tie(bounces: int, hats: frozenset[str], *, unit_id: int, ruled_unit_id: int | None) -> bool:
    """Whether this assignment is final. After too many bounces only a tie-breaker may assign.

    A ruling stands: when the matter is opened again the desk may send it to the unit once ruled, and to no other.
    """
    if bounces < BOUNCES_BEFORE_TIE_BREAK:
        return False
    if Hat.TIE_BREAKER.value not in hats and unit_id != ruled_unit_id:
        raise Refused("bounce.needs_tie_breaker", count=bounces)
    return True


def is_same_person(actor: Actor, account_id: UUID | None, label: str) -> bool:
    """By the account, whatever posting either act was done under; programs have none and go by their name."""
    if actor.account_id is None and account_id is None:
        return actor.label == label
    return actor.account_id == account_id


def is_handler(actor: Actor, handler_member_id: UUID | None) -> bool:
    return handler_member_id is not None and actor.member_id == handler_member_id
