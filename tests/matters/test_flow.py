"""The workflow of a matter, walked from end to end: every action from every state under every hat."""

import re
from importlib import import_module
from typing import Any

import pytest

from yicun.kernel.refusals import Refused
from yicun.matters.rules.bulk import moves_back
from yicun.matters.rules.flow import ENDED, OPEN, WORKFLOW
from yicun.matters.rules.hats import Hat
from yicun.matters.services.stepping import WAYS
from yicun.matters.terms import Action, State

# An undone batch alone takes it: nobody is offered it, and its state comes from what the batch kept.
UNDOING = ("accepted assessed assigned closed", "", "undoer", "", "", False)
# action: states it starts from, state it leads to, hats, what must be given, clock it starts, whether a clock ends
EXPECTED: dict[str, tuple[str, str, str, str, str, bool]] = {
    "undo": UNDOING,
    "accept": ("recorded", "accepted", "desk", "", "assessment", True),
    "decline": ("recorded accepted", "declined", "desk", "reason", "", True),
    "merge": ("recorded accepted assessed assigned handling", "merged", "desk", "into_id", "", True),
    "unmerge": ("merged", "", "desk", "reason", "", False),
    "reassign": ("assigned handling", "assigned", "desk lead tie_breaker", "unit_id reason", "", False),
    "hand_over": (
        "assigned handling deferred fed_back verified",
        "",
        "handler lead",
        "to_member_id reason",
        "",
        False,
    ),
    "assess": ("accepted", "assessed", "desk", "urgency", "assignment", True),
    "assign": ("assessed", "assigned", "desk tie_breaker", "unit_id", "handling", True),
    "take": ("assigned", "handling", "handler", "", "", False),
    "return_back": ("assigned handling", "assessed", "handler", "reason", "assignment", True),
    "add_co_handler": ("assigned handling", "", "desk handler", "unit_id text", "", False),
    "answer_as_co_handler": ("assigned handling", "", "co_handler", "text", "", False),
    "pause": ("handling", "", "handler", "pause_reason text", "", False),
    "resume": ("handling", "", "handler", "", "", False),
    "request_extension": ("handling", "", "handler", "amount reason", "", False),
    "approve_extension": ("handling", "", "approver", "", "", False),
    "refuse_extension": ("handling", "", "approver", "reason", "", False),
    "defer": ("handling", "deferred", "approver", "reason", "", False),
    "reactivate": ("deferred", "handling", "handler approver", "", "", False),
    "feed_back": ("handling", "fed_back", "handler", "result", "verification", True),
    "verify": ("fed_back", "verified", "desk tie_breaker", "", "", False),
    "rework": ("fed_back", "handling", "desk tie_breaker", "reason", "rework", True),
    "close": ("verified", "closed", "desk tie_breaker", "", "", True),
    "reopen": ("closed declined", "assessed", "desk", "reason", "assignment", False),
    "remind": (
        "recorded accepted assessed fed_back verified assigned handling deferred",
        "",
        "supervisor desk",
        "text",
        "",
        False,
    ),
    "instruct": (
        "recorded accepted assessed fed_back verified assigned handling deferred",
        "",
        "supervisor",
        "text",
        "",
        False,
    ),
    "reply": (
        "recorded accepted assessed fed_back verified assigned handling deferred",
        "",
        "handler desk",
        "text",
        "",
        False,
    ),
    "accept_reply": (
        "recorded accepted assessed fed_back verified assigned handling deferred",
        "",
        "supervisor",
        "",
        "",
        False,
    ),
    "send_back_reply": (
        "recorded accepted assessed fed_back verified assigned handling deferred",
        "",
        "supervisor",
        "reason",
        "",
        False,
    ),
    "ask_approval": (
        "recorded accepted assessed handling verified",
        "",
        "desk handler",
        "ask reason",
        "",
        False,
    ),
    "rate": ("verified closed", "", "desk tie_breaker reporter", "satisfaction", "", False),
    "note": (
        "recorded accepted assessed fed_back verified assigned handling deferred",
        "",
        "desk handler co_handler recorder reporter",
        "text",
        "",
        False,
    ),
    "attach": (
        "recorded accepted assessed fed_back verified assigned handling deferred",
        "",
        "desk handler co_handler recorder reporter",
        "file",
        "",
        False,
    ),
}
NEEDED = (
    "reason",
    "urgency",
    "unit_id",
    "result",
    "text",
    "into_id",
    "to_member_id",
    "amount",
    "satisfaction",
    "pause_reason",
    "file",
    "ask",
)
EVERYTHING: dict[str, Any] = dict.fromkeys(NEEDED, "x")


@pytest.mark.parametrize("action", EXPECTED)
def test_step_reads_as_the_table_says(action: str) -> None:
    states, to, hats, needs, starts, ends = EXPECTED[action]
    line = next(line for line in WORKFLOW.as_table() if line["action"] == action)
    assert line["states"] == states.split()
    assert line["to"] == (to or None)
    assert line["roles"] == sorted(hats.split())
    assert line["needs"] == needs.split()
    assert line["starts"] == (starts or None)
    assert line["ends"] == ("running" if ends else None)
    assert line["label"] == Action(action).label


def test_workflow_has_no_step_beyond_the_table() -> None:
    assert {step.action for step in WORKFLOW.steps} == EXPECTED.keys()
    assert {action.value for action in Action} - EXPECTED.keys() == {"record"}
    assert EXPECTED.keys() - WAYS.keys() == {"attach", "undo"}


@pytest.mark.parametrize("action", EXPECTED)
def test_step_is_open_exactly_in_its_states_and_under_its_hats(action: str) -> None:
    states, to, hats, _needs, _starts, _ends = EXPECTED[action]
    for state in State.values:
        for hat in Hat:
            outcome = _outcome(action, state, hat)
            if state not in states.split():
                assert outcome == "step.unavailable", (state, hat)
            elif hat not in hats.split():
                assert outcome == "step.forbidden", (state, hat)
            else:
                assert outcome == (to or None), (state, hat)


def _outcome(action: str, state: str, hat: Hat) -> str | None:
    try:
        return WORKFLOW.take(action, state, {hat.value}, EVERYTHING).to
    except Refused as refused:
        return refused.code


@pytest.mark.parametrize("action", [action for action, line in EXPECTED.items() if line[3]])
def test_step_names_each_thing_that_is_missing(action: str) -> None:
    states, _to, hats, needs, _starts, _ends = EXPECTED[action]
    for name in needs.split():
        with pytest.raises(Refused) as refused:
            WORKFLOW.take(action, states.split()[0], hats.split(), EVERYTHING | {name: " "})
        assert (refused.value.code, refused.value.facts["missing"]) == ("step.incomplete", (name,))


def test_database_lets_a_state_change_exactly_as_the_workflow_does() -> None:
    trigger = import_module("yicun.matters.migrations.0009_lineage").STATE
    pairs = re.findall(r"'(\w+>\w+)'", trigger)
    walked = {(state, to) for step in WORKFLOW.steps for state in step.states for to in step.leads_to}
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {f"{start}>{to}" for start, to in walked if start != to} | moves_back()


def test_only_a_merge_taken_back_leads_back_and_only_to_where_one_may_be_merged() -> None:
    back = {step.action: set(step.back_to) for step in WORKFLOW.steps if step.back_to}
    assert back == {"unmerge": set(EXPECTED["merge"][0].split())}


def test_matter_is_either_open_or_ended() -> None:
    assert frozenset({"closed", "declined", "merged"}) == ENDED
    assert set(OPEN) | ENDED == set(State.values)
    assert not set(OPEN) & ENDED


def test_nobody_without_a_hat_sees_a_button() -> None:
    assert [WORKFLOW.open_steps(state, ()) for state in State.values] == [()] * len(State.values)
