"""A request for a signature as a table; what may be asked when, and who may sign."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from uuid import UUID

from yicun.force.terms.leave import SigningKind
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.workflow import Step, Workflow
from yicun.matters.rules.flow import WORKFLOW
from yicun.matters.rules.hats import Hat
from yicun.matters.rules.oversight import is_handler, is_same_person
from yicun.matters.terms import GIVEN, Action, Grade, State
from yicun.matters.terms.approvals import SIGNER, ApprovalState, Deed


class Part(StrEnum):
    """Who somebody is to a request."""

    ASKER = "asker"
    SIGNER = "signer"
    PRODUCT = "product"


OPEN = (ApprovalState.WAITING.value, ApprovalState.RETURNED.value)
DECIDED = (ApprovalState.APPROVED.value, ApprovalState.RETURNED.value)
# What the signature sets going. A request and its step can then not disagree.
STEP_OF = {
    SigningKind.EXTENSION.value: Action.APPROVE_EXTENSION,
    SigningKind.DEFERRAL.value: Action.DEFER,
    SigningKind.CLOSING.value: Action.CLOSE,
    SigningKind.DECLINING.value: Action.DECLINE,
    SigningKind.TRANSFER.value: Action.ASSIGN,
}
# An extension has a step of its own, with its amount; the others are asked for by `ask_approval`.
ASKED_BY = {
    SigningKind.DEFERRAL.value: Hat.HANDLER,
    SigningKind.CLOSING.value: Hat.DESK,
    SigningKind.DECLINING.value: Hat.DESK,
    SigningKind.TRANSFER.value: Hat.DESK,
}


def _step(deed: Deed, states: tuple[str, ...], to: str | None, part: Part, *needs: str) -> Step:
    return Step(deed.value, states, to, frozenset({part.value}), needs, label=str(deed.label))


WAITING, RETURNED = OPEN
APPROVALS = Workflow(
    "approval",
    states=ApprovalState.values,
    labels=GIVEN | SIGNER,
    steps=(
        _step(Deed.SUBMIT, (), WAITING, Part.ASKER),
        _step(Deed.RESUBMIT, (RETURNED,), WAITING, Part.ASKER),
        _step(Deed.SIGN, (WAITING,), ApprovalState.APPROVED.value, Part.SIGNER),
        _step(Deed.SEND_BACK, (WAITING,), RETURNED, Part.SIGNER, "reason"),
        _step(Deed.FORWARD, (WAITING,), None, Part.SIGNER, "member_id"),
        _step(Deed.WITHDRAW, OPEN, ApprovalState.WITHDRAWN.value, Part.ASKER),
        _step(Deed.LAPSE, OPEN, ApprovalState.LAPSED.value, Part.PRODUCT),
    ),
)


def may_be_asked(state: str, hats: Collection[str]) -> list[str]:
    """The kinds that may be asked for in this state under these hats, as the matter's own table has it."""
    return [kind for kind, hat in ASKED_BY.items() if hat.value in hats and _step_of(kind).is_open_in(state)]


def check_asking(kind: str, state: str, hats: Collection[str]) -> None:
    if kind not in ASKED_BY:
        raise Refused("value.unknown_choice", text=kind[:40])
    if kind not in may_be_asked(state, hats):
        raise Refused("approval.not_now", state=State(state).label, kind=SigningKind(kind).label)


def still_stands(kind: str, state: str) -> bool:
    """Whether the step that was asked for could still be taken."""
    return _step_of(kind).is_open_in(state)


def may_sign(kind: str, hats: Collection[str]) -> bool:
    """A leader who could take the step himself."""
    return Hat.APPROVER.value in hats and _step_of(kind).is_for(hats)


def check_somebody_else(
    actor: Actor, asked_by: UUID | None, asked_label: str, handler_member_id: UUID | None
) -> None:
    """Neither who asked nor who handles the matter."""
    if is_same_person(actor, asked_by, asked_label) or is_handler(actor, handler_member_id):
        raise Refused("approval.own_request")


def needs_signature_to_close(grade: str, led_by: str) -> bool:
    """A dispute near to violence, and whatever a leader took upon himself, is not closed by the desk alone."""
    return grade == Grade.RED or bool(led_by)


def check_closing(grade: str, led_by: str, hats: Collection[str]) -> None:
    if needs_signature_to_close(grade, led_by) and Hat.APPROVER.value not in hats:
        raise Refused("approval.closing_needs_one")


def first_signer(candidates: Iterable[tuple[UUID, UUID | None]], shut_out: Collection[UUID]) -> UUID | None:
    """Of leaders in their order (member, account): the first who neither asks nor handles."""
    return next(
        (member for member, account in candidates if member not in shut_out and account not in shut_out), None
    )


def _step_of(kind: str) -> Step:
    return next(step for step in WORKFLOW.steps if step.action == STEP_OF[kind])
