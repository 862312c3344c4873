from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yicun.kernel import words
from yicun.kernel.refusals import Refused
from yicun.kernel.workdays import SHANGHAI

LINES = [
    ("  朱口镇\u3000 神下村 ", "朱口镇 神下村"),
    ("神下村\n", "神下村"),
    ("a\u00a0\u2003b", "a b"),
    ("e\u0301cole", "école"),
    ("\ufeff神下\u200b村", "神下村"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "stored"), LINES)
def test_a_line_is_stored_clean(typed: str, stored: str) -> None:
    assert words.clean_line(typed, 20) == stored


TEXTS = [
    ("一\r\n二\r三", "一\n二\n三"),
    ("一\n\n\n\n二 \n", "一\n\n二"),
    ("\t一\t\t二  三", "一 二 三"),
    ("  \n 一", "一"),
]


@pytest.mark.parametrize(("typed", "stored"), TEXTS)
def test_a_text_keeps_its_lines(typed: str, stored: str) -> None:
    assert words.clean_text(typed, 20) == stored


CONTROLS = [
    ("a\x00b", "U+0000"),
    ("a\x1bb", "U+001B"),
    ("\x0ba", "U+000B"),
    ("a\x85b", "U+0085"),
    ("a\ud800", "U+D800"),
]


@pytest.mark.parametrize(("typed", "mark"), [*CONTROLS, ("a\nb", "U+000A"), ("a\tb", "U+0009")])
def test_a_line_with_control_characters_is_refused(typed: str, mark: str) -> None:
    with pytest.raises(Refused) as refused:
        words.clean_line(typed, 20)
    assert (refused.value.code, refused.value.facts["mark"]) == ("text.control_characters", mark)


@pytest.mark.parametrize(("typed", "mark"), CONTROLS)
def test_a_text_with_control_characters_is_refused(typed: str, mark: str) -> None:
    with pytest.raises(Refused) as refused:
        words.clean_text(typed, 20)
    assert (refused.value.code, refused.value.facts["mark"]) == ("text.control_characters", mark)


def test_a_text_is_as_long_as_it_is_stored() -> None:
    assert words.clean_line(" 一二三 ", 3) == "一二三"
    for clean in (words.clean_line, words.clean_text):
        with pytest.raises(Refused) as refused:
            clean("一二三四", 3)
        assert (refused.value.code, refused.value.facts) == ("value.too_long", {"most": 3, "length": 4})


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = words.clean_line(typed, 400)
    assert words.clean_line(once, 400) == once
    long = words.clean_text(typed, 400)
    assert words.clean_text(long, 400) == long


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), (" １２ ", 12), ("-3", -3), ("＋４", 4), ("007", 7)]
)
def test_a_number_is_read(typed: str, number: int) -> None:
    assert words.read_integer(typed, least=-5, most=20) == number


NUMBERS = [
    ("", "value.not_a_number"),
    ("十二", "value.not_a_number"),
    ("1.5", "value.not_a_number"),
    ("1e3", "value.not_a_number"),
    ("٣", "value.not_a_number"),
    ("9" * 5_000, "value.not_a_number"),
    ("21", "value.number_out_of_range"),
    ("-6", "value.number_out_of_range"),
]


@pytest.mark.parametrize(("typed", "code"), NUMBERS)
def test_a_wrong_number_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        words.read_integer(typed, least=-5, most=20)
    assert refused.value.code == code


def _read_date(typed: str) -> date:
    return words.read_date(typed, earliest=date(2000, 1, 1), latest=date(2026, 12, 31))


@pytest.mark.parametrize("typed", ["2026-09-28", " ２０２６－０９－２８ ", "20260928"])
def test_a_date_is_read(typed: str) -> None:
    assert _read_date(typed) == date(2026, 9, 28)


DATES = [
    ("", "value.not_a_date"),
    ("2026-02-30", "value.not_a_date"),
    ("王某", "value.not_a_date"),
    ("1900-01-01", "value.date_out_of_range"),
    ("2027-01-01", "value.date_out_of_range"),
]


@pytest.mark.parametrize(("typed", "code"), DATES)
def test_a_wrong_date_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        _read_date(typed)
    assert refused.value.code == code


def test_texts_are_compared_by_pairs_of_letters() -> None:
    assert words.bigrams("消防，通道！") == {"消防", "防通", "通道"}
    assert words.bigrams("ＡＢ c") == {"ab", "bc"}
    assert words.bigrams("水") == {"水"}
    assert words.bigrams("，") == set()


ALIKE = [
    ("消防通道被堵", "消防通道 被堵！", 1.0),
    ("消防通道", "防通道路", 2 / 3),
    ("消防通道", "邻里纠纷", 0.0),
    ("", "消防", 0.0),
    ("消防", "", 0.0),
]


@pytest.mark.parametrize(("a", "b", "expected"), ALIKE)
def test_likeness_is_the_share_in_common(a: str, b: str, expected: float) -> None:
    assert words.likeness(a, b) == words.likeness(b, a) == expected


NOW = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)

MOMENTS = [
    ("2026-11-23T18:00+08:00", "今天 18:00"),
    ("2026-11-24T09:05+08:00", "明天 09:05"),
    ("2026-11-22T23:59+08:00", "昨天 23:59"),
    ("2026-09-28T14:05+08:00", "9月28日 周一 14:05"),
    ("2025-09-28T14:05+08:00", "2025年9月28日 周日 14:05"),
    ("2027-01-01T00:00+08:00", "2027年1月1日 周五 00:00"),
    ("2026-11-23T16:30+00:00", "明天 00:30"),
]


@pytest.mark.parametrize(("at", "said"), MOMENTS)
def test_a_moment_is_said_as_seen_from_now(at: str, said: str) -> None:
    assert words.moment_words(datetime.fromisoformat(at), NOW) == said
