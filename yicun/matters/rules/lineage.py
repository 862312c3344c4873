"""Which matter another one may go into."""

from uuid import UUID

from yicun.kernel.refusals import Refused
from yicun.matters.rules.flow import ENDED
from yicun.matters.terms import State
from yicun.matters.terms.lineage import Sameness


def check_target(matter_id: UUID, *, into_id: UUID, number: str, state: str, survivor: str) -> None:
    """`survivor`: the number of the matter that a merged target lives on in.

    A merged target is refused with that number rather than followed: whoever merges has read the matter he names,
    and is to read the one it became before his own ends in it. Because only an open matter is a target, and an open
    one is in no other, lineage has no cycles.
    """
    if matter_id == into_id:
        raise Refused("merge.into_itself")
    if state == State.MERGED:
        raise Refused("merge.target_merged", number=number, into=survivor)
    if state in ENDED:
        raise Refused("merge.target_ended")


def sameness_of(code: str) -> str:
    """Not said: the same event, which is what most merges are, and all were before the kind was asked for."""
    if code and code not in Sameness.values:
        raise Refused("value.unknown_choice", text=code[:40])
    return code or Sameness.SAME_EVENT.value
