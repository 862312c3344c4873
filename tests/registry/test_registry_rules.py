import pytest

from yicun.kernel.refusals import Refused
from yicun.registry import rules


@pytest.mark.parametrize(
    "text, name",
    [
        ("  朱口  供销社 ", "朱口 供销社"),
        ("店" * 60, "店" * 60),
        ("店" * 61, None),
        (" \n ", None),
        ("店\x07", None),
    ],
)
def test_a_name_is_cleaned_or_refused(text: str, name: str | None) -> None:
    if name is not None:
        assert rules.clean_name(text) == name
        return
    with pytest.raises(Refused, match="place.name_missing"):
        rules.clean_name(text)


def test_an_address_is_cleaned_or_refused() -> None:
    assert rules.clean_address(" 中街  12 号 ") == "中街 12 号"
    assert rules.clean_address("") == ""
    for text in ("街" * 201, "街\x00"):
        with pytest.raises(Refused, match="place.address_wrong"):
            rules.clean_address(text)


@pytest.mark.parametrize(
    "lon, lat, fits",
    [
        (None, None, True),
        (117.2, 26.9, True),
        (117.2, None, False),
        (None, 26.9, False),
        (217.2, 26.9, False),
    ],
)
def test_a_position_is_whole_and_near(lon: float | None, lat: float | None, fits: bool) -> None:
    if fits:
        rules.check_position(lon, lat)
        return
    with pytest.raises(Refused, match="place.position_wrong"):
        rules.check_position(lon, lat)


def test_a_kind_is_known() -> None:
    rules.check_kind("shop")
    with pytest.raises(Refused, match="place.kind_unknown"):
        rules.check_kind("castle")


@pytest.mark.parametrize(
    "text, valid",
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("91350100M000100Y4", False),
        ("91350100m000100y43", False),
        ("9135010OM000100Y43", False),
        ("", False),
    ],
)
def test_a_licence_code_carries_its_check_sign(text: str, valid: bool) -> None:
    assert rules.is_licence(text) is valid


@pytest.mark.parametrize(
    "business, licence, code",
    [
        ("small_shop", "", None),
        ("small_shop", "91350100M000100Y43", None),
        ("castle", "", "place.business_unknown"),
        ("small_shop", "12345", "place.licence_wrong"),
    ],
)
def test_premises_name_their_business(business: str, licence: str, code: str | None) -> None:
    if code is None:
        rules.check_business(business, licence)
        return
    with pytest.raises(Refused) as refused:
        rules.check_business(business, licence)
    assert refused.value.code == code
