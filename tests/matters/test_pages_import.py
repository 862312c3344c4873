"""Taking in a table by page: preview, columns, recording, and the sheet that comes back."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from tests.matters.conftest import Loop
from tests.matters.visits import SignIn, content_of, now_loop, page, signed_in
from yicun.base import vault
from yicun.base.models import AuditEntry, StoredFile
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import Matter

__all__ = ["now_loop", "signed_in"]

GOOD = "标题,内容,类别,村（居）\n路灯不亮,村口路灯坏了三天,服务,朱口村\n羊群跑进菜地,请人协调,求助,音山村\n"
BAD = GOOD + "桥面塌陷,三天没人管,服务,不存在村\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path


def send(client: Client, text: str | bytes, name: str = "来件.csv", mapping_name: str = "") -> Any:
    data = text.encode() if isinstance(text, str) else text
    sent = {
        "file": SimpleUploadedFile(name, data),
        "channel": "board",
        "kind": "help",
        "mapping_name": mapping_name,
    }
    return client.post("/matters/import/", sent)


def test_columns_remembered_by_the_county_are_offered_next_time(loop: Loop, signed_in: SignIn) -> None:
    client = signed_in("lin_xiaowen")
    first = send(client, "甲,乙\n路灯不亮,村口路灯坏了三天\n").content.decode()
    columns = {"column-title": "甲", "column-body": "乙", "mapping_name": "甲乙表"}
    client.post("/matters/import/preview", {"token": token_of(first)} | columns)
    assert '<option value="甲乙表">甲乙表</option>' in page(client, "/matters/import/")
    with scoped(loop.cast.actor("lin_xiaowen")):
        assert AuditEntry.objects.get(verb="save_mapping").facts == {"title": "甲", "body": "乙"}
    again = send(client, "乙,甲\n井盖松动,三号巷口\n", mapping_name="甲乙表").content.decode()
    assert "<b>三号巷口</b>" in again
    client.post("/matters/import/commit", {"token": token_of(again)})
    assert Matter.objects.get().body == "井盖松动"


def test_a_table_leaves_nothing_behind_after_a_day(loop: Loop, signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in("lin_xiaowen")
    token = token_of(send(client, BAD).content.decode())
    client.post("/matters/import/commit", {"token": token})
    assert StoredFile.objects.count() == 0
    assert not (tmp_path / "files").exists()
    now = timezone.now()
    assert vault.forget_aside(now + timedelta(hours=23)) == 0
    assert content_of(client.get("/matters/import/errors", {"token": token}))
    assert vault.forget_aside(now + timedelta(hours=25)) == 1
    gone = client.get("/matters/import/errors", {"token": token})
    assert (gone.status_code, "import.token_unknown" in gone.content.decode()) == (422, True)


def token_of(html: str) -> str:
    return html.partition('name="token" value="')[2].partition('"')[0]


def test_a_file_is_shown_before_anything_is_stored(loop: Loop, signed_in: SignIn) -> None:
    html = send(signed_in("lin_xiaowen"), BAD).content.decode()
    assert "入库 2 件" in html
    assert "第 4 行" in html
    assert "没有叫“不存在村”的村（社区）" in html
    assert Matter.objects.count() == 0


def test_what_is_sound_is_recorded_and_the_rest_comes_back_red(loop: Loop, signed_in: SignIn) -> None:
    client = signed_in("lin_xiaowen")
    token = token_of(send(client, BAD).content.decode())
    report = client.post("/matters/import/commit", {"token": token}).content.decode()
    assert "1 行没有入库" in report
    assert sorted(Matter.objects.values_list("title", flat=True)) == ["羊群跑进菜地", "路灯不亮"]
    answer = client.get("/matters/import/errors", {"token": token})
    sheet = load_workbook(BytesIO(content_of(answer))).worksheets[0]
    reasons = [cell.value for row in sheet.iter_rows() for cell in row if "不存在村" in str(cell.value)]
    assert len(reasons) == 2


def test_sheets_that_were_not_read_are_named(loop: Loop, signed_in: SignIn) -> None:
    book = Workbook()
    for title, words in (("一季度", "路灯不亮"), ("二季度", "井盖松动")):
        sheet = book.create_sheet(title)
        sheet.append(["标题", "内容"])
        sheet.append([words, words])
    held = BytesIO()
    book.save(held)
    html = send(signed_in("lin_xiaowen"), held.getvalue(), "来件.xlsx").content.decode()
    assert "入库 1 件" in html
    assert "这些没有读：二季度" in html


def test_the_same_file_twice_changes_nothing(loop: Loop, signed_in: SignIn) -> None:
    client = signed_in("lin_xiaowen")
    for _ in range(2):
        token = token_of(send(client, GOOD).content.decode())
        client.post("/matters/import/commit", {"token": token})
    assert Matter.objects.count() == 2


def test_unknown_headers_are_matched_by_the_person(loop: Loop, signed_in: SignIn) -> None:
    client = signed_in("lin_xiaowen")
    asked = send(client, "甲,乙\n路灯不亮,村口路灯坏了三天\n")
    html = asked.content.decode()
    assert asked.status_code == 422
    assert "import.nothing_mapped" in html
    chosen = {"token": token_of(html), "column-title": "甲", "column-body": "乙"}
    assert "入库 1 件" in client.post("/matters/import/preview", chosen).content.decode()


def test_the_preview_of_somebody_else_cannot_be_used(loop: Loop, signed_in: SignIn) -> None:
    token = token_of(send(signed_in("lin_xiaowen"), GOOD).content.decode())
    other = signed_in("luo_xiaomei")
    for sent in (token, "made-up"):
        answer = other.post("/matters/import/commit", {"token": sent})
        assert answer.status_code == 422
        assert "import.token_unknown" in answer.content.decode()
    assert Matter.objects.count() == 0


def test_a_file_that_is_no_table_is_refused_on_the_form(loop: Loop, signed_in: SignIn) -> None:
    answer = send(signed_in("lin_xiaowen"), b"MZ" + b"x" * 900, "程序.exe")
    assert answer.status_code == 422
    assert "file.can_run" in answer.content.decode()
    nothing = signed_in("lin_xiaowen").post("/matters/import/", {"channel": "board"})
    assert nothing.status_code == 422


def test_the_empty_sheet_has_the_columns_of_the_platform(loop: Loop, signed_in: SignIn) -> None:
    client = signed_in("lin_xiaowen")
    assert "下载空白表" in page(client, "/matters/import/")
    book = load_workbook(BytesIO(content_of(client.get("/matters/import/template"))))
    assert "标题" in [cell.value for cell in next(book.worksheets[0].iter_rows())]


def test_an_export_holds_exactly_what_the_filter_shows(now_loop: Loop, signed_in: SignIn) -> None:
    now_loop.record("lin_xiaowen", title="老人走失")
    now_loop.record("lin_xiaowen", kind="service", title="办证", details={"service_kind": "other"})
    answer = signed_in("lin_xiaowen").get("/matters/export?board=untouched&kind=service")
    rows = list(load_workbook(BytesIO(content_of(answer))).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:3] == ("编号", "类别", "标题")
    assert [row[2] for row in rows[1:]] == ["办证"]


def test_text_that_looks_like_a_formula_leaves_as_text(now_loop: Loop, signed_in: SignIn) -> None:
    """Whoever opens the sheet must not run what a stranger typed."""
    typed = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+8613800000000", '=HYPERLINK("http://evil.example","看")']
    for title in typed:
        now_loop.record("lin_xiaowen", title=title, body=title)
    answer = signed_in("lin_xiaowen").get("/matters/export?board=all")
    sheet = load_workbook(BytesIO(content_of(answer))).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.value for cell in cells} >= set(typed)
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


def test_errors_come_back_whatever_the_length_of_the_files_name(loop: Loop, signed_in: SignIn) -> None:
    client = signed_in("lin_xiaowen")
    token = token_of(send(client, BAD, "来件" * 60 + ".csv").content.decode())
    answer = client.get("/matters/import/errors", {"token": token})
    assert answer.status_code == 200
    assert load_workbook(BytesIO(content_of(answer))).worksheets


def test_an_export_beyond_the_limit_is_refused(now_loop: Loop, tmp_path: Path) -> None:
    for title in ("老人走失", "羊丢了"):
        now_loop.record("lin_xiaowen", title=title)
    actor = now_loop.cast.actor("lin_xiaowen")
    given: dict[str, Any] = {
        "path": tmp_path / "out.xlsx",
        "filters": {},
        "actor": actor,
        "now": now_loop.now,
    }
    with scoped(actor):
        found = queries.board_for(actor, "all", {}, now_loop.now)
        with pytest.raises(Refused) as refused:
            services.export(found=found, most=1, **given)
        assert (refused.value.code, refused.value.facts) == ("export.too_many", {"most": 1})
        assert services.export(found=found, most=2, **given) == 2
