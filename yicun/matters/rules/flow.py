"""The workflow of a matter as a table: the buttons, the API, the audit words and the offline client all read it."""

from yicun.kernel.workflow import Step, Workflow
from yicun.matters.rules.hats import Hat
from yicun.matters.terms import GIVEN, Action, ClockName, State

ENDED = frozenset({State.CLOSED.value, State.DECLINED.value, State.MERGED.value})
OPEN = tuple(state.value for state in State if state.value not in ENDED)
# A matter has at most one running clock; a step that ends it need not know which.
RUNNING = "running"
AT_DESK = (State.RECORDED, State.ACCEPTED, State.ASSESSED)
WITH_HANDLER = (State.ASSIGNED, State.HANDLING)
# Whose turn it is: a reminder or a card for lateness goes to whoever has to act.
DESKS_TURN = (*AT_DESK, State.FED_BACK, State.VERIFIED)
UNDOABLE_FROM = (State.ACCEPTED, State.ASSESSED, State.ASSIGNED, State.CLOSED)
UNDER_WAY = (*DESKS_TURN, *WITH_HANDLER, State.DEFERRED)
ASKING = (*AT_DESK, State.HANDLING, State.VERIFIED)
# What two matters have in common is often seen only when both are already being worked on.
MERGEABLE = (*AT_DESK, *WITH_HANDLER)
# Where somebody may be named for a matter.
NAMED_IN = (*WITH_HANDLER, State.DEFERRED, State.FED_BACK, State.VERIFIED)


def _step(
    action: Action,
    states: tuple[State | str, ...],
    to: State | None,
    hats: tuple[Hat, ...],
    needs: tuple[str, ...] = (),
    *,
    ends: str | None = None,
    starts: ClockName | None = None,
    back_to: tuple[State, ...] = (),
) -> Step:
    return Step(
        action=action.value,
        label=str(action.label),
        states=tuple(str(state) for state in states),
        to=to.value if to else None,
        roles=frozenset(hat.value for hat in hats),
        needs=needs,
        starts=starts.value if starts else None,
        ends=ends,
        back_to=tuple(state.value for state in back_to),
    )


DESK, HANDLER, APPROVER = Hat.DESK, Hat.HANDLER, Hat.APPROVER
ANYBODY_CONCERNED = (DESK, HANDLER, Hat.CO_HANDLER, Hat.RECORDER, Hat.REPORTER)

WORKFLOW = Workflow(
    "matter",
    states=[state.value for state in State],
    initial=State.RECORDED.value,
    labels=GIVEN,
    steps=(
        _step(
            Action.ACCEPT,
            (State.RECORDED,),
            State.ACCEPTED,
            (DESK,),
            ends=RUNNING,
            starts=ClockName.ASSESSMENT,
        ),
        _step(
            Action.DECLINE,
            (State.RECORDED, State.ACCEPTED),
            State.DECLINED,
            (DESK,),
            ("reason",),
            ends=RUNNING,
        ),
        _step(Action.MERGE, MERGEABLE, State.MERGED, (DESK,), ("into_id",), ends=RUNNING),
        # Takes up the clock that stood when the matter was merged; it starts none.
        _step(Action.UNMERGE, (State.MERGED,), None, (DESK,), ("reason",), back_to=MERGEABLE),
        _step(
            Action.ASSESS,
            (State.ACCEPTED,),
            State.ASSESSED,
            (DESK,),
            ("urgency",),
            ends=RUNNING,
            starts=ClockName.ASSIGNMENT,
        ),
        _step(
            Action.ASSIGN,
            (State.ASSESSED,),
            State.ASSIGNED,
            (DESK, Hat.TIE_BREAKER),
            ("unit_id",),
            ends=RUNNING,
            starts=ClockName.HANDLING,
        ),
        _step(Action.TAKE, (State.ASSIGNED,), State.HANDLING, (HANDLER,)),
        _step(
            Action.RETURN_BACK,
            WITH_HANDLER,
            State.ASSESSED,
            (HANDLER,),
            ("reason",),
            ends=RUNNING,
            starts=ClockName.ASSIGNMENT,
        ),
        # Whoever gets it takes it anew; the clock runs on.
        _step(
            Action.REASSIGN,
            WITH_HANDLER,
            State.ASSIGNED,
            (DESK, Hat.LEAD, Hat.TIE_BREAKER),
            ("unit_id", "reason"),
        ),
        _step(Action.HAND_OVER, NAMED_IN, None, (HANDLER, Hat.LEAD), ("to_member_id", "reason")),
        _step(Action.ADD_CO_HANDLER, WITH_HANDLER, None, (DESK, HANDLER), ("unit_id", "text")),
        _step(Action.ANSWER_AS_CO_HANDLER, WITH_HANDLER, None, (Hat.CO_HANDLER,), ("text",)),
        _step(Action.PAUSE, (State.HANDLING,), None, (HANDLER,), ("pause_reason", "text")),
        _step(Action.RESUME, (State.HANDLING,), None, (HANDLER,)),
        _step(Action.REQUEST_EXTENSION, (State.HANDLING,), None, (HANDLER,), ("amount", "reason")),
        _step(Action.APPROVE_EXTENSION, (State.HANDLING,), None, (APPROVER,)),
        _step(Action.REFUSE_EXTENSION, (State.HANDLING,), None, (APPROVER,), ("reason",)),
        # A desk asks for what ends or sends away a matter, a handler for what sets it aside.
        _step(Action.ASK_APPROVAL, ASKING, None, (DESK, HANDLER), ("ask", "reason")),
        _step(Action.DEFER, (State.HANDLING,), State.DEFERRED, (APPROVER,), ("reason",)),
        _step(Action.REACTIVATE, (State.DEFERRED,), State.HANDLING, (HANDLER, APPROVER)),
        _step(
            Action.FEED_BACK,
            (State.HANDLING,),
            State.FED_BACK,
            (HANDLER,),
            ("result",),
            ends=RUNNING,
            starts=ClockName.VERIFICATION,
        ),
        _step(Action.VERIFY, (State.FED_BACK,), State.VERIFIED, (DESK, Hat.TIE_BREAKER)),
        _step(
            Action.REWORK,
            (State.FED_BACK,),
            State.HANDLING,
            (DESK, Hat.TIE_BREAKER),
            ("reason",),
            ends=RUNNING,
            starts=ClockName.REWORK,
        ),
        # Verifying and closing are one stage with one clock: a matter cannot lie verified for ever.
        _step(Action.CLOSE, (State.VERIFIED,), State.CLOSED, (DESK, Hat.TIE_BREAKER), ends=RUNNING),
        _step(
            Action.REOPEN,
            (State.CLOSED, State.DECLINED),
            State.ASSESSED,
            (DESK,),
            ("reason",),
            starts=ClockName.ASSIGNMENT,
        ),
        _step(Action.REMIND, UNDER_WAY, None, (Hat.SUPERVISOR, DESK), ("text",)),
        _step(Action.INSTRUCT, UNDER_WAY, None, (Hat.SUPERVISOR,), ("text",)),
        _step(Action.REPLY, UNDER_WAY, None, (HANDLER, DESK), ("text",)),
        _step(Action.ACCEPT_REPLY, UNDER_WAY, None, (Hat.SUPERVISOR,)),
        _step(Action.SEND_BACK_REPLY, UNDER_WAY, None, (Hat.SUPERVISOR,), ("reason",)),
        _step(
            Action.RATE,
            (State.VERIFIED, State.CLOSED),
            None,
            (DESK, Hat.TIE_BREAKER, Hat.REPORTER),
            ("satisfaction",),
        ),
        _step(Action.NOTE, UNDER_WAY, None, ANYBODY_CONCERNED, ("text",)),
        _step(Action.ATTACH, UNDER_WAY, None, ANYBODY_CONCERNED, ("file",)),
        # Of a deed done to many at once: back to the state kept with it. Nobody wears the hat but for that occasion.
        _step(Action.UNDO, UNDOABLE_FROM, None, (Hat.UNDOER,)),
    ),
)
