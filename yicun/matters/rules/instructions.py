"""A leader's instruction: by when it is to be answered, and when the answer is late."""

from datetime import date, timedelta

from yicun.kernel.refusals import Refused
from yicun.matters.terms.instructions import FARTHEST


def check_due(due_on: date, today: date) -> None:
    if due_on < today:
        raise Refused("instruction.due_past", on=due_on)
    if due_on > today + timedelta(days=FARTHEST):
        raise Refused("instruction.due_too_far", on=due_on, most=FARTHEST)


def is_overdue(due_on: date | None, *, is_replied: bool, today: date) -> bool:
    """The day itself is still in time."""
    return due_on is not None and not is_replied and due_on < today
