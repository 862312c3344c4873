"""Which of the open steps are offered, and which one first."""

import pytest

from yicun.matters.rules.panel import AFTER, FIRST, Panel, Situation, panel
from yicun.matters.terms import Action

HANDLER = ("feed_back", "note", "pause", "resume", "request_extension", "reply", "return_back")
LEADER = ("approve_extension", "refuse_extension", "defer", "instruct", "remind")


@pytest.mark.parametrize(
    ("open_actions", "situation", "first", "others"),
    [
        ((), Situation(), "", ()),
        (("note", "attach"), Situation(), "", ("note", "attach")),
        (HANDLER, Situation(), "feed_back", ("note", "return_back")),
        (HANDLER, Situation(pauses=("weather",)), "feed_back", ("note", "return_back", "pause")),
        (HANDLER, Situation(pauses=("deferral",)), "feed_back", ("note", "return_back")),
        (
            HANDLER,
            Situation(is_paused=True, pauses=("weather",)),
            "feed_back",
            ("note", "return_back", "resume"),
        ),
        (HANDLER, Situation(can_extend=True), "feed_back", ("note", "return_back", "request_extension")),
        (
            HANDLER,
            Situation(can_extend=True, has_pending_extension=True),
            "feed_back",
            ("note", "return_back"),
        ),
        (HANDLER, Situation(has_open_instruction=True), "reply", ("feed_back", "note", "return_back")),
        (LEADER, Situation(), "", ("instruct", "remind")),
        (
            LEADER,
            Situation(has_pending_extension=True, pauses=("deferral",)),
            "approve_extension",
            ("refuse_extension", "defer", "instruct", "remind"),
        ),
        (("verify", "rework", "note"), Situation(), "verify", ("rework", "note")),
        (("verify", "rework", "note"), Situation(is_own_feedback=True), "", ("note",)),
    ],
)
def test_the_panel_offers_what_makes_sense(
    open_actions: tuple[str, ...], situation: Situation, first: str, others: tuple[str, ...]
) -> None:
    assert panel(open_actions, situation) == Panel(first, others)


def test_every_step_has_its_place_on_the_panel() -> None:
    """But those that no page of one matter offers: a batch is taken back as a whole."""
    assert sorted((*FIRST, *AFTER)) == sorted(set(Action) - {Action.RECORD, Action.UNDO})
