"""The workflow of a demand as a table: proposed at the gate, admitted or returned, running, over."""

from yicun.kernel.workflow import Step, Workflow
from yicun.relief.rules.hats import Hat
from yicun.relief.terms import GIVEN, Action, DemandState

PROPOSED, RETURNED, ADMITTED = DemandState.PROPOSED, DemandState.RETURNED, DemandState.ADMITTED
RUNNING, DONE, EXPIRED, WITHDRAWN = (
    DemandState.RUNNING,
    DemandState.DONE,
    DemandState.EXPIRED,
    DemandState.WITHDRAWN,
)
ENDED = frozenset({DONE.value, EXPIRED.value, WITHDRAWN.value})
IN_FORCE = (ADMITTED, RUNNING)
NOT_ENDED = (PROPOSED, RETURNED, ADMITTED, RUNNING)


def _step(
    action: Action,
    states: tuple[DemandState, ...],
    to: DemandState | None,
    hats: tuple[Hat, ...],
    needs: tuple[str, ...] = (),
) -> Step:
    return Step(
        action=action.value,
        label=str(action.label),
        states=tuple(state.value for state in states),
        to=to.value if to else None,
        roles=frozenset(hat.value for hat in hats),
        needs=needs,
    )


WORKFLOW = Workflow(
    "demand",
    states=[state.value for state in DemandState],
    initial=PROPOSED.value,
    labels=GIVEN,
    steps=(
        _step(Action.REVISE, (RETURNED,), PROPOSED, (Hat.ISSUER,), ("deliverable", "authority")),
        _step(Action.ADMIT, (PROPOSED,), ADMITTED, (Hat.GATEKEEPER,)),
        _step(Action.RETURN_BACK, (PROPOSED,), RETURNED, (Hat.GATEKEEPER,), ("reason",)),
        _step(Action.WITHDRAW, NOT_ENDED, WITHDRAWN, (Hat.ISSUER, Hat.GATEKEEPER), ("reason",)),
        _step(Action.RENEW, (RUNNING,), None, (Hat.GATEKEEPER,), ("expires_on", "reason")),
        # By the clock: the sweep takes these, and admitting takes START when the first day has come.
        _step(Action.START, (ADMITTED,), RUNNING, (Hat.CLOCK,)),
        _step(Action.EXPIRE, (RUNNING,), EXPIRED, (Hat.CLOCK,)),
        _step(Action.COMPLETE, (RUNNING,), DONE, (Hat.ISSUER, Hat.GATEKEEPER, Hat.CLOCK)),
        _step(Action.FULFIL, (RUNNING,), None, (Hat.ADDRESSEE,)),
        _step(Action.APPOINT, IN_FORCE, None, (Hat.ADDRESSEE_LEAD,), ("member_id",)),
        _step(Action.REMARK, IN_FORCE, None, (Hat.ISSUER, Hat.ADDRESSEE_LEAD), ("stage", "text")),
        _step(Action.DEFINE, NOT_ENDED, None, (Hat.ISSUER,), ("kinds", "reason")),
    ),
)
