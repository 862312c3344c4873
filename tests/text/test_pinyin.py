import pytest

from yicun.text.pinyin import full_pinyin, initials


@pytest.mark.parametrize(
    "name, spoken, letters",
    [
        ("朱口村", "zhukoucun", "zkc"),
        ("石辋村", "shiwangcun", "swc"),
        ("长兴村", "changxingcun", "cxc"),
        ("吕家坊村", "lvjiafangcun", "ljfc"),
        ("重庆路 12 号", "chongqinglu12hao", "cql12h"),
        ("A区", "aqu", "aq"),
        ("（无）", "wu", "w"),
        ("", "", ""),
    ],
)
def test_a_name_is_spelled(name: str, spoken: str, letters: str) -> None:
    assert (full_pinyin(name), initials(name)) == (spoken, letters)
