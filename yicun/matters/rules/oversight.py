"""The ladder of supervision: remind, yellow, red, leader. And who breaks the tie when units pass a matter around."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

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


def breaks_tie(bounces: int, hats: frozenset[str]) -> bool:
    """Whether this assignment is a ruling. After too many bounces only a tie-breaker may assign, and it is final."""
    if bounces < BOUNCES_BEFORE_TIE_BREAK:
        return False
    if Hat.TIE_BREAKER.value not in hats:
        raise Refused("bounce.needs_tie_breaker", count=bounces)
    return True
