"""Which body a text belongs to, and which matters read alike."""

import pytest

from yicun.matters.rules.routing import Keyword, Keywords, likely_duplicates, route

WORDS = [
    Keyword("路灯", "urban_management", 2),
    Keyword("停电", "power_supply", 3),
    Keyword("工资", "labour", 3),
    Keyword("停", "transport", 1),
]


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("", "", None),
        ("天气很好", "没有什么事", None),
        ("路灯不亮", "", "urban_management"),
        ("小区问题", "已经停电三天", "power_supply"),
        # in the title 3 x 2 = 6 against 3 + 1 in the text
        ("路灯", "停电", "urban_management"),
        # 3 x 3 + 3 = 12 against 6 + 2 = 8
        ("停电路灯", "停电路灯", "power_supply"),
        # 3 against 3: what is named first
        ("", "工资、停电", "labour"),
        ("停电", "工资", "power_supply"),
        ("", "停电、工资", "power_supply"),
    ],
)
def test_heaviest_words_name_the_body(title: str, body: str, expected: str | None) -> None:
    assert route(title, body, Keywords(WORDS)) == expected


def test_text_finds_what_reads_alike_the_likeliest_first() -> None:
    found = likely_duplicates(
        "朱口村桥头路灯不亮",
        [("other", "老人走失"), ("near", "朱口村桥头的路灯坏了"), ("same", "朱口村桥头路灯不亮")],
    )
    assert [key for key, _score in found] == ["same", "near"]
    assert found[0][1] == 1.0


def test_at_most_five_duplicates_are_shown() -> None:
    found = likely_duplicates("路灯不亮", [(n, "路灯不亮") for n in range(9)])
    assert [key for key, _score in found] == [0, 1, 2, 3, 4]
