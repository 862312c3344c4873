"""Documents: data is only ever data, and a machine without Chinese fonts says so."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from yicun.base.documents import TEMPLATES, FontSource, fonts_available, render_pages, render_pdf
from yicun.base.documents.rendering import printable
from yicun.kernel.refusals import Refused

needs_fonts = pytest.mark.skipif(
    not fonts_available().can_print, reason="this machine has no Chinese font (Debian: fonts-noto-cjk)"
)
BARE: dict[str, Any] = {
    "title": "事项办理单",
    "unit": "泰宁县公安局杉城派出所",
    "number": "泰公杉〔2026〕事 1234 号",
    "state": "办理中",
    "facts": [{"label": "类型", "value": "消防隐患"}],
    "content": "",
    "steps": [],
    "clocks": [],
    "instructions": [],
    "signatures": ["承办人", "单位负责人"],
    "printed": "2026-11-23 09:30 打印",
}
FULL = BARE | {
    "facts": [
        {"label": "类型", "value": "消防隐患"},
        {"label": "地点", "value": "红卫社区民主路 12 号", "wide": True},
        {"label": "登记人", "value": "陈立新"},
        {"label": "登记时间", "value": datetime(2026, 9, 28, 1, 32, tzinfo=UTC)},
        {"label": "来源", "value": None},
    ],
    "content": "占用消防通道。\n堆放杂物。",
    "steps": [{"at": "2026-09-28 09:32", "action": "登记", "actor": "陈立新", "note": "走访发现"}] * 40,
    "clocks": [
        {
            "name": "移送时限",
            "limit": "5 个工作日",
            "due": date(2026, 10, 10),
            "state": "按时",
            "article": "《消防监督检查规定》",
            "lines": ["次日起算", "国庆放假不计"],
        }
    ],
    "instructions": [
        {"words": "请速办。", "leader": "张国强", "at": "2026-09-29 08:10", "reply": "已清理。"},
        {"words": "再查。", "leader": "张国强", "at": "2026-09-30 08:10"},
    ],
}


@needs_fonts
@pytest.mark.parametrize(("data", "pages"), [(BARE, 1), (FULL, 2)])
def test_a_matter_sheet_prints_from_the_barest_and_the_fullest_data(data: dict[str, Any], pages: int) -> None:
    assert render_pdf("matter_sheet", data).startswith(b"%PDF-")
    drawn = [Image.open(io.BytesIO(page)) for page in render_pages("matter_sheet", data, ppi=40)]
    assert len(drawn) >= pages  # how many exactly depends on the fonts
    assert {picture.size for picture in drawn} == {(331, 468)}
    assert all(picture.convert("L").histogram()[:100] != [0] * 100 for picture in drawn)


@needs_fonts
def test_what_people_type_is_never_read_as_the_language_of_the_template() -> None:
    typed = '#panic("x") #read("/etc/passwd") $x$ *b* _a_ \\ <l> @r [a] "]#sys.exit()'
    one, two = (render_pages("matter_sheet", BARE | {"content": text}, ppi=40) for text in (typed, typed[1:]))
    assert one != two
    facts = [{"label": typed, "value": typed, "wide": True}]
    assert (
        len(render_pages("matter_sheet", BARE | {"facts": facts, "unit": typed, "state": typed}, ppi=40)) == 1
    )


@needs_fonts
def test_a_long_word_breaks_inside_its_cell() -> None:
    plain, long = ({"facts": [{"label": "网址", "value": text, "wide": True}]} for text in ("x", "x" * 600))
    heights = [_last_ink(render_pages("matter_sheet", BARE | facts, ppi=40)[0]) for facts in (plain, long)]
    assert heights[1] > heights[0] + 40


def _last_ink(page: bytes) -> int:
    """The lowest line of the body that bears ink, and nothing in the right margin."""
    picture = Image.open(io.BytesIO(page)).convert("L").point(lambda tone: 255 if tone < 128 else 0)
    assert picture.crop((picture.width - 20, 0, picture.width, picture.height)).getbbox() is None
    box = picture.crop((0, 0, picture.width, picture.height - 40)).getbbox()
    assert box is not None
    return box[3]


@pytest.mark.parametrize("name", ["official", "../secrets", "", "matter_sheet.typ"])
def test_only_templates_of_the_package_are_printed(name: str) -> None:
    with pytest.raises(Refused) as caught:
        render_pdf(name, {})
    printed = ("approval_sheet", "campaign_report", "matter_sheet", "meeting_minutes")
    assert (caught.value.code, TEMPLATES) == ("document.unknown_template", printed)


@needs_fonts
def test_missing_data_is_refused_and_not_printed_as_a_gap() -> None:
    with pytest.raises(Refused) as caught:
        render_pdf("matter_sheet", {"unit": "x"})
    assert caught.value.code == "document.data_missing"


def test_a_machine_without_chinese_fonts_says_so(tmp_path: Path) -> None:
    for source in (FontSource(tmp_path, with_system=False), FontSource(tmp_path / "no", with_system=False)):
        report = fonts_available(source)
        assert (report.can_print, report.has_prescribed_body) == (False, False)
        with pytest.raises(Refused) as caught:
            render_pdf("matter_sheet", BARE, fonts=source)
        assert caught.value.code == "document.no_chinese_font"


def test_values_stand_on_paper_as_the_county_reads_them() -> None:
    moment = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    given = {"a": [moment, date(2026, 11, 23)], "b": ("x\x07\n", 3, None), 4: True}
    assert printable(given) == {"a": ["2026-11-23 09:30", "2026-11-23"], "b": ["x\n", 3, None], "4": True}
