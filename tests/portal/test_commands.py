"""The command line as programs call it: one JSON document, an exit status, and nothing half-done."""

import csv
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from django.db import connection

from tests.cast import NOW
from tests.databases import ROOT, Clone
from yicun.base.models import Account

MESSAGES = (
    ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"),
    (
        "800001",
        "A1",
        "学校门口堵车",
        "2019/4/25 9:32:09",
        "放学时车辆乱停。",
        "已安排民警疏导。",
        "2019/5/10 14:56:53",
    ),
    ("800002", "A2", "小区电梯停用", "2019/1/2 8:00:00", "停了三天。", "已修复。", "2019/6/20 10:00:00"),
    ("800003", "A3", "垃圾清运太少", "2019/3/4 7:00:10", "味道大。", "已增加。", "2019/3/1 10:00:00"),
)


class Answer(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output holds one JSON document and nothing else."""
        return json.loads(self.out)


Yicun = Callable[..., Answer]


def call(*words: str, environment: dict[str, str] | None = None) -> Answer:
    done = subprocess.run(
        [sys.executable, "-m", "yicun", *words],
        cwd=ROOT,
        env=environment or dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def yicun(own_database: Clone, tmp_path: Path) -> Yicun:
    """On a county of its own, with reference data and without people."""
    environment = own_database.environment() | {"YICUN_DATA": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()

    def on_this_county(*words: str) -> Answer:
        return call(*words, environment=environment)

    assert on_this_county("load", "--json").document["units"] == 81
    return on_this_county


def messages(path: Path, *rows: tuple[str, ...]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


def test_clock_is_asked_without_data() -> None:
    answer = call("clock", "due", "--start", "2026-09-28", "--limit", "5 working_days", "--json")
    assert answer.status == 0
    assert (answer.document["due_on"], answer.document["due_at"]) == (
        "2026-10-10",
        "2026-10-11T00:00:00+08:00",
    )


def test_clock_pauses_are_inclusive() -> None:
    words = (
        "clock",
        "due",
        "--start",
        "2026-11-02",
        "--limit",
        "3 working_days",
        "--pause",
        "2026-11-03..2026-11-04",
    )
    assert call(*words, "--json").document["due_on"] == "2026-11-09"


def test_refusal_is_a_code_and_a_sentence() -> None:
    answer = call("clock", "due", "--start", "2026-09-28", "--limit", "soon", "--json")
    assert answer.status == 2
    assert answer.document == {
        "code": "clock.limit_malformed",
        "sentence": "看不懂时限“soon”，请写成 5 working_days、15 days 或 24 hours",
    }


ODD = [
    ("", "5 days", (), "clock.start_malformed"),
    ("2026-13-01", "5 days", (), "clock.start_malformed"),
    ("2026-09-28\x01", "5 days", (), "clock.start_malformed"),
    ("1900-01-01", "5 days", (), "value.date_out_of_range"),
    ("2026-09-28", "0 days", (), "clock.amount_out_of_range"),
    ("2026-09-28", "99999999999 days", (), "clock.limit_malformed"),
    ("2026-09-28", "5 days; 6", (), "clock.limit_malformed"),
    ("2026-09-28", "5 days", ("x",), "clock.pause_malformed"),
    ("2026-09-28", "5 days", ("2026-10-02..2026-10-01",), "clock.pause_reversed"),
    ("2026-09-28", "5 days", ("2026-10-01..2026-10-02", ".."), "clock.pause_malformed"),
]


@pytest.mark.parametrize(("start", "limit", "pauses", "code"), ODD)
def test_odd_words_to_the_clock_are_off_and_said_so(
    start: str, limit: str, pauses: tuple[str, ...], code: str
) -> None:
    words = [word for pause in pauses for word in ("--pause", pause)]
    answer = call("clock", "due", "--start", start, "--limit", limit, *words, "--json")
    assert (answer.status, answer.err, answer.document["code"]) == (2, "", code)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.document["sentence"])


def test_file_that_is_not_there_is_named() -> None:
    answer = call("--json", "replay", "/nowhere.csv")
    assert answer.document == {
        "code": "command.file_missing",
        "sentence": "没有文件 /nowhere.csv，请核对路径。",
    }


def test_errors_that_could_not_be_written_stop_the_import_before_it_begins(tmp_path: Path) -> None:
    file = messages(tmp_path / "messages.csv", *MESSAGES)
    nowhere = str(tmp_path / "nowhere" / "errors.xlsx")
    answer = call("--json", "--data", str(tmp_path / "data"), "import", "matters", file, "--errors", nowhere)
    assert answer.document["code"] == "command.folder_closed"
    assert not (tmp_path / "data").exists()


def test_server_does_not_start_on_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        answer = call(
            "--json", "--data", str(tmp_path / "data"), "serve", "--port", str(other.getsockname()[1])
        )
    assert (answer.status, answer.document["code"]) == (1, "command.port_taken")
    assert not (tmp_path / "data").exists()


def test_refusal_speaks_to_people_on_the_other_stream() -> None:
    answer = call("import", "matters", "/nowhere.csv")
    assert (answer.status, answer.out) == (1, "")
    assert answer.err == "没有文件 /nowhere.csv，请核对路径。\n[command.file_missing]\n"


@pytest.mark.parametrize(
    "words",
    [
        ("clock", "due", "--start", "2026-09-28"),
        ("import", "matters"),
        ("import", "matters", "x.csv", "--channel", "radio"),
        ("serve", "--port", "70000"),
        ("unheard_of",),
    ],
)
def test_words_that_are_off_are_not_a_refusal(words: tuple[str, ...]) -> None:
    assert call(*words).status == 2


def test_command_words_need_no_django() -> None:
    asked = "import sys, yicun.portal.commands; print('django.db' in sys.modules, 'granian' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_glossary_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    answer = call("glossary", "--out", str(tmp_path / "words.md"), "--json")
    assert answer.document == {"file": str(tmp_path / "words.md")}
    assert "| handling | 办理中 | State |" in (tmp_path / "words.md").read_text(encoding="utf-8")


def test_file_is_tried_imported_and_imported_again(yicun: Yicun, tmp_path: Path) -> None:
    bad = ("800004", "A4", "时间不对", "1900/1/1 0:00:00", "太早了。", "", "")
    file = messages(tmp_path / "messages.csv", *MESSAGES, bad)
    words = (
        "import",
        "matters",
        file,
        "--channel",
        "12345",
        "--errors",
        str(tmp_path / "errors.xlsx"),
        "--json",
    )
    counts = {"rows": 4, "recorded": 3, "duplicates": 0, "refused": 1}
    tried = yicun(*words, "--dry-run")
    assert (tried.status, tried.document | counts) == (0, tried.document)
    done = yicun(*words)
    assert done.document | counts == done.document
    assert done.document["errors_file"] == str(tmp_path / "errors.xlsx")
    page = openpyxl.load_workbook(tmp_path / "errors.xlsx").worksheets[0]
    assert [page.cell(row, 8).value for row in (2, 5)] == [None, "“时间”是 1900-01-01，早于 2000-01-01"]
    again = yicun(*words, "--mapping", "board").document
    assert (again["recorded"], again["duplicates"], again["refused"]) == (0, 3, 1)


def test_county_with_people_of_its_own_is_not_made_a_demo(own_database: Clone, tmp_path: Path) -> None:
    Account.objects.create(username="lin_xiaowen", label="林晓雯", password="!", created_at=NOW)
    connection.close()
    environment = own_database.environment() | {"YICUN_DATA": str(tmp_path)}
    answer = call("demo", "--port", "8499", "--json", environment=environment)
    assert (answer.status, answer.document["code"]) == (1, "demo.not_a_demo")


def test_import_for_an_unknown_member_is_refused(yicun: Yicun, tmp_path: Path) -> None:
    answer = yicun(
        "--json", "--as", "nobody", "import", "matters", messages(tmp_path / "messages.csv", *MESSAGES)
    )
    assert (answer.status, answer.document["code"]) == (1, "command.unknown_member")


def test_replay_runs_through_the_loop_once(yicun: Yicun, tmp_path: Path) -> None:
    file = messages(tmp_path / "messages.csv", *MESSAGES)
    first = yicun("replay", file, "--json").document
    told = {name: first[name] for name in ("rows", "recorded", "answered", "closed", "on_time", "changed")}
    assert told == {"rows": 3, "recorded": 3, "answered": 2, "closed": 2, "on_time": 1, "changed": 3}
    assert [(one["row"], one["code"]) for one in first["problems"]] == [(4, "replay.answer_too_early")]
    assert sum(body["answered"] for body in first["bodies"]) == 2
    again = yicun("replay", file, "--json").document
    assert again == first | {"changed": 0}


def test_doctor_finds_a_county_without_a_worker(yicun: Yicun) -> None:
    answer = yicun("doctor", "--json")
    found = {check["check"]: check["standing"] for check in answer.document["checks"]}
    assert answer.status == 0
    assert (
        found | {"isolation": "ok", "audit": "ok", "roles": "ok", "worker": "warning", "reference": "ok"}
        == found
    )
