"""Which of the open steps are offered, and which first."""

from typing import Any

import pytest

from yicun.matters.rules.panel import AFTER, FIRST, Panel, Situation, panel
from yicun.matters.services.stepping import WAYS

HANDLERS = ("pause", "resume", "request_extension", "feed_back", "note")


@pytest.mark.parametrize(
    ("open_actions", "situation", "first", "others"),
    [
        ((), {}, "", ()),
        (("accept", "decline", "note"), {}, "accept", ("note", "decline")),
        (("note", "remind"), {}, "", ("note", "remind")),
        (("reply", "feed_back"), {}, "feed_back", ()),
        (("reply", "feed_back"), {"has_open_instruction": True}, "reply", ("feed_back",)),
        (("verify", "rework", "note"), {}, "verify", ("rework", "note")),
        (("verify", "rework", "note"), {"is_own_feedback": True}, "", ("note",)),
        (HANDLERS, {}, "feed_back", ("note",)),
        (
            HANDLERS,
            {"pauses": ("materials",), "can_extend": True},
            "feed_back",
            ("note", "pause", "request_extension"),
        ),
        (HANDLERS, {"pauses": ("materials",), "is_paused": True}, "feed_back", ("note", "resume")),
        (HANDLERS, {"pauses": ("deferral",)}, "feed_back", ("note",)),
        (HANDLERS, {"can_extend": True, "has_pending_extension": True}, "feed_back", ("note",)),
        (("defer", "approve_extension", "refuse_extension"), {"pauses": ("weather",)}, "", ()),
        (
            ("defer", "approve_extension", "refuse_extension"),
            {"pauses": ("deferral",), "has_pending_extension": True},
            "approve_extension",
            ("refuse_extension", "defer"),
        ),
    ],
)
def test_only_steps_that_make_sense_are_offered(
    open_actions: tuple[str, ...], situation: dict[str, Any], first: str, others: tuple[str, ...]
) -> None:
    assert panel(open_actions, Situation(**situation)) == Panel(first, others)


def test_every_step_has_its_place_on_the_panel() -> None:
    places = [action.value for action in (*FIRST, *AFTER)]
    assert sorted(places) == sorted([*WAYS, "attach"])
