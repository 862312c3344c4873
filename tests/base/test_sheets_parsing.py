"""Rows as columns want them, and the guess which header means which column."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.base.workbooks import wall
from yicun.base.sheets import Column, Kind, Problem, RowResult, guess_mapping, parse_rows, problem, read_table
from yicun.base.sheets.cells import Cell, has_control_characters, moment_of, tidy
from yicun.base.sheets.parsing import Value, value_of
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused

URGENCY = {"urgent": "紧急", "ordinary": "一般", "slow": "不急"}
COLUMNS = (
    Column("number", "编号", Kind.CODE, required=True, aliases=("留言编号",)),
    Column("title", "标题", required=True, max_length=10, aliases=("留言主题",)),
    Column("reported_at", "反映时间", Kind.DATETIME, required=True, aliases=("留言时间",)),
    Column("urgency", "紧急程度", Kind.CHOICE, choices=URGENCY),
    Column("people", "涉及人数", Kind.INTEGER),
)


@pytest.mark.parametrize(
    "cell",
    [
        wall(2019, 4, 25, 9, 32, 9),
        datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC),
        43580.397326388891,
        20190425093209,
        "43580.397326388891",
        "20190425093209",
        "2019/4/25 9:32:09",
        "2019-04-25 09:32:09",
        "2019-04-25T09:32:09",
        "2019-04-25T09:32:09.5",
        "2019-04-25T09:32:09+08:00",
        "2019-04-25T01:32:09Z",
        "2019.4.25 9:32:09",
        "2019年4月25日9时32分9秒",
        "2019年4月25号 9点32分9秒",
        "２０１９/４/２５ ９：３２：０９",
        "2019/4/25 上午9:32:09",
        "2019/4/25 9:32:09 AM",
    ],
)
def test_a_moment_is_read_from_every_usual_writing(cell: Cell) -> None:
    assert moment_of(cell) == datetime(2019, 4, 25, 9, 32, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2019年4月25日", wall(2019, 4, 25)),
        ("20190425", wall(2019, 4, 25)),
        (date(2019, 4, 25), wall(2019, 4, 25)),
        (43580, wall(2019, 4, 25)),
        ("2019/4/25 下午3:05", wall(2019, 4, 25, 15, 5)),
        ("2019/4/25 12:05 AM", wall(2019, 4, 25, 0, 5)),
        ("2019-4-25 9时", wall(2019, 4, 25, 9)),
        ("201904250932", wall(2019, 4, 25, 9, 32)),
    ],
)
def test_a_moment_may_leave_out_its_smaller_parts(cell: Cell, expected: datetime) -> None:
    assert moment_of(cell) == expected.replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "cell",
    [
        *("昨天", "25/4/2019", "19-4-25", "2019-02-30", "2019-13-01", "2019-4-25 25:00", "20191341", "2019"),
        *("0001-01-01T00:00:00+14:00", None, True, 0, -3, 2_958_466, time(9, 30), "9:30"),
    ],
)
def test_what_names_no_day_is_no_moment(cell: Cell) -> None:
    assert moment_of(cell) is None


SECONDS = st.datetimes(wall(1950, 1, 1), wall(2100, 1, 1)).map(lambda m: m.replace(microsecond=0))


@settings(deadline=None)
@given(SECONDS)
def test_a_moment_survives_every_writing(moment: datetime) -> None:
    aware = moment.replace(tzinfo=SHANGHAI)
    serial = (moment - wall(1899, 12, 30)).total_seconds() / 86_400
    written = f"{moment:%Y}年{moment.month}月{moment.day}日{moment.hour}时{moment.minute}分{moment.second}秒"
    assert {moment_of(cell) for cell in (moment, serial, f"{moment}", moment.isoformat(), written)} == {aware}


TEXT = Column("x", "标题")
LONG = Column("x", "详情", Kind.LONG_TEXT)
CODE = Column("x", "编号", Kind.CODE)
DAY = Column("x", "日期", Kind.DATE, earliest=date(2000, 1, 1), latest=date(2026, 11, 23))
MOMENT = Column("x", "时间", Kind.DATETIME)
COUNT = Column("x", "人数", Kind.INTEGER)
CHOICE = Column("x", "紧急程度", Kind.CHOICE, choices=URGENCY)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (TEXT, "占用\n消防通道", "占用 消防通道"),
        (TEXT, "A3区", "A3区"),
        (TEXT, None, ""),
        (LONG, "两行\n字\t。", "两行\n字\t。"),
        (LONG, 12, "12"),
        (CODE, 350429101201, "350429101201"),
        (CODE, "００123", "00123"),
        (CODE, "350429199001011234", "350429199001011234"),
        (CODE, 1.5, "1.5"),
        (CODE, None, ""),
        (DAY, "2019年4月25日", date(2019, 4, 25)),
        (DAY, None, None),
        (MOMENT, "2019-04-25", datetime(2019, 4, 25, tzinfo=SHANGHAI)),
        (COUNT, 3, 3),
        (COUNT, "１，234", 1234),
        (COUNT, "-5", -5),
        (COUNT, "3.0", 3),
        (COUNT, None, None),
        (CHOICE, "紧急", "urgent"),
        (CHOICE, " 紧 急", "urgent"),
        (CHOICE, "Ordinary", "ordinary"),
        (CHOICE, None, None),
    ],
)
def test_a_cell_becomes_a_plain_value(column: Column, cell: Cell, value: object) -> None:
    assert value_of(cell, column) == value


@pytest.mark.parametrize(
    ("column", "cell", "code", "words"),
    [
        (Column("x", "标题", required=True), None, "cell.required", "“标题”必填"),
        (TEXT, 12, "cell.number_in_text", "“标题”应是文字，现在是数字“12”"),
        (TEXT, "１２", "cell.number_in_text", "“标题”应是文字，现在是数字“１２”"),
        (TEXT, "1,234.5", "cell.number_in_text", "“标题”应是文字，现在是数字“1,234.5”"),
        (TEXT, True, "cell.number_in_text", None),
        (
            TEXT,
            date(2026, 3, 5),
            "cell.date_in_text",
            "“标题”被变成了日期“2026-03-05”，请把该格设为文本后重填",
        ),
        (TEXT, "占\x07用", "cell.control_characters", "“标题”里有看不见的控制字符，请重新输入"),
        (LONG, "占\x00用", "cell.control_characters", None),
        (LONG, "正\u202e反", "cell.control_characters", None),
        (Column("x", "标题", max_length=3), "四个字了", "cell.too_long", "“标题”有 4 个字，最多 3 个"),
        (Column("x", "编号", Kind.CODE, max_length=3), "1234", "cell.too_long", None),
        (CODE, 350429199001011000, "cell.digits_lost", None),
        (CODE, "3.50429E+17", "cell.digits_lost", None),
        (CODE, wall(2026, 3, 5), "cell.date_in_text", None),
        (DAY, "昨天", "cell.not_a_date", "“日期”不是日期：“昨天”，请写成 2026-11-23"),
        (MOMENT, "昨天" * 40, "cell.not_a_moment", None),
        (DAY, "1900-01-01", "cell.too_early", "“日期”是 1900-01-01，早于 2000-01-01"),
        (MOMENT, 1, "cell.too_early", "“时间”是 1900-01-01，早于 1949-10-01"),
        (DAY, "2026-11-24", "cell.too_late", "“日期”是 2026-11-24，晚于 2026-11-23"),
        (COUNT, "三个", "cell.not_an_integer", "“人数”应是整数，现在是“三个”"),
        (COUNT, 1.5, "cell.not_an_integer", None),
        (COUNT, True, "cell.not_an_integer", None),
        (COUNT, "9" * 16, "cell.not_an_integer", None),
        (CHOICE, "很急", "cell.unknown_choice", "“紧急程度”没有“很急”这一项，可填：紧急、不急、一般"),
        (CHOICE, 7, "cell.unknown_choice", "“紧急程度”没有“7”这一项，可填：紧急、一般、不急"),
    ],
)
def test_a_wrong_cell_is_named_with_what_stands_in_it(
    column: Column, cell: Cell, code: str, words: str | None
) -> None:
    with pytest.raises(Refused) as caught:
        value_of(cell, column)
    found = problem(caught.value, column="x", at=2)
    assert (found.column, found.code, found.at) == ("x", code, 2)
    assert found.sentence == words if words else f"“{column.label}”" in found.sentence


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30))
def test_a_code_read_twice_is_the_same(text: str) -> None:
    cell = tidy(f"号{text}")
    assume(not has_control_characters(str(cell)))
    kept = value_of(cell, CODE)
    assert isinstance(kept, str)
    assert value_of(tidy(kept), CODE) == tidy(kept)


def test_a_duration_or_an_unknown_object_is_tidied_to_text_or_nothing() -> None:
    assert tidy(wall(2026, 1, 2) - wall(2026, 1, 1)) == "1 day, 0:00:00"
    assert tidy(b"x") is None


def parsed(path: Path, lines: str) -> list[RowResult]:
    path.write_text("留言编号,留言主题,留言时间,紧急程度,涉及人数\n" + lines, encoding="utf-8")
    table = read_table(path)
    return list(parse_rows(table, COLUMNS, guess_mapping(table.header, COLUMNS)))


def test_every_problem_of_a_row_is_said_and_the_next_row_is_read(tmp_path: Path) -> None:
    lines = "1,12,1900-01-01,很急,三\n2,占用通道,2026-11-23 9:00,紧急,\n3,半行\n"
    first, second, third = parsed(tmp_path / "a.csv", lines)
    assert first.values is None
    assert [(p.column, p.at, p.code) for p in first.problems] == [
        ("title", 2, "cell.number_in_text"),
        ("reported_at", 3, "cell.too_early"),
        ("urgency", 4, "cell.unknown_choice"),
        ("people", 5, "cell.not_an_integer"),
    ]
    moment = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
    values: dict[str, Value] = {"number": "2", "title": "占用通道", "reported_at": moment}
    values |= {"urgency": "urgent", "people": None}
    assert second == RowResult(3, values)
    assert third == RowResult(
        4, None, (Problem("", "row.short", "这一行只有 2 列，表头有 5 列，数据不完整"),)
    )


def test_an_unmapped_optional_column_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙,丙\n1,占用通道,2026-11-23\n", encoding="utf-8")
    table = read_table(tmp_path / "a.csv")
    (row,) = parse_rows(table, COLUMNS, {"number": "甲", "title": "乙", "reported_at": "丙"})
    assert row.values is not None
    assert (row.values["urgency"], row.values["people"]) == (None, None)


@pytest.mark.parametrize(
    ("mapping", "code", "facts"),
    [
        ({"number": "甲"}, "mapping.missing", {"columns": "标题、反映时间"}),
        (
            {"number": "甲", "title": "丁", "reported_at": "戊"},
            "mapping.unknown_header",
            {"headers": "丁、戊"},
        ),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_before_the_first_row(
    tmp_path: Path, mapping: dict[str, str], code: str, facts: dict[str, object]
) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        parse_rows(read_table(tmp_path / "a.csv"), COLUMNS, mapping)
    assert (caught.value.code, caught.value.facts) == (code, facts)


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        (("编号", "标题", "反映时间"), {"number": "编号", "title": "标题", "reported_at": "反映时间"}),
        (("留言编号", "留言主题"), {"number": "留言编号", "title": "留言主题"}),
        (("NUMBER", " 标 题（必填）"), {"number": "NUMBER", "title": " 标 题（必填）"}),
        (("涉及的人数", "紧急"), {"people": "涉及的人数", "urgency": "紧急"}),
        (("", "点赞数", "村", "退回原因"), {}),
        (("标题", "标题内容"), {"title": "标题"}),
    ],
)
def test_headers_are_guessed_by_name_alias_and_likeness(
    header: tuple[str, ...], mapping: dict[str, str]
) -> None:
    assert guess_mapping(header, COLUMNS) == mapping
