"""A workflow is a table of steps. It answers two questions: what is open, and may this step be taken."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from yicun.kernel.refusals import Refused
from yicun.kernel.words import listed


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table.

    `states` empty: the step that brings the thing into being, taken from the state None.
    `to` None: the state stays; unless `back_to` names states, to one of which the step leads back: where the thing
    stood before. `starts` and `ends` name clocks.
    """

    action: str
    states: tuple[str, ...]
    to: str | None
    roles: Collection[str]
    needs: tuple[str, ...] = ()
    starts: str | None = None
    ends: str | None = None
    label: str = ""
    back_to: tuple[str, ...] = ()

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The states in which the thing may stand afterwards; empty where the state stays."""
        return (self.to,) if self.to else self.back_to

    @property
    def word(self) -> str:
        return self.label or self.action

    def is_open_in(self, state: str | None) -> bool:
        return state in self.states if self.states else state is None

    def is_for(self, roles: Iterable[str]) -> bool:
        return not set(self.roles).isdisjoint(roles)


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Collection) and not value)


class Workflow:
    """Checks itself when built, so that a wrong table never serves a request.

    `states` (when given) are all states there are; `initial` is the state things begin in when no step
    creates them; `labels` are the Chinese words of the fields that steps need.
    """

    def __init__(
        self,
        name: str,
        steps: Iterable[Step],
        *,
        states: Collection[str] | None = None,
        initial: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.steps = tuple(steps)
        self._labels = dict(labels or {})
        self._by_action = {step.action: step for step in self.steps}
        self._check_steps()
        self.states = self._check_states(states, initial)

    def _check_steps(self) -> None:
        if not self.steps:
            raise ValueError(f"{self.name}: no steps")
        actions = [step.action for step in self.steps]
        twice = sorted({action for action in actions if actions.count(action) > 1})
        if twice:
            raise ValueError(f"{self.name}: duplicate action {', '.join(twice)}")
        for step in self.steps:
            if not step.roles:
                raise ValueError(f"{self.name}: nobody may {step.action}")
            if not step.states and step.to is None:
                raise ValueError(f"{self.name}: {step.action} starts and ends nowhere")
            if step.to and step.back_to:
                raise ValueError(f"{self.name}: {step.action} leads both on and back")

    def _check_states(self, declared: Collection[str] | None, initial: str | None) -> tuple[str, ...]:
        named = dict.fromkeys(state for step in self.steps for state in (*step.states, *step.leads_to))
        states = dict.fromkeys(declared) if declared is not None else named
        unknown = [state for state in (*named, *filter(None, [initial])) if state not in states]
        if unknown:
            raise ValueError(f"{self.name}: unknown state {', '.join(unknown)}")
        reached = self._reachable(initial)
        lost = [state for state in states if state not in reached]
        if lost:
            raise ValueError(f"{self.name}: unreachable state {', '.join(lost)}")
        return tuple(str(state) for state in states)

    def _reachable(self, initial: str | None) -> set[str]:
        reached = {step.to for step in self.steps if not step.states and step.to}
        if initial is not None:
            reached.add(initial)
        elif not reached:
            reached.add(self.steps[0].states[0])
        while True:
            open_now = (step for step in self.steps if not reached.isdisjoint(step.states))
            further = {state for step in open_now for state in step.leads_to} - reached
            if not further:
                return reached
            reached |= further

    def open_steps(self, state: str | None, roles: Iterable[str]) -> tuple[Step, ...]:
        held = frozenset(roles)
        return tuple(step for step in self.steps if step.is_open_in(state) and step.is_for(held))

    def take(self, action: str, state: str | None, roles: Iterable[str], given: Mapping[str, object]) -> Step:
        step = self._by_action.get(action)
        if step is None:
            raise Refused("step.unavailable", action=action, step=action, state=state)
        if not step.is_open_in(state):
            raise Refused("step.unavailable", action=step.word, step=action, state=state)
        if not step.is_for(roles):
            raise Refused("step.forbidden", action=step.word, step=action)
        missing = tuple(name for name in step.needs if _is_blank(given.get(name)))
        if missing:
            fields = listed(self._labels.get(name, name) for name in missing)
            raise Refused("step.incomplete", action=step.word, step=action, fields=fields, missing=missing)
        return step

    def as_table(self) -> list[dict[str, object]]:
        return [
            {
                "action": step.action,
                "label": step.word,
                "states": [str(state) for state in step.states],
                "to": None if step.to is None else str(step.to),
                "back_to": [str(state) for state in step.back_to],
                "roles": sorted(str(role) for role in step.roles),
                "needs": list(step.needs),
                "starts": step.starts,
                "ends": step.ends,
            }
            for step in self.steps
        ]
