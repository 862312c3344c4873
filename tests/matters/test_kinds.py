"""What each kind of matter asks, field by field."""

from typing import Any

import pytest

from yicun.kernel.refusals import Refused
from yicun.matters.rules.kinds import FIELDS, check_details
from yicun.matters.terms import CHOICES, DETAIL_LABELS, Kind

CATEGORIES = {"incident": {"10": "刑事"}, "dispute": {"01": "婚姻家庭", "0102": "赡养"}}


def checked(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    return check_details(kind, given, choices=CHOICES, categories=CATEGORIES, labels=DETAIL_LABELS)


# the least each kind asks for
LEAST = {
    "incident": {"incident_class": "10"},
    "help": {},
    "dispute": {"dispute_type": "0102"},
    "hazard": {"hazard_kind": "wiring"},
    "service": {"service_kind": "certificate"},
    "information": {},
}

GOOD = [
    ("incident", "confirmed_class", "10", "10"),
    ("incident", "is_ongoing", "on", True),
    ("incident", "is_ongoing", True, True),
    ("incident", "is_ongoing", "No", False),
    ("incident", "is_ongoing", False, False),
    ("help", "help_kind", " lost ", "lost"),
    ("help", "people", "12", 12),
    ("help", "people", 9_999, 9_999),
    ("help", "people", 0, 0),
    ("dispute", "scale", "group", "group"),
    ("dispute", "grade", "red", "red"),
    ("dispute", "demand", "退还\r\n押金", "退还\n押金"),
    ("hazard", "spot", "二楼  楼梯间\n", "二楼 楼梯间"),
    ("hazard", "is_dwelling", "yes", True),
    ("hazard", "is_removed_on_spot", "0", False),
    ("service", "needed_on", "2026-12-01", "2026-12-01"),
    ("service", "needed_on", "2000-01-01", "2000-01-01"),
    ("information", "source", "网格员", "网格员"),
    ("information", "valid_until", "2099-12-31", "2099-12-31"),
]


@pytest.mark.parametrize(("kind", "name", "value", "stored"), GOOD)
def test_detail_is_stored_plainly(kind: str, name: str, value: Any, stored: Any) -> None:
    assert checked(kind, {**LEAST[kind], name: value}) == {**LEAST[kind], name: stored}


MALFORMED = [
    ("incident", "incident_class", "99"),
    ("incident", "is_ongoing", "maybe"),
    ("help", "help_kind", "flying"),
    ("help", "help_kind", ["lost"]),
    ("help", "people", "十二"),
    ("help", "people", "１２"),
    ("help", "people", "-1"),
    ("help", "people", "1.5"),
    ("help", "people", 10_000),
    ("help", "people", "1234567890"),
    ("help", "people", True),
    ("dispute", "dispute_type", "3"),
    ("dispute", "grade", "purple"),
    ("hazard", "hazard_kind", "x" * 200),
    ("service", "needed_on", "1999-12-31"),
    ("service", "needed_on", "2100-01-01"),
    ("service", "needed_on", "2026-02-30"),
    ("information", "valid_until", "明天"),
]


@pytest.mark.parametrize(("kind", "name", "value"), MALFORMED)
def test_detail_of_the_wrong_shape_is_refused_by_its_label(kind: str, name: str, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        checked(kind, {**LEAST[kind], name: value})
    assert refused.value.code == "matter.detail_malformed"
    assert refused.value.facts["field"] == DETAIL_LABELS[name]
    assert len(str(refused.value.facts["value"])) <= 40


@pytest.mark.parametrize("kind", Kind.values)
def test_kind_asks_for_its_required_details_only(kind: str) -> None:
    assert checked(kind, LEAST[kind]) == LEAST[kind]
    for name in LEAST[kind]:
        for empty in ({}, {name: ""}, {name: "  "}, {name: None}):
            with pytest.raises(Refused) as refused:
                checked(kind, empty)
            assert (refused.value.code, refused.value.facts) == (
                "matter.detail_required",
                {"field": DETAIL_LABELS[name]},
            )


@pytest.mark.parametrize("kind", Kind.values)
def test_detail_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(kind, {**LEAST[kind], "colour": "red"})
    assert (refused.value.code, refused.value.facts) == (
        "matter.detail_unknown",
        {"kind": Kind(kind).label, "field": "colour"},
    )


def test_detail_too_long_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        checked("hazard", {**LEAST["hazard"], "spot": "楼" * 101})
    assert (refused.value.code, refused.value.facts) == ("value.too_long", {"most": 100, "length": 101})


def test_every_detail_has_a_label_and_a_known_list() -> None:
    fields = [field for fields in FIELDS.values() for field in fields]
    assert {field.name for field in fields} == DETAIL_LABELS.keys()
    assert {field.choices for field in fields if field.choices} <= CHOICES.keys()
    assert FIELDS.keys() == {kind.value for kind in Kind}
