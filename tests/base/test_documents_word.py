"""Papers for Word: the words arrive as they were typed, nothing typed becomes part of the file's own language."""

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm

from yicun.base.documents import WORD_TEMPLATES, render_word
from yicun.base.documents.rendering import FOLDER
from yicun.kernel.refusals import Refused

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
APPROVAL: dict[str, Any] = {
    "title": "QZ2026-000001 呈批表",
    "unit": "朱口派出所",
    "number": "QZ2026-000001",
    "state": "待签批",
    "facts": [{"label": "呈批事项", "value": "挂账"}, {"label": "呈报时间", "value": AT}],
    "reason": "继承人在国外\n等公证处结果",
    "opinions": [{"label": "领导批示", "words": "同意。", "by": "赵敏（局领导）代陈志明（所长）", "at": AT}],
    "history": [{"at": AT, "round": "1", "deed": "呈报", "by": "王建国", "text": "请审定"}],
    "printed": "QZ2026-000001",
}
MATTER: dict[str, Any] = {
    "unit": "朱口派出所",
    "number": "QZ2026-000001",
    "state": "办理中",
    "facts": [{"label": "标题", "value": "老人走失", "wide": True}],
    "content": "老人走失",
    "steps": [{"at": AT, "action": "登记", "actor": "李秀英", "note": "家属来报"}],
    "clocks": [
        {
            "name": "受理",
            "limit": "1 个工作日",
            "due": AT,
            "state": "按期",
            "lines": ["11 月 23 日计 1 个工作日"],
            "article": "本县办理规范",
        }
    ],
    "instructions": [{"words": "抓紧", "leader": "赵敏", "at": AT, "reply": "已找到"}],
    "signatures": ["经办人", "审核人", "负责人"],
    "printed": "QZ2026-000001",
}
DATA = {"approval_sheet": APPROVAL, "matter_sheet": MATTER}
# What a title may hold: the template's language, XML, half of an entity, a character that no XML may hold.
NASTY = "{{ 7*7 }} {% for x in y %} <w:p/> &amp; ]]> \"'\ufffe \x07"
AS_SHOWN = "{{ 7*7 }} {% for x in y %} <w:p/> &amp; ]]> \"' "


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def text_of(file: bytes) -> str:
    document = Document(BytesIO(file))
    said = [paragraph.text for paragraph in document.paragraphs]
    said += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(said)


def test_approval_sheet_says_who_signed_in_whose_name() -> None:
    said = text_of(render_word("approval_sheet", APPROVAL))
    for words in ("朱口派出所", "呈　批　表", "挂账", "继承人在国外\n等公证处结果", "同意。", "请审定"):
        assert words in said
    assert "赵敏（局领导）代陈志明（所长）　2026-11-23 10:00" in said
    assert "{" not in said


def test_matter_sheet_says_its_whole_life() -> None:
    said = text_of(render_word("matter_sheet", MATTER))
    for words in (
        "事项办理单",
        "老人走失",
        "家属来报",
        "11 月 23 日计 1 个工作日",
        "抓紧",
        "回复：已找到",
        "负责人",
    ):
        assert words in said
    assert "{" not in said


def with_nasty(value: Any) -> Any:
    if isinstance(value, str):
        return NASTY
    if isinstance(value, dict):
        return {key: with_nasty(inner) for key, inner in value.items()}
    return [with_nasty(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", sorted(DATA))
def test_what_people_typed_stays_text(name: str) -> None:
    """In every field at once: the file opens, and the words stand there letter by letter."""
    said = text_of(render_word(name, with_nasty(DATA[name])))
    assert said.count(AS_SHOWN.strip()) >= 8
    assert "49" not in said


@pytest.mark.parametrize("name", sorted(DATA))
def test_word_file_is_plain_a4_with_chinese_fonts(name: str) -> None:
    file = render_word(name, DATA[name])
    with zipfile.ZipFile(BytesIO(file)) as packed:
        names = packed.namelist()
        relations = "".join(packed.read(one).decode() for one in names if one.endswith(".rels"))
        fonts = packed.read("word/fontTable.xml").decode()
        styles = packed.read("word/styles.xml").decode()
    assert not [one for one in names if "vbaProject" in one or one.endswith(".bin")]
    assert 'TargetMode="External"' not in relations
    assert re.search(r'w:eastAsia="仿宋"', styles)
    assert 'w:name="仿宋"' in fonts and "FangSong" in fonts and "SimHei" in fonts
    section = Document(BytesIO(file)).sections[0]
    size = (section.page_width or 0, section.page_height or 0)
    assert abs(size[0] - Mm(210)) < Mm(1) and abs(size[1] - Mm(297)) < Mm(1)


def test_every_word_template_has_data_here() -> None:
    assert sorted(DATA) == sorted(WORD_TEMPLATES)


def test_county_replaces_a_template_by_its_own(tmp_path: Path) -> None:
    own = tmp_path / "papers"
    own.mkdir()
    document = Document(str(FOLDER / "approval_sheet.docx"))
    document.paragraphs[1].runs[0].text = "呈批单（本县）"
    document.save(str(own / "approval_sheet.docx"))
    assert "呈批单（本县）" in text_of(render_word("approval_sheet", APPROVAL))


@pytest.mark.parametrize("trick", ["{{ ''.__class__.__mro__ }}", "{{ missing }}", "{% include 'x' %}"])
def test_template_of_a_county_prints_values_and_calls_nothing(tmp_path: Path, trick: str) -> None:
    own = tmp_path / "papers"
    own.mkdir()
    document = Document()
    document.add_paragraph(trick)
    document.save(str(own / "approval_sheet.docx"))
    with pytest.raises(Refused, match=r"document\.data_missing"):
        render_word("approval_sheet", APPROVAL)


def test_file_that_is_no_word_file_is_refused_in_words(tmp_path: Path) -> None:
    own = tmp_path / "papers"
    own.mkdir()
    (own / "approval_sheet.docx").write_bytes(b"not a document")
    with pytest.raises(Refused, match=r"document\.data_missing"):
        render_word("approval_sheet", APPROVAL)


def test_unknown_word_template_is_refused() -> None:
    with pytest.raises(Refused, match=r"document\.unknown_template"):
        render_word("../secret", {})


def test_missing_value_is_refused_in_words() -> None:
    with pytest.raises(Refused, match=r"document\.data_missing"):
        render_word("approval_sheet", {"title": "x"})
