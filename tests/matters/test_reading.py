"""A draft out of what a program sent."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from yicun.kernel.refusals import Refused
from yicun.matters.rules.drafting import PartyDraft
from yicun.matters.rules.reading import read_draft

KEY = "0192f0c1-0000-7000-8000-000000000001"

GOOD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {},
        {"kind": "", "title": "", "channel": "doorstep", "urgency": "ordinary", "parties": (), "details": {}},
    ),
    ({"kind": "help", "title": None}, {"kind": "help", "title": ""}),
    ({"channel": "board", "urgency": "urgent"}, {"channel": "board", "urgency": "urgent"}),
    ({"details": {"people": 3}}, {"details": {"people": 3}}),
    ({"details": None}, {"details": {}}),
    ({"area_code": "350429101208000"}, {"area_code": 350429101208000}),
    ({"area_code": 350429101208000}, {"area_code": 350429101208000}),
    ({"area_code": ""}, {"area_code": None}),
    ({"place_id": KEY}, {"place_id": UUID(KEY)}),
    ({"place_id": ""}, {"place_id": None}),
    ({"lon": "117.1", "lat": 26.9}, {"lon": 117.1, "lat": 26.9}),
    ({"lon": -180, "lat": 90}, {"lon": -180.0, "lat": 90.0}),
    ({"lon": None, "lat": ""}, {"lon": None, "lat": None}),
    ({"happened_at": "2026-11-23T02:00:00+00:00"}, {"happened_at": datetime(2026, 11, 23, 2, tzinfo=UTC)}),
    ({"happened_at": "2026-11-23T10:00"}, {"happened_at": datetime(2026, 11, 23, 2, tzinfo=UTC)}),
    ({"happened_at": None}, {"happened_at": None}),
    (
        {"parties": [{"name": "张三"}, {"role": "contact", "name": "李四", "phone": "1"}]},
        {"parties": (PartyDraft("reporter", "张三"), PartyDraft("contact", "李四", "1"))},
    ),
]


@pytest.mark.parametrize(("sent", "expected"), GOOD)
def test_sent_values_are_read(sent: dict[str, Any], expected: dict[str, Any]) -> None:
    draft = read_draft(sent)
    assert {name: getattr(draft, name) for name in expected} == expected


BAD: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "matter.field_unknown"),
    ({"id": KEY}, "matter.field_unknown"),
    ({"title": 5}, "value.malformed"),
    ({"body": ["x"]}, "value.malformed"),
    ({"channel": 1}, "value.malformed"),
    ({"details": [1]}, "value.malformed"),
    ({"details": "x"}, "value.malformed"),
    ({"area_code": "朱口"}, "value.not_a_number"),
    ({"area_code": "-1"}, "value.not_a_number"),
    ({"area_code": True}, "value.not_a_number"),
    ({"area_code": "１"}, "value.not_a_number"),
    ({"area_code": "1" * 16}, "value.not_a_number"),
    ({"place_id": "x"}, "value.malformed"),
    ({"lon": "east"}, "value.malformed"),
    ({"lon": [1]}, "value.malformed"),
    ({"lon": 180.1}, "value.malformed"),
    ({"lat": -91}, "value.malformed"),
    ({"lat": "nan"}, "value.malformed"),
    ({"lon": True}, "value.malformed"),
    ({"happened_at": "yesterday"}, "value.not_a_date"),
    ({"parties": {"name": "张三"}}, "value.malformed"),
    ({"parties": ["张三"]}, "value.malformed"),
    ({"parties": [{"name": "张三", "id_number": "1"}]}, "value.malformed"),
    ({"parties": [{"name": 5}]}, "value.malformed"),
    ({"parties": [{"name": "张三"}] * 21}, "value.malformed"),
]


@pytest.mark.parametrize(("sent", "code"), BAD)
def test_sent_value_of_the_wrong_type_is_refused(sent: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_draft(sent)
    assert refused.value.code == code


def test_matter_keeps_the_id_that_the_phone_made() -> None:
    assert read_draft({}, matter_id=UUID(KEY)).id == UUID(KEY)
    assert read_draft({}).id.version == 7
