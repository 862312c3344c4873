from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yicun.kernel.masking import (
    id_number_is_valid,
    mask_bank_card,
    mask_house_numbers,
    mask_id_number,
    mask_name,
    mask_phone,
    mask_plate,
    mask_text,
    passes_luhn,
)

NAMES = [
    ("张三", "张*"),
    ("张三丰", "张**"),
    ("欧阳锋", "欧阳*"),
    ("诸葛孔明", "诸葛**"),
    ("欧阳", "欧*"),
    (" 李 ", "*"),
    ("", ""),
    ("阿不都·热合曼", "阿**·热**"),
    ("John Smith", "J*** S****"),
]


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_a_name_keeps_its_surname(name: str, shown: str) -> None:
    assert mask_name(name) == shown


PHONES = [
    ("13812345678", "138****5678"),
    ("138-1234-5678", "138-****-5678"),
    ("+86 138 1234 5678", "+86 138 **** 5678"),
    ("１３８１２３４５６７８", "１３８****５６７８"),
    ("0598-7832110", "****-****110"),
    ("7832110", "****110"),
    ("110", "***"),
]


@pytest.mark.parametrize(("phone", "shown"), PHONES)
def test_a_phone_number_loses_its_middle(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


def test_numbers_keep_what_tells_them_apart() -> None:
    assert mask_id_number("11010519491231002X") == "110*************2X"
    assert mask_bank_card("6222 0212 3456 7890") == "**** **** **** 7890"
    assert mask_plate("闽G·12345") == "闽G·***45"
    assert mask_house_numbers("朱口镇3-12号2幢502室，共15户") == "朱口镇*-**号*幢***室，共15户"


IDS = [
    ("11010519491231002X", True),
    ("11010519491231002x", True),
    ("１１０１０５１９４９１２３１００２Ｘ", True),
    ("440524188001010014", True),
    ("110105194912310021", False),  # checksum
    ("110105194902300028", False),  # 30 February
    ("990105194912310025", False),  # no such province
    ("110105491231002", True),
    ("110105491331002", False),  # thirteenth month
    ("11010549123100", False),
    ("", False),
    ("abc", False),
]


@pytest.mark.parametrize(("number", "is_valid"), IDS)
def test_an_id_number_is_told_by_its_checksum(number: str, is_valid: bool) -> None:
    assert id_number_is_valid(number) is is_valid


@pytest.mark.parametrize(("number", "passes"), [("79927398713", True), ("79927398710", False)])
def test_a_card_number_is_told_by_luhn(number: str, passes: bool) -> None:
    assert passes_luhn(number) is passes


TEXTS = [
    ("身份证11010519491231002X，住神下村", "身份证110*************2X，住神下村"),
    ("证号：１１０１０５１９４９１２３１００２Ｘ", "证号：１１０*************２Ｘ"),
    ("110105 19491231 002x", "110*** ******** **2x"),
    ("20 11010519491231 002X", "20 110*********** **2X"),  # a number before it
    ("2026092811010519491231002X3", "20260928110*************2X3"),  # glued to others
    ("旧证110105491231002号", "旧证110**********02号"),
    ("单号110105194912310021", "单号110105194912310021"),  # wrong checksum
    ("电话13812345678。", "电话138****5678。"),
    ("+8613812345678", "+86138****5678"),
    ("0086 138 1234 5678", "0086 138 **** 5678"),
    ("1381-234-5678", "138*-***-5678"),
    ("138-123-45678", "138-***-*5678"),
    ("单号13812345678901", "单号13812345678901"),
    ("固话0598-7832110", "固话0598-****110"),
    ("(0598)7832110", "(0598)****110"),
    ("（０５９８）７８３２１１０", "（０５９８）****１１０"),
    ("010 62345678", "010 *****678"),
    ("卡号6222021234567894", "卡号************7894"),
    ("卡号6222 0212 3456 7894 123元", "卡号**** **** **** 7894 123元"),
    ("单号6222021234567890", "单号6222021234567890"),  # fails Luhn
    ("车牌闽G·12345和闽GD12345", "车牌闽G·***45和闽G****45"),
    ("警车闽G1234警", "警车闽G***4警"),
    ("2026年9月28日，12345热线，拨打119", "2026年9月28日，12345热线，拨打119"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "shown"), TEXTS)
def test_free_text_loses_its_structured_personal_data(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def _id_number(region: int, born: date, order: int) -> str:
    body = f"{region}0429{born:%Y%m%d}{order:03d}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "0123456789X"[(12 - total % 11) % 11]


ids = st.builds(
    _id_number,
    st.sampled_from([11, 35, 46, 54, 65]),
    st.integers(0, 36_000).map(lambda days: date(1925, 1, 1) + timedelta(days=days)),
    st.integers(0, 999),
)
around = st.text("0123456789 -中，Xx", max_size=12)


@given(around, ids, around)
def test_no_valid_id_number_is_left_in_a_text(before: str, number: str, after: str) -> None:
    shown = mask_text(before + number + after)
    assert number not in shown
    assert len(shown) == len(before + number + after)


@given(st.text(max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)
