"""A replay that is killed in the middle: whole messages only, and the same end once it is run again."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.cast import SYSTEM
from tests.databases import ROOT, Clone
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.matters.models import Clock, Entry, Matter
from yicun.matters.terms import ClockName
from yicun.portal.commands.deeds.replaying import AT_ONCE

HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
COUNT = 2 * AT_ONCE + 10
ANSWERED = COUNT - COUNT // 10
PATIENCE = 180


@pytest.fixture
def environment(own_database: Clone, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "data").mkdir()
    held = os.environ | own_database.environment() | {"YICUN_DATA": str(tmp_path / "data")}
    subprocess.run(words("load"), cwd=ROOT, env=held, check=True, capture_output=True)
    return held


def words(*said: str) -> list[str]:
    return [sys.executable, "-m", "yicun", *said, "--json"]


def write_messages(path: Path, mark: str) -> Path:
    """Every tenth has no answer, so that it stays with its body."""
    rows = [
        (
            f"{mark}{number}",
            "A1",
            f"第{number}号楼停水",
            f"2019/4/{1 + number % 28} 9:32:09",
            "停了三天。",
            "" if number % 10 == 0 else "已恢复。",
            f"2019/6/{1 + number % 28} 10:00:00",
        )
        for number in range(COUNT)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def stored(mark: str) -> int:
    with scoped(SYSTEM):
        return Matter.objects.filter(source_key__startswith=mark).count()


def outcome(mark: str) -> dict[str, list[Any]]:
    """What is known of each message in the end: its times, its history, its clocks, its audit trail."""
    with scoped(SYSTEM):
        found = Matter.objects.filter(source_key__startswith=mark)
        told: dict[str, list[Any]] = {
            str(row["id"]): [
                row["source_key"].removeprefix(mark),
                row["state"],
                row["version"],
                row["due_at"],
            ]
            for row in found.values()
        }
        lines = [
            *Entry.objects.order_by("at", "id").values_list("matter_id", "verb", "at"),
            *Clock.objects.order_by("started_at", "id").values_list(
                "matter_id", "name", "due_at", "ended_at"
            ),
            *AuditEntry.objects.order_by("id").values_list("subject_id", "verb", "happened_at"),
        ]
    for key, *line in lines:
        if str(key) in told:
            told[str(key)].append(line)
    return {str(one[0]): one[1:] for one in told.values()}


def half_way() -> list[str]:
    """Messages that stopped between two steps: the unanswered ones wait with their body, all others are closed."""
    with scoped(SYSTEM):
        waiting = Clock.objects.filter(name=ClockName.HANDLING, ended_at=None).values("matter_id")
        open_ones = Matter.objects.exclude(state="closed").exclude(pk__in=waiting)
        return list(open_ones.values_list("source_key", flat=True))


def test_a_killed_replay_goes_on_and_ends_the_same(environment: dict[str, str], tmp_path: Path) -> None:
    cut, whole = write_messages(tmp_path / "cut.csv", "C"), write_messages(tmp_path / "whole.csv", "W")
    with subprocess.Popen(
        words("replay", str(cut)), cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as run:
        patience = time.monotonic() + PATIENCE
        while stored("C") == 0 and run.poll() is None and time.monotonic() < patience:
            time.sleep(0.05)
        run.kill()
    connection.close()
    assert stored("C") in (AT_ONCE, 2 * AT_ONCE)
    assert half_way() == []

    reports = [
        json.loads(
            subprocess.run(
                words("replay", str(file)), cwd=ROOT, env=environment, check=True, capture_output=True
            ).stdout
        )
        for file in (cut, whole, cut)
    ]
    assert [(one["recorded"], one["closed"]) for one in reports] == [(COUNT, ANSWERED)] * 3
    assert 0 < reports[0]["changed"] < reports[1]["changed"] == COUNT
    assert reports[2] == reports[0] | {"changed": 0}
    assert reports[0]["bodies"] == reports[1]["bodies"]
    assert len(outcome("C")) == COUNT
    assert outcome("C") == outcome("W")
