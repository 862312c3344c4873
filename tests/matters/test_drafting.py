"""A matter as it was written down, cleaned or refused."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from yicun.kernel.refusals import Refused
from yicun.matters.rules.drafting import Draft, PartyDraft, checked
from yicun.matters.terms import CHOICES, DETAIL_LABELS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CATEGORIES = {"incident": {"10": "刑事"}, "dispute": {"0102": "赡养"}}


def clean(**draft: Any) -> Draft:
    made = Draft(**({"kind": "help", "title": "老人走失"} | draft))
    return checked(made, now=NOW, choices=CHOICES, categories=CATEGORIES, labels=DETAIL_LABELS)


GOOD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"title": "  老人  走失 "}, {"title": "老人 走失"}),
    ({"title": "", "body": "井盖坏了\n在桥头"}, {"title": "井盖坏了", "body": "井盖坏了\n在桥头"}),
    ({"title": "\u200b", "body": "路灯不亮"}, {"title": "路灯不亮"}),
    ({"title": " ", "body": "长" * 100}, {"title": "长" * 40}),
    ({"title": "长" * 120}, {"title": "长" * 120}),
    ({"body": "一\r\n二\n\n\n\n三"}, {"body": "一\n二\n\n三"}),
    ({"place_text": " 朱口村  3 号 "}, {"place_text": "朱口村 3 号"}),
    ({"source_key": " 4326 "}, {"source_key": "4326"}),
    ({"happened_at": None}, {"happened_at": NOW}),
    ({"happened_at": NOW - timedelta(days=3)}, {"happened_at": NOW - timedelta(days=3)}),
    ({"happened_at": NOW + timedelta(minutes=10)}, {"happened_at": NOW}),
    ({"happened_at": datetime(2000, 1, 1, tzinfo=UTC)}, {"happened_at": datetime(2000, 1, 1, tzinfo=UTC)}),
    ({"details": {"people": "2"}}, {"details": {"people": 2}}),
    (
        {"parties": (PartyDraft("reporter", " 张 三 ", " 13800000000 "), PartyDraft("party", " ", ""))},
        {"parties": (PartyDraft("reporter", "张 三", "13800000000"),)},
    ),
    (
        {"parties": (PartyDraft("contact", "", "05980000000"),)},
        {"parties": (PartyDraft("contact", "", "05980000000"),)},
    ),
]


@pytest.mark.parametrize(("draft", "expected"), GOOD)
def test_draft_is_cleaned(draft: dict[str, Any], expected: dict[str, Any]) -> None:
    found = clean(**draft)
    assert {name: getattr(found, name) for name in expected} == expected


SHANGHAI = timezone(timedelta(hours=8))
BAD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "party"}, "value.unknown_choice"),
    ({"kind": ""}, "value.unknown_choice"),
    ({"channel": "smoke"}, "value.unknown_choice"),
    ({"urgency": "very"}, "value.unknown_choice"),
    ({"title": ""}, "matter.title_missing"),
    ({"title": " \u3000", "body": " \n "}, "matter.title_missing"),
    ({"title": "\u200b\ufeff", "body": ""}, "matter.title_missing"),
    ({"title": "长" * 121}, "value.too_long"),
    ({"title": "老人\t走失"}, "text.control_characters"),
    ({"title": "响铃\x07"}, "text.control_characters"),
    ({"title": "半个\ud800"}, "text.control_characters"),
    ({"body": "空\x00"}, "text.control_characters"),
    ({"body": "长" * 20_001}, "value.too_long"),
    ({"place_text": "长" * 201}, "value.too_long"),
    ({"source_key": "长" * 81}, "value.too_long"),
    ({"details": {"colour": "red"}}, "matter.detail_unknown"),
    ({"happened_at": NOW + timedelta(minutes=11)}, "matter.happened_in_future"),
    ({"happened_at": NOW + timedelta(days=400)}, "matter.happened_in_future"),
    ({"happened_at": datetime(1900, 1, 1, tzinfo=UTC)}, "value.date_out_of_range"),
    ({"happened_at": datetime(1, 1, 1, tzinfo=SHANGHAI)}, "value.date_out_of_range"),
    ({"happened_at": datetime.max.replace(tzinfo=UTC)}, "value.date_out_of_range"),
    ({"parties": (PartyDraft("witness", "张三"),)}, "value.unknown_choice"),
    ({"parties": (PartyDraft("reporter", "13800000000"),)}, "matter.name_is_a_number"),
    ({"parties": (PartyDraft("reporter", "张" * 61),)}, "value.too_long"),
    ({"parties": (PartyDraft("reporter", "张三", "1" * 31),)}, "value.too_long"),
]


@pytest.mark.parametrize(("draft", "code"), BAD)
def test_draft_with_a_fault_is_refused(draft: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        clean(**draft)
    assert refused.value.code == code
