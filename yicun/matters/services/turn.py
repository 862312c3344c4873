"""One step under way, in memory: what a service fills in before anything is stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from yicun.force.terms.leave import SigningKind
from yicun.kernel.actor import Actor
from yicun.kernel.workflow import Step
from yicun.matters.models import Clock, Matter
from yicun.matters.terms.approvals import AGREED

# Columns that a step may change; the version goes up by itself.
COLUMNS = tuple(
    field.attname
    for field in Matter._meta.concrete_fields
    if field.attname not in ("id", "version", "changed_by")
)
# To whom a line goes: kind, unit, account.
Notice = tuple[str, int | None, UUID | None]


@dataclass
class Turn:
    """One step under way: the locked matter, who takes it, when. Fields set on `matter` are saved at the end.

    `before`: the matter's columns when the turn began; `grants`: ids under which sight was given on the way;
    `signed`: kinds of request that this step settles, with the opinion.
    """

    matter: Matter
    step: Step
    actor: Actor
    now: datetime
    hats: frozenset[str]
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    to: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    grants: list[UUID] = field(default_factory=list)
    started: Clock | None = None
    signed: list[tuple[SigningKind, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.to = self.step.to
        self.before = {name: getattr(self.matter, name) for name in COLUMNS}

    @property
    def changes(self) -> dict[str, Any]:
        """What of the matter is different now, by column."""
        now = {name: getattr(self.matter, name) for name in COLUMNS}
        return {name: value for name, value in now.items() if value != self.before[name]}


Fill = Callable[[Turn], None]


def announce(turn: Turn, kind: str, *, unit_id: int | None = None, account_id: UUID | None = None) -> None:
    """A line in somebody's inbox, written with the step."""
    turn.notices.append((kind, unit_id, account_id))


def settled(turn: Turn, kind: SigningKind, opinion: str) -> None:
    """The request for this step, if one is waiting, is signed with it."""
    turn.signed.append((kind, opinion or AGREED))


def back_to_desk(turn: Turn) -> None:
    """In nobody's hands but the desk's; who handled it before keeps his lines in the history."""
    turn.matter.handling_unit_id = turn.matter.desk_unit_id
    turn.matter.handler_member_id = None
    turn.matter.handler_label = ""
