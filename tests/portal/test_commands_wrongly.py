"""The command line called wrongly: an answer in Chinese, the right status, and no trace of a county left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.databases import ROOT, Clone
from tests.portal.test_children import is_gone, wait_until
from tests.portal.test_commands import call
from tests.portal.test_commands_county import QUIET, free_port
from yicun.kernel.refusals import Refused
from yicun.portal.commands.deeds.children import MOST_FALLS, Children
from yicun.portal.commands.opening import program
from yicun.portal.commands.running import check_free

HOLDS = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print(1, flush=True)
time.sleep(99)
"""


@pytest.mark.parametrize(
    "words",
    [
        ("doctor",),
        ("load",),
        ("serve", "--port", "8498"),
        ("worker",),
        ("replay", __file__),
        ("import", "matters", __file__),
        ("backup", "{copy}"),
    ],
)
def test_a_mistyped_folder_does_not_become_a_county(tmp_path: Path, words: tuple[str, ...]) -> None:
    named = [word.format(copy=tmp_path / "copy") for word in words]
    answer = call(*named, "--json", "--data", str(tmp_path / "typo"), environment=QUIET)
    assert (answer.status, answer.document["code"]) == (1, "command.no_county")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("doctor",), ("migrate",), ("stop",), ("restore", "copy"), ("demo",)])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "command.folder_not_named"),
        ("{file}", "command.not_a_folder"),
        ("{file}/below", "command.not_a_folder"),
    ],
)
def test_what_is_no_folder_holds_no_data(
    tmp_path: Path, words: tuple[str, ...], data: str, code: str
) -> None:
    file = tmp_path / "file"
    file.write_text("letters")
    answer = call(*words, "--json", "--data", data.format(file=file), environment=QUIET)
    assert (answer.status, answer.document["code"]) == (1, code)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_name_too_long_for_the_disk_is_said(tmp_path: Path) -> None:
    answer = call("migrate", "--json", "--data", str(tmp_path / ("x" * 300)), environment=QUIET)
    assert (answer.status, answer.document["code"]) == (1, "command.file_closed")
    assert "名称过长" in answer.document["sentence"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "command.admin_url_malformed"),
        ("postgresql://x@127.0.0.1:1/x", "cluster.unreachable"),
    ],
)
def test_a_server_that_cannot_be_reached_leaves_no_folder(tmp_path: Path, url: str, code: str) -> None:
    answer = call("migrate", "--admin-url", url, "--json", "--data", str(tmp_path / "new"), environment=QUIET)
    assert (answer.status, answer.document["code"]) == (1, code)
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_makes_no_sense_is_named(own_database: Clone, tmp_path: Path) -> None:
    environment = own_database.environment() | {"YICUN_SESSION_HOURS": "long", "YICUN_DATA": str(tmp_path)}
    answer = call("doctor", "--json", environment=environment)
    assert (answer.status, answer.document["code"]) == (1, "command.setting_malformed")
    assert "YICUN_SESSION_HOURS" in answer.document["sentence"]


def test_hosts_are_written_with_commas(own_database: Clone, tmp_path: Path) -> None:
    asked = "import yicun.config.settings as told; print(told.ALLOWED_HOSTS)"
    environment = own_database.environment() | {
        "YICUN_HOSTS": "a.gov.cn, b.gov.cn",
        "YICUN_DATA": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['a.gov.cn', 'b.gov.cn']\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("doctor", "--nonsense"), "没有选项 --nonsense"),
        (("unheard_of",), "多余或看不懂的词"),
        (("import", "matters"), "缺少 FILE"),
        (("clock", "due", "--start", "2026-09-28"), "缺少 --limit"),
        (("serve", "--port", "many"), "--port 的值不对"),
        (("serve", "--port"), "选项 --port 后面缺少值"),
        (("doctor", "more", "words"), "多余或看不懂的词"),
    ],
)
def test_words_that_are_off_are_named_in_chinese(words: tuple[str, ...], reason: str) -> None:
    answer = call(*words)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith(f"命令的写法不对：{reason}。用法见 yicun")
    asked = call("--json", *words)
    assert (asked.status, asked.document["code"]) == (2, "command.usage")


def test_nothing_said_is_answered_with_what_may_be_said() -> None:
    answer = call()
    assert (answer.status, "启动演示县" in answer.err) == (2, True)


@pytest.mark.parametrize("address", ["192.0.2.7", "no such host"])
def test_an_address_of_another_machine_is_no_taken_port(address: str) -> None:
    with pytest.raises(Refused) as refused:
        check_free(address, free_port())
    assert refused.value.code == "command.address_unknown"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every port")
def test_a_port_of_the_system_is_closed_to_ordinary_users() -> None:
    with pytest.raises(Refused) as refused:
        check_free("127.0.0.1", 1)
    assert refused.value.code == "command.port_closed"


def test_a_second_demo_does_not_start_beside_the_first(own_database: Clone, tmp_path: Path) -> None:
    environment = own_database.environment() | {"YICUN_DATA": str(tmp_path)}
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path / ".demo.lock")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "1\n"
        answer = call("demo", "--json", "--port", str(free_port()), environment=environment)
        assert (answer.status, answer.document["code"]) == (1, "demo.running")
    finally:
        first.kill()
        first.communicate()


def test_what_falls_over_and_over_is_not_started_for_ever(tmp_path: Path) -> None:
    began = time.monotonic()
    with Children(log=tmp_path / "log") as children:
        children.start("clock", program("clock", "due"))
        with pytest.raises(Refused) as refused:
            children.keep()
    assert refused.value.code == "command.fallen"
    said = (tmp_path / "log" / "clock.log").read_text()
    assert said.count("--limit") + said.count("--start") == MOST_FALLS
    assert time.monotonic() - began < 60


def test_a_web_server_that_was_killed_is_there_again(own_database: Clone, tmp_path: Path) -> None:
    port, metrics = free_port(), free_port()
    words = ("serve", "--json", "--port", str(port), "--metrics-port", str(metrics), "--workers", "1")
    environment = own_database.environment() | {"YICUN_DATA": str(tmp_path)}
    serve = subprocess.Popen(
        program(*words), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert serve.stdout is not None
        assert json.loads(serve.stdout.readline()) == {
            "address": "127.0.0.1",
            "port": port,
            "metrics": metrics,
        }
        wait_until(lambda: connects(port))
        first = web_programs(serve.pid)
        first[0].kill()
        wait_until(lambda: all(is_gone(one) for one in first))
        wait_until(lambda: connects(port))
        wait_until(lambda: len(web_programs(serve.pid)) > 1)
        second = web_programs(serve.pid)
    finally:
        serve.send_signal(signal.SIGTERM)
        out, err = serve.communicate(timeout=60)
    assert (serve.returncode, out) == (0, "")
    assert "程序 granian 意外结束，已重新启动。" in err
    wait_until(lambda: all(is_gone(one) for one in second))
    assert not connects(port)


def web_programs(serve: int) -> list[psutil.Process]:
    """The server first, then its own."""
    found: list[Any] = [one for one in psutil.Process(serve).children() if "granian" in one.cmdline()]
    return [program for one in found for program in (one, *one.children())]


def connects(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
