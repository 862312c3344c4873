"""A county from nothing on its own embedded cluster: set up, backed up, restored; and the demo county."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.databases import ROOT
from tests.portal.test_commands import Answer, call
from yicun.base.cluster import supervisor

QUIET = {name: value for name, value in os.environ.items() if not name.startswith("YICUN_")}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    for data in (tmp_path / "data", tmp_path / "restored"):
        supervisor.discard(data)


def on(data: Path, *words: str) -> Answer:
    return call(*words, "--data", str(data), environment=QUIET)


def test_county_is_set_up_backed_up_and_restored(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_text(
        "留言编号,留言主题,留言时间,留言详情\n1,路灯不亮,2019/3/4 7:00:10,桥头\n", encoding="utf-8"
    )
    assert on(folder, "import", "matters", str(file), "--json").document["code"] == "command.no_county"
    with supervisor.running(folder):
        assert on(folder, "import", "matters", str(file), "--json").document["code"] == "command.not_migrated"
    assert on(folder, "migrate", "--json").document["migrations"] > 50
    assert on(folder, "migrate", "--json").document == {"migrations": 0}
    assert on(folder, "import", "matters", str(file), "--json").document["code"] == "area.no_county"
    assert on(folder, "load").status == 0
    assert on(folder, "import", "matters", str(file), "--json").document["recorded"] == 1
    copy = tmp_path / "copy"
    assert on(folder, "backup", str(copy), "--json").status == 0
    assert (copy.stat().st_mode & 0o777, on(folder, "backup", str(copy)).status) == (0o700, 1)
    restored = tmp_path / "restored"
    assert on(restored, "restore", str(copy), "--json").status == 0
    assert on(restored, "import", "matters", str(file), "--json").document["duplicates"] == 1
    assert on(restored, "restore", str(copy), "--json").document["code"] == "command.folder_not_empty"
    assert (
        on(tmp_path / "none", "restore", str(tmp_path), "--json").document["code"] == "command.backup_damaged"
    )
    assert on(folder, "stop", "--json").document == {"stopped": False}


def test_demo_county_answers_and_goes_quietly(folder: Path) -> None:
    port = free_port()
    words = ("demo", "--data", str(folder), "--port", str(port), "--json")
    demo = subprocess.Popen(
        [sys.executable, "-m", "yicun", *words], cwd=ROOT, env=QUIET, stdout=subprocess.PIPE, text=True
    )
    try:
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        assert told["url"] == f"http://127.0.0.1:{port}/"
        assert len(told["members"]) == 18
        chief = next(one for one in told["members"] if one["username"] == "chen_zhiming")
        assert (chief["name"], chief["role"], chief["unit_code"]) == ("陈志明", "chief", "zhukou_station")
        matters = get(port, "/api/v1/matters?limit=50", chief["token"])
        assert {one["state"] for one in matters["items"]} >= {
            "recorded",
            "handling",
            "closed",
            "deferred",
            "merged",
        }
        assert set(get(port, "/readyz").values()) == {"ok"}
        assert on(folder, "stop", "--json").document["code"] == "command.in_use"
        assert call("serve", "--data", str(folder), "--port", str(port), environment=QUIET).status == 1
    finally:
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=60)
    assert (demo.returncode, rest) == (0, "")
    assert not supervisor.status(folder).is_running
    with socket.socket() as tried:
        assert tried.connect_ex(("127.0.0.1", port)) != 0


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def get(port: int, path: str, token: str = "") -> Any:
    asked = HTTPConnection("127.0.0.1", port, timeout=30)
    asked.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = json.loads(asked.getresponse().read())
    asked.close()
    return answer
