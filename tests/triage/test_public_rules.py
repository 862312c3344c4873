"""The follow-up code, and what its holder may still do."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yicun.kernel.refusals import Refused
from yicun.matters.terms import State
from yicun.triage import rules
from yicun.triage.terms import MILESTONES, STATE_WORDS, Concern

KEY = UUID("019389f2-1111-7000-8000-000000000001")
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def refusal(code: str) -> str:
    with pytest.raises(Refused) as refused:
        rules.plain_code(code)
    return refused.value.code


@given(st.uuids(version=4), st.binary(min_size=1, max_size=40))
def test_a_code_survives_being_shown_and_typed_again(key: UUID, secret: bytes) -> None:
    code = rules.code_of(key, secret)
    assert len(code) == rules.LENGTH
    assert rules.plain_code(rules.spaced(code)) == code
    assert rules.plain_code(f" {rules.spaced(code).lower().replace('-', ' ')} ") == code
    assert rules.code_of(key, secret) == code
    assert rules.code_of(key, secret + b"x") != code


def test_codes_use_every_sign_and_none_that_is_misread() -> None:
    signs = {sign for number in range(400) for sign in rules.code_of(UUID(int=number), b"secret")}
    assert signs == set(rules.SIGNS)
    assert not signs & set("01OIL")


@pytest.mark.parametrize(
    "typed", ["", "ABCD", "ABCD-EFGH-JKM0", "ABCD-EFGH-JKMN-P", "一二三四五六七八九十甲乙"]
)
def test_something_that_is_no_code_is_refused(typed: str) -> None:
    assert refusal(typed) == "report.code_malformed"


def test_every_state_and_every_milestone_has_plain_words() -> None:
    assert set(STATE_WORDS) == set(State.values)
    assert len(set(MILESTONES.values())) == len(MILESTONES)


@pytest.mark.parametrize(
    ("state", "rated_at", "code"),
    [
        ("verified", None, ""),
        ("closed", None, ""),
        ("closed", AT, "report.already_rated"),
        ("fed_back", None, "report.not_finished"),
        ("declined", None, "report.not_finished"),
    ],
)
def test_an_answer_is_rated_once(state: str, rated_at: datetime | None, code: str) -> None:
    assert rules.may_rate(state, rated_at) is (code == "")
    if not code:
        rules.check_rating(state, rated_at)
        return
    with pytest.raises(Refused) as refused:
        rules.check_rating(state, rated_at)
    assert refused.value.code == code


def test_nothing_is_added_to_what_is_over() -> None:
    rules.check_supplement("handling")
    with pytest.raises(Refused) as refused:
        rules.check_supplement("closed")
    assert refused.value.code == "report.finished"


def test_three_photos_will_do() -> None:
    rules.check_photos(3)
    with pytest.raises(Refused) as refused:
        rules.check_photos(4)
    assert refused.value.code == "report.too_many_photos"


def test_what_the_public_need_not_know_is_left_unsorted() -> None:
    assert {concern.value: rules.details_of(concern) for concern in Concern} == {
        "help": {},
        "hazard": {"hazard_kind": "other"},
        "dispute": {"dispute_type": "99"},
        "service": {"service_kind": "other"},
        "information": {},
    }
