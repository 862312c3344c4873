"""Which of the open steps make sense at this moment, and which of them is the one to offer first."""

from collections.abc import Collection
from dataclasses import dataclass

from yicun.matters.terms import Action, PauseReason

# What somebody is waiting for comes first; what moves the matter on comes next; the rest is folded away.
FIRST = (
    Action.REPLY,
    Action.APPROVE_EXTENSION,
    Action.ACCEPT_REPLY,
    Action.ACCEPT,
    Action.ASSESS,
    Action.ASSIGN,
    Action.TAKE,
    Action.FEED_BACK,
    Action.ANSWER_AS_CO_HANDLER,
    Action.VERIFY,
    Action.CLOSE,
    Action.REACTIVATE,
)
AFTER = (
    Action.REFUSE_EXTENSION,
    Action.SEND_BACK_REPLY,
    Action.REWORK,
    Action.NOTE,
    Action.ATTACH,
    Action.RETURN_BACK,
    Action.REASSIGN,
    Action.HAND_OVER,
    Action.ADD_CO_HANDLER,
    Action.RESUME,
    Action.PAUSE,
    Action.REQUEST_EXTENSION,
    Action.ASK_APPROVAL,
    Action.DEFER,
    Action.RATE,
    Action.INSTRUCT,
    Action.REMIND,
    Action.MERGE,
    Action.DECLINE,
    Action.REOPEN,
    Action.UNMERGE,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the table of steps does not know: the clock, the instructions, who reported it done."""

    is_paused: bool = False
    has_pending_extension: bool = False
    can_extend: bool = False
    pauses: tuple[str, ...] = ()
    has_open_instruction: bool = False
    is_own_feedback: bool = False
    is_own_matter: bool = False
    can_ask: bool = False
    has_reply_to_judge: bool = False
    needs_signature_to_close: bool = False
    may_hand_over: bool = True


@dataclass(frozen=True, slots=True)
class Panel:
    """`first` is empty when nothing is waiting for this person."""

    first: str
    others: tuple[str, ...]


def panel(open_actions: Collection[str], situation: Situation) -> Panel:
    pointless = _pointless(situation)
    useful = [
        action.value for action in (*FIRST, *AFTER) if action in open_actions and action not in pointless
    ]
    first = useful[0] if useful and useful[0] in FIRST else ""
    return Panel(first, tuple(action for action in useful if action != first))


def _pointless(now: Situation) -> set[str]:
    """Steps that the table opens but that could only be refused."""
    may_pause = not now.is_paused and bool(set(now.pauses) - {PauseReason.DEFERRAL})
    makes_sense = {
        Action.REPLY: now.has_open_instruction,
        Action.APPROVE_EXTENSION: now.has_pending_extension,
        Action.REFUSE_EXTENSION: now.has_pending_extension,
        Action.REQUEST_EXTENSION: now.can_extend and not now.has_pending_extension,
        Action.PAUSE: may_pause,
        Action.RESUME: now.is_paused,
        Action.DEFER: PauseReason.DEFERRAL in now.pauses and not now.is_own_matter,
        Action.VERIFY: not now.is_own_feedback,
        Action.REWORK: not now.is_own_feedback,
        Action.ASK_APPROVAL: now.can_ask,
        Action.ACCEPT_REPLY: now.has_reply_to_judge,
        Action.SEND_BACK_REPLY: now.has_reply_to_judge,
        Action.CLOSE: not now.needs_signature_to_close,
        Action.HAND_OVER: now.may_hand_over,
    }
    return {action.value for action, sensible in makes_sense.items() if not sensible}
