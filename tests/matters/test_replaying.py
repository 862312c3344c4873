"""Messages of a board run through the loop at their own times."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, SYSTEM
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.models import Clock, Entry, Matter
from yicun.matters.queries.replayed import counts_of, handled_of
from yicun.matters.rules.drafting import Draft
from yicun.matters.rules.replaying import Message
from yicun.matters.services.replaying import CHANNEL, body_for, replay
from yicun.territory import queries as territory

ASKED = datetime(2019, 4, 25, 9, 32, 9, tzinfo=SHANGHAI)
ANSWERED = datetime(2019, 5, 10, 14, 56, 53, tzinfo=SHANGHAI)
MESSAGE = Message(
    number=2,
    key="900001",
    title="小区物业停梯没人管",
    body="电梯停了三天，物业公司不修，业主委员会也不管。",
    reporter="A000001",
    asked_at=ASKED,
    answer="您好，电梯已于昨日修复，感谢关心。",
    answered_at=ANSWERED,
)


def run(message: Message) -> tuple[bool, str]:
    with scoped(SYSTEM):
        changed, refused = replay(message=message, actor=SYSTEM)
    return changed, refused.code if refused else ""


def stored(message: Message = MESSAGE) -> Matter:
    with scoped(SYSTEM):
        return Matter.objects.get(channel=CHANNEL, source_key=message.key)


def test_message_walks_the_whole_loop_at_its_own_times(loop: Loop) -> None:
    assert run(MESSAGE) == (True, "")
    matter = stored()
    assert (matter.state, matter.recorded_at, matter.fed_back_at, matter.ended_at) == (
        "closed",
        ASKED,
        ANSWERED,
        ANSWERED,
    )
    assert matter.answer == MESSAGE.answer
    with scoped(SYSTEM):
        steps = list(Entry.objects.filter(matter=matter).order_by("at", "id").values_list("verb", "at"))
    assert [verb for verb, _ in steps] == [
        "record",
        "accept",
        "assess",
        "assign",
        "take",
        "feed_back",
        "verify",
        "close",
    ]
    assert {at for _, at in steps[:5]} == {ASKED}
    assert {at for _, at in steps[5:]} == {ANSWERED}


def test_body_that_answered_does_not_verify_itself(loop: Loop) -> None:
    run(MESSAGE)
    with scoped(SYSTEM):
        who = dict(Entry.objects.filter(matter=stored()).values_list("verb", "actor_label"))
    assert who["feed_back"] == territory.unit_row(stored().handling_unit_id).name
    assert who["verify"] == who["close"] == SYSTEM.label != who["feed_back"]


def test_message_replayed_again_changes_nothing(loop: Loop) -> None:
    run(MESSAGE)
    with scoped(SYSTEM):
        before = Matter.objects.values().get(), AuditEntry.objects.count(), list(Clock.objects.values())
    assert run(MESSAGE) == (False, "")
    with scoped(SYSTEM):
        assert (
            Matter.objects.values().get(),
            AuditEntry.objects.count(),
            list(Clock.objects.values()),
        ) == before


@pytest.mark.parametrize(
    "changed,code",
    [
        ({"answer": ""}, "replay.answer_missing"),
        ({"answered_at": None}, "replay.answer_missing"),
        ({"answered_at": ASKED - timedelta(days=1)}, "replay.answer_too_early"),
    ],
)
def test_message_without_an_answer_stays_with_its_body(
    loop: Loop, changed: dict[str, Any], code: str
) -> None:
    unanswered = replace(MESSAGE, **changed)
    assert run(unanswered) == (True, code)
    assert stored().state == "handling"
    assert run(unanswered) == (False, code)
    assert run(MESSAGE) == (True, "")
    assert stored().state == "closed"


def test_message_that_stopped_half_way_goes_on(loop: Loop) -> None:
    with scoped(SYSTEM):
        draft = Draft(
            kind="service",
            channel=CHANNEL,
            source_key=MESSAGE.key,
            title=MESSAGE.title,
            details={"service_kind": "other"},
            happened_at=ASKED,
        )
        matter = services.record(draft=draft, actor=SYSTEM, now=ASKED)
        services.accept(matter_id=matter.pk, actor=SYSTEM, now=ASKED)
    assert run(MESSAGE) == (True, "")
    assert (stored().pk, stored().state) == (matter.pk, "closed")


def test_message_recorded_at_another_time_is_not_moved_back(loop: Loop) -> None:
    loop.record("zhou_yulan", kind="help", title="同一编号", channel=CHANNEL, source_key=MESSAGE.key)
    with pytest.raises(Refused) as refused, scoped(SYSTEM):
        replay(message=MESSAGE, actor=SYSTEM)
    assert refused.value.code == "replay.recorded_otherwise"
    assert stored().state == "recorded"


@pytest.mark.parametrize(
    "title,unit",
    [
        ("公安民警办理身份证太慢", "taining_bureau"),
        ("司法所人民调解没有结果", "shancheng_judicial"),
        ("无词可认", "hotline_12345"),
        ("税务局发票开不出来", "tax_bureau"),
    ],
)
def test_message_goes_to_the_body_its_words_name(loop: Loop, title: str, unit: str) -> None:
    with scoped(SYSTEM):
        assert body_for(title, "", date(2019, 4, 25)) == loop.cast.unit(unit)


def test_what_came_of_it_is_read_from_the_handling_clocks(loop: Loop) -> None:
    late = replace(MESSAGE, key="900002", answered_at=ASKED + timedelta(days=60))
    unanswered = replace(MESSAGE, key="900003", answer="")
    for message in (MESSAGE, late, unanswered):
        run(message)
    keys = ["900001", "900002", "900003", "900004"]
    with scoped(SYSTEM):
        assert counts_of(CHANNEL, keys, SYSTEM) == {"recorded": 3, "closed": 2}
        handled = sorted(handled_of(CHANNEL, keys, SYSTEM), key=lambda one: one.answered_at)
    # 17 May, 24:00: 15 working days after 25 April; 1 to 4 May are free, 28 April and 5 May make-up Sundays.
    assert handled[0].due_at == datetime(2019, 5, 18, tzinfo=SHANGHAI)
    assert [one.is_on_time for one in handled] == [True, False]
    assert {one.unit for one in handled} == {territory.unit_row(stored().handling_unit_id).name}


def test_replay_is_no_later_than_its_messages(loop: Loop) -> None:
    run(MESSAGE)
    with scoped(SYSTEM):
        happened = AuditEntry.objects.filter(subject="matters.matter").values_list("happened_at", flat=True)
        assert max(happened) == ANSWERED < NOW
