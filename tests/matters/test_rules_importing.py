from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest

from yicun.base.sheets import Kind as Cell
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters.rules import importing
from yicun.matters.rules.drafting import PartyDraft
from yicun.matters.terms import CHOICES, DETAIL_LABELS

TODAY = date(2026, 11, 23)
ROW = {"label": "时间", "most": "", "note": "", "example": "", "aliases": "留言时间;发生时间"}


def draft(values: dict[str, Any], **given: Any) -> Any:
    return importing.draft_of(
        values, **{"channel": "board", "kind": "service", "area_code": None, "key": ""} | given
    )


def test_moments_of_a_file_end_with_today() -> None:
    (column,) = importing.plain_columns([ROW | {"name": "happened_at", "kind": "datetime"}], TODAY)
    assert (column.kind, column.latest, column.max_length) == (Cell.DATETIME, TODAY, None)
    assert column.aliases == ("留言时间", "发生时间")


def test_words_of_a_file_have_their_length_and_choices() -> None:
    kind, title = importing.plain_columns(
        [ROW | {"name": "kind", "kind": "choice"}, ROW | {"name": "title", "kind": "text", "most": "120"}],
        TODAY,
    )
    assert kind.choices["hazard"] == "隐患"
    assert (title.max_length, title.latest, title.choices) == (120, None, {})


def test_every_field_of_every_kind_has_one_column() -> None:
    lists = {**CHOICES, "incident": {"L01": "刑事类"}, "dispute": {}, importing.YES_NO: {"true": "是"}}
    columns = {column.name: column for column in importing.detail_columns(lists, DETAIL_LABELS)}
    assert columns.keys() == DETAIL_LABELS.keys()
    assert columns["incident_class"].choices == {"L01": "刑事类"}
    assert columns["is_dwelling"].choices == {"true": "是"}
    assert columns["hazard_kind"].choices == CHOICES["hazard_kind"]
    assert (columns["spot"].kind, columns["spot"].max_length) == (Cell.TEXT, 100)


def test_row_without_a_kind_is_of_the_kind_of_its_file() -> None:
    assert draft({"title": "路灯不亮"}).kind == "service"
    assert draft({"title": "路灯不亮"}).details == {"service_kind": "other"}
    assert draft({"title": "柴草堆放", "kind": "hazard", "hazard_kind": "straw"}).details == {
        "hazard_kind": "straw"
    }


def test_row_keeps_days_as_text() -> None:
    days = {"needed_on": date(2026, 12, 1), "valid_until": datetime(2026, 12, 2, 9, tzinfo=SHANGHAI)}
    assert draft(days | {"kind": "help"}).details == {"needed_on": "2026-12-01", "valid_until": "2026-12-02"}


@pytest.mark.parametrize(
    "given,parties",
    [
        ({}, ()),
        ({"reporter": "罗桂香"}, (PartyDraft("reporter", "罗桂香", ""),)),
        ({"phone": "10000000021"}, (PartyDraft("reporter", "", "10000000021"),)),
    ],
)
def test_row_names_its_reporter(given: dict[str, str], parties: tuple[PartyDraft, ...]) -> None:
    assert draft(given).parties == parties


def test_row_without_a_number_gets_the_one_of_its_content() -> None:
    assert draft({}, key="row-1").source_key == "row-1"
    assert draft({"source_key": "188006"}, key="").source_key == "188006"


def test_equal_rows_of_one_file_stay_several() -> None:
    rows = [{"title": "路灯不亮", "body": ""}, {"title": "路灯不亮"}, {"title": "桥面破损"}]
    first, again = Counter[str](), Counter[str]()
    keys = [importing.own_key(row, first) for row in rows]
    assert len(set(keys)) == 3
    assert keys == [importing.own_key(row, again) for row in rows]


@pytest.mark.parametrize(
    "mapping,code",
    [
        ({"title": "主题"}, "mapping.column_missing"),
        ({"happened_at": "时间"}, "import.nothing_mapped"),
        ({}, "import.nothing_mapped"),
    ],
)
def test_mapping_must_fit_the_file(mapping: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        importing.check_mapping(mapping, ("标题", "时间"))
    assert refused.value.code == code


def test_mapping_that_names_the_title_or_the_text_will_do() -> None:
    importing.check_mapping({"title": "标题"}, ("标题", "时间"))
    importing.check_mapping({"body": "标题"}, ("标题",))


def test_reply_is_no_column_of_an_import() -> None:
    columns = importing.plain_columns(
        [ROW | {"name": name, "kind": "text"} for name in ("title", "answer", "answered_at")], TODAY
    )
    assert [column.name for column in importing.without_reply(columns)] == ["title"]
    assert [column.required for column in importing.as_required(columns, ["answer"])] == [False, True, False]
