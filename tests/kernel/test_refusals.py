from collections.abc import Iterator

import pytest

from yicun.kernel import refusals
from yicun.kernel.refusals import STATUS, Kind, Refused, Sentence, all_codes, register, sentence
from yicun.kernel.words import REFUSALS


@pytest.fixture(autouse=True)
def _own_register() -> Iterator[None]:
    before = all_codes()
    yield
    refusals._REGISTER.clear()
    register(before)


def test_a_refusal_carries_code_facts_kind_and_sentence() -> None:
    refused = Refused("step.forbidden", action="派发", step="assign")
    assert (refused.code, refused.kind, refused.status) == ("step.forbidden", "forbidden", 403)
    assert refused.facts == {"action": "派发", "step": "assign"}
    assert sentence(refused) == "您的岗位不能进行“派发”"
    assert str(refused) == "step.forbidden {'action': '派发', 'step': 'assign'}"


KINDS: list[tuple[Kind, int]] = [
    ("unreadable", 400),
    ("unauthenticated", 401),
    ("forbidden", 403),
    ("not_found", 404),
    ("wrong_method", 405),
    ("conflict", 409),
    ("too_large", 413),
    ("wrong_media", 415),
    ("invalid", 422),
    ("broken", 500),
    ("unavailable", 503),
]


@pytest.mark.parametrize(("kind", "status"), KINDS)
def test_a_kind_has_its_http_status(kind: Kind, status: int) -> None:
    register({"test.kind": Sentence(kind, "不行")})
    assert Refused("test.kind").status == status


def test_every_kind_has_a_status() -> None:
    assert dict(STATUS) == dict(KINDS)


def test_facts_are_never_read_as_a_pattern() -> None:
    assert sentence(Refused("value.malformed", text="{code} %s")) == "“{code} %s”的格式不正确"


def test_an_unknown_code_is_a_programming_error() -> None:
    with pytest.raises(LookupError, match=r"unknown refusal code: no\.such"):
        Refused("no.such")


def test_a_missing_fact_is_a_programming_error() -> None:
    with pytest.raises(LookupError, match=r"value\.too_long needs the facts length, most"):
        Refused("value.too_long")


def test_the_identical_sentence_may_be_registered_again() -> None:
    before = all_codes()
    register({"value.required": Sentence("invalid", "请填写{label}")})
    assert all_codes() == before


@pytest.mark.parametrize("other", [Sentence("invalid", "请填{label}"), Sentence("conflict", "请填写{label}")])
def test_a_different_sentence_for_a_code_is_refused_whole(other: Sentence) -> None:
    with pytest.raises(ValueError, match=r"two different sentences for value\.required"):
        register({"test.first": Sentence("invalid", "一"), "value.required": other})
    assert "test.first" not in all_codes()


@pytest.mark.parametrize("code", ["plain", "Step.bad", "step.", ".bad", "step.not-this", ""])
def test_a_code_is_dotted_lower_snake_case(code: str) -> None:
    with pytest.raises(ValueError, match="dotted lower snake case"):
        register({code: Sentence("invalid", "不行")})


@pytest.mark.parametrize("text", ["{}", "{0}", "{fact.secret}", "{fact[0]}"])
def test_a_fact_is_a_plain_word(text: str) -> None:
    with pytest.raises(ValueError, match="plain word"):
        Sentence("invalid", text)


def test_an_unknown_kind_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="unknown kind of refusal: rude"):
        Sentence("rude", "不行")  # type: ignore[arg-type]


KERNEL = [
    ("clock.amount_out_of_range", {"amount": 0, "most": 3650}, "时限的数量应在 1 至 3650 之间，收到的是 0"),
    ("clock.calendar_contradicts", {"day": "2027-01-02"}, "2027-01-02 既列为放假又列为调休上班"),
    (
        "clock.calendar_day_misplaced",
        {"day": "2026-05-01", "year": 2027},
        "2026-05-01 不属于 2027 年的放假安排",
    ),
    ("clock.extension_not_allowed", {"times": 1}, "该时限不允许再延长：最多延长 1 次"),
    ("clock.extension_too_long", {"most": 10, "room": 4}, "延长过多：合计最多延长 10，还可延长 4"),
    (
        "clock.limit_malformed",
        {"text": "五天"},
        "看不懂时限“五天”，请写成 5 working_days、15 days 或 24 hours",
    ),
    ("clock.make_up_not_on_weekend", {"day": "2027-01-04"}, "2027-01-04 不是周末，不能列为调休上班日"),
    ("clock.pause_malformed", {"text": "明天"}, "看不懂暂停期间“明天”，请写成 2026-09-30..2026-10-02"),
    ("clock.pause_not_allowed", {"reason": "holiday"}, "该时限不允许以此理由暂停"),
    (
        "clock.pause_reversed",
        {"starts": "2026-10-02", "ends": "2026-09-30"},
        "暂停期间的结束（2026-09-30）早于开始（2026-10-02）",
    ),
    (
        "clock.start_malformed",
        {"text": "昨天"},
        "看不懂起算时间“昨天”，请写成 2026-09-28 或 2026-09-28T10:00",
    ),
    ("clock.time_without_zone", {"text": "2026-11-23T10:00"}, "时间“2026-11-23T10:00”没有时区"),
    ("id.not_version_7", {"id": "7"}, "编号 7 不是第 7 版 UUID"),
    ("step.forbidden", {"action": "派发"}, "您的岗位不能进行“派发”"),
    ("step.incomplete", {"action": "派发", "fields": "承办单位"}, "“派发”还需填写：承办单位"),
    ("step.unavailable", {"action": "派发"}, "当前状态不能进行“派发”"),
    ("text.control_characters", {"mark": "U+0000"}, "文字中含有不能保存的控制字符（U+0000）"),
    (
        "value.date_out_of_range",
        {"day": "1900-01-01", "earliest": "1950-01-01", "latest": "2199-12-31"},
        "日期 1900-01-01 超出范围，应在 1950-01-01 至 2199-12-31 之间",
    ),
    ("value.malformed", {"text": "abc"}, "“abc”的格式不正确"),
    ("value.not_a_date", {"text": "abc"}, "“abc”不是日期，请写成 2026-09-28"),
    ("value.not_a_number", {"text": "abc"}, "“abc”不是整数"),
    ("value.number_out_of_range", {"number": 9, "least": 1, "most": 5}, "9 超出范围，应在 1 至 5 之间"),
    ("value.required", {"label": "地点"}, "请填写地点"),
    ("value.too_long", {"most": 5, "length": 9}, "文字过长：最多 5 个字，现有 9 个字"),
    ("value.unknown_choice", {"text": "其它"}, "没有“其它”这个选项"),
]


@pytest.mark.parametrize(("code", "facts", "said"), KERNEL)
def test_the_kernel_says_each_refusal(code: str, facts: dict[str, object], said: str) -> None:
    assert sentence(Refused(code, **facts)) == said


def test_no_sentence_of_the_kernel_is_left_unsaid() -> None:
    assert sorted(code for code, _, _ in KERNEL) == sorted(REFUSALS)
