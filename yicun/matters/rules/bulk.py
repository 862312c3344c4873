"""Many at once: which steps, how many, and until when and by whom a batch may be taken back."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.masking import mask_text
from yicun.kernel.refusals import Refused
from yicun.kernel.words import half_width
from yicun.matters.rules.flow import WORKFLOW
from yicun.matters.rules.hats import DESK_ROLES
from yicun.matters.terms import Action

# In the order in which a matter meets them. A rating is the citizen's word about one matter, never about many.
OFFERED = (
    Action.ACCEPT,
    Action.ASSESS,
    Action.ASSIGN,
    Action.CLOSE,
    Action.RETURN_BACK,
    Action.REMIND,
    Action.NOTE,
)
# A reminder and a note leave nothing behind but words, and words are not taken out of the history.
UNDOABLE = frozenset({Action.ACCEPT, Action.ASSESS, Action.ASSIGN, Action.CLOSE, Action.RETURN_BACK})
MOST = 10_000
# More than these would keep the person waiting before a white page.
AT_HAND = 50
# A wrong batch is noticed the same or the next morning; later, others have built on it.
UNDO_WITHIN = timedelta(hours=24)
# Of a batch that was never confirmed; until then another one may be looked at beside it.
LOOKED_AT_FOR = timedelta(hours=24)
MOST_FILTERS = 20
# A telephone without its area code has seven digits; a matter's own number never has as many in a row.
LONG_NUMBER = re.compile(r"[0-9]{7}")
NAMED_BY = frozenset(
    {"board", "q", "kind", "state", "channel", "urgency", "grade", "handling_unit_id", "area"}
)


def account_of(actor: Actor) -> UUID:
    """Batches and kept filters belong to a person; a program has neither."""
    if actor.account_id is None:
        raise Refused("account.no_posting")
    return actor.account_id


def check_offered(action: str) -> Action:
    if action not in OFFERED:
        raise Refused("bulk.not_offered", action=action[:40])
    return Action(action)


def check_number(chosen: int) -> None:
    if not chosen:
        raise Refused("bulk.nothing_chosen")
    if chosen > MOST:
        raise Refused("bulk.too_many", most=MOST)


def supposed(action: Action) -> Mapping[str, Any]:
    """As if everything that the step asks for had been given: whether it could be taken at all."""
    step = next(step for step in WORKFLOW.steps if step.action == action)
    return dict.fromkeys(step.needs, "-")


def check_undo(
    action: str,
    confirmed_at: datetime | None,
    finished_at: datetime | None,
    asked_at: datetime | None,
    now: datetime,
) -> None:
    if action not in UNDOABLE:
        raise Refused("bulk.not_undoable", action=Action(action).label if action else "")
    if confirmed_at is None or finished_at is None:
        raise Refused("bulk.still_running")
    if asked_at is not None:
        raise Refused("bulk.undone_already")
    if now > confirmed_at + UNDO_WITHIN:
        raise Refused("bulk.undo_too_late", hours=int(UNDO_WITHIN.total_seconds() // 3600))


def check_undoes(action: str, before: str, state: str) -> None:
    """Only along a line of the table, backwards: from where the step led to where it may start."""
    step = next(step for step in WORKFLOW.steps if step.action == action)
    if not step.is_open_in(before) or state != (step.to or before):
        raise Refused("step.unavailable", action=Action.UNDO.label)


def shared_fault(able: int, refused: Collection[Refused]) -> Refused | None:
    """What is wrong with the values given and not with any matter: all are refused for it alike."""
    first = next(iter(refused), None)
    if able or first is None or first.kind != "invalid":
        return None
    return first if all(why.code == first.code for why in refused) else None


def moves_back() -> frozenset[str]:
    """From where to where a matter may be taken back; the database knows the same list."""
    undoable = [step for step in WORKFLOW.steps if step.action in UNDOABLE]
    return frozenset(f"{step.to}>{state}" for step in undoable for state in step.states)


def check_filter_words(texts: Collection[str]) -> None:
    """A search for one person is asked each time, with its purpose; it is not kept to be run again."""
    plain = [half_width(text) for text in texts]
    if any(LONG_NUMBER.search(text) or mask_text(text) != text for text in plain):
        raise Refused("saved_filter.personal")


def may_share(actor: Actor) -> bool:
    """A leader or the desk, with the unit of his own that he leads or serves."""
    return shared_unit(actor) is not None


def shared_unit(actor: Actor) -> int | None:
    return next((post.unit_id for post in actor.posts if post.role in DESK_ROLES and post.unit_id), None)
