"""Which time limit applies, and what a ledger amounts to."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from yicun.kernel.clocks import Extension, ExtensionRule, Limit, Pause, Unit
from yicun.kernel.refusals import Refused
from yicun.matters.rules.limits import (
    LedgerEvent,
    LimitRow,
    check_extension,
    check_pause,
    is_paused,
    ledger_of,
    pending_extension,
    pick,
)

T1, T2, T3, T4 = (datetime(2026, 9, day, tzinfo=UTC) for day in (1, 2, 3, 4))


def row(article: str = "", **values: Any) -> LimitRow:
    plain: dict[str, Any] = {
        "id": uuid4(),
        "clock": "handling",
        "kind": "",
        "urgency": "",
        "channel": "",
        "unit": "working_day",
        "amount": 5,
        "pauses": ("materials",),
        "extension_most": 5,
        "article": article,
        "starts_on": date(2000, 1, 1),
        "ends_on": None,
    }
    return LimitRow(**(plain | values))


TABLE = [
    row("any"),
    row("hazard", kind="hazard"),
    row("urgent", urgency="urgent"),
    row("urgent hazard", urgency="urgent", kind="hazard"),
    row("board", channel="board"),
    row("urgent board", channel="board", urgency="urgent"),
    row("old help", kind="help", ends_on=date(2020, 1, 1)),
    row("new help", kind="help", starts_on=date(2020, 1, 1)),
    row("future service", kind="service", starts_on=date(2030, 1, 1)),
    row("acceptance", clock="acceptance"),
]


@pytest.mark.parametrize(
    ("clock", "kind", "urgency", "channel", "on", "expected"),
    [
        ("handling", "dispute", "ordinary", "doorstep", date(2026, 1, 1), "any"),
        ("handling", "hazard", "ordinary", "doorstep", date(2026, 1, 1), "hazard"),
        ("handling", "dispute", "urgent", "doorstep", date(2026, 1, 1), "urgent"),
        ("handling", "hazard", "urgent", "doorstep", date(2026, 1, 1), "urgent hazard"),
        ("handling", "hazard", "ordinary", "board", date(2026, 1, 1), "board"),
        ("handling", "hazard", "urgent", "board", date(2026, 1, 1), "urgent board"),
        ("handling", "help", "ordinary", "doorstep", date(2019, 12, 31), "old help"),
        ("handling", "help", "ordinary", "doorstep", date(2020, 1, 1), "new help"),
        ("handling", "help", "urgent", "doorstep", date(2026, 1, 1), "urgent"),
        ("handling", "service", "ordinary", "doorstep", date(2026, 1, 1), "any"),
        ("handling", "service", "ordinary", "doorstep", date(2030, 1, 1), "future service"),
        ("acceptance", "help", "urgent", "board", date(2026, 1, 1), "acceptance"),
    ],
)
def test_most_specific_limit_in_force_applies(
    clock: str, kind: str, urgency: str, channel: str, on: date, expected: str
) -> None:
    assert pick(TABLE, clock=clock, kind=kind, urgency=urgency, channel=channel, on=on).article == expected


def test_later_version_of_two_open_ones_applies() -> None:
    both = [row("first"), row("second", starts_on=date(2020, 1, 1))]
    found = pick(both, clock="handling", kind="help", urgency="", channel="", on=date(2026, 1, 1))
    assert found.article == "second"


@pytest.mark.parametrize(
    ("clock", "on"), [("verification", date(2026, 1, 1)), ("handling", date(1999, 12, 31))]
)
def test_clock_without_a_limit_is_refused_by_its_word(clock: str, on: date) -> None:
    with pytest.raises(Refused) as refused:
        pick(TABLE, clock=clock, kind="help", urgency="ordinary", channel="doorstep", on=on)
    assert refused.value.code == "matter.limit_missing"
    assert refused.value.facts == {"clock": {"verification": "核验", "handling": "办理"}[clock]}


def test_row_becomes_the_kernels_limit() -> None:
    assert row("art").limit == Limit(
        Unit.WORKING_DAY, 5, frozenset({"materials"}), ExtensionRule(3, 5), article="art"
    )
    assert row(extension_most=0).limit.extension is None


PAUSE, RESUME = LedgerEvent("pause", T1, "materials"), LedgerEvent("resume", T2)
AGAIN, BACK = LedgerEvent("pause", T3, "weather"), LedgerEvent("resume", T4)
ASK = LedgerEvent("extension_request", T2, "路断", 3, "王")
GRANT, REFUSE = LedgerEvent("extension", T3, "", 3, "陈"), LedgerEvent("extension_refusal", T3, "", 3, "陈")

# events, ledger, paused, pending
LEDGERS: list[tuple[list[LedgerEvent], tuple[Any, ...], bool, LedgerEvent | None]] = [
    ([], (), False, None),
    ([PAUSE], (Pause(T1, None, "materials"),), True, None),
    ([PAUSE, RESUME], (Pause(T1, T2, "materials"),), False, None),
    ([PAUSE, RESUME, AGAIN], (Pause(T1, T2, "materials"), Pause(T3, None, "weather")), True, None),
    ([PAUSE, RESUME, AGAIN, BACK], (Pause(T1, T2, "materials"), Pause(T3, T4, "weather")), False, None),
    ([ASK], (), False, ASK),
    ([ASK, GRANT], (Extension(3, T3, "陈"),), False, None),
    ([ASK, REFUSE], (), False, None),
    ([ASK, REFUSE, ASK], (), False, ASK),
    ([PAUSE, ASK, GRANT], (Pause(T1, None, "materials"), Extension(3, T3, "陈")), True, None),
]


@pytest.mark.parametrize(("events", "ledger", "paused", "pending"), LEDGERS)
def test_events_amount_to_a_ledger(
    events: list[LedgerEvent], ledger: tuple[Any, ...], paused: bool, pending: LedgerEvent | None
) -> None:
    assert ledger_of(events) == ledger
    assert is_paused(events) is paused
    assert pending_extension(events) == pending


def test_pause_for_an_allowed_reason_may_be_entered() -> None:
    check_pause(row(), [PAUSE, RESUME], "materials")
    assert not is_paused([PAUSE, RESUME])


@pytest.mark.parametrize(
    ("events", "reason", "code"),
    [([], "weather", "clock.pause_not_allowed"), ([PAUSE], "materials", "clock.already_paused")],
)
def test_pause_is_refused(events: list[LedgerEvent], reason: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_pause(row(), events, reason)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("most", "events", "amount", "code"),
    [
        (5, [ASK], 1, "extension.pending"),
        (5, [], 0, "value.not_a_number"),
        (5, [], -1, "value.not_a_number"),
        (0, [], 1, "clock.extension_not_allowed"),
        (5, [], 6, "clock.extension_too_long"),
        (5, [ASK, GRANT], 3, "clock.extension_too_long"),
        (9, [ASK, GRANT] * 3, 1, "clock.extension_not_allowed"),
        (5, [ASK, GRANT], 2, None),
        (5, [ASK, REFUSE], 5, None),
    ],
)
def test_extension_keeps_within_what_the_limit_allows(
    most: int, events: list[LedgerEvent], amount: int, code: str | None
) -> None:
    if code is None:
        check_extension(row(extension_most=most), events, amount)
        assert pending_extension(events) is None
        return
    with pytest.raises(Refused) as refused:
        check_extension(row(extension_most=most), events, amount)
    assert refused.value.code == code
