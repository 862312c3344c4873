"""Whether a matter may go into other hands without going back to the desk."""

from uuid import UUID

from yicun.kernel.refusals import Refused
from yicun.matters.rules.hats import Hat

SENDERS = frozenset({Hat.DESK.value, Hat.TIE_BREAKER.value})


def may_send_out(hats: frozenset[str]) -> bool:
    """To another unit; whoever only leads the handling unit chooses among its own people."""
    return bool(hats & SENDERS)


def check_reassign(
    hats: frozenset[str],
    *,
    before: tuple[int, UUID | None],
    after: tuple[int, UUID | None],
    is_tie_broken: bool,
    holder: str,
) -> None:
    """`before` and `after`: the unit and who is named in it. A ruling binds the unit, not the person in it."""
    if before == after:
        raise Refused("reassign.unchanged", holder=holder)
    if before[0] == after[0]:
        return
    if not may_send_out(hats):
        raise Refused("reassign.outside_unit")
    if is_tie_broken and Hat.TIE_BREAKER.value not in hats:
        raise Refused("bounce.final")


def check_hand_over(handler_member_id: UUID | None, to_member_id: UUID) -> None:
    if handler_member_id is None:
        raise Refused("hand_over.nobody_named")
    if handler_member_id == to_member_id:
        raise Refused("hand_over.same_person")
