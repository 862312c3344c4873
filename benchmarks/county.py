"""A throwaway county for one measurement: the demo county served on this machine, and taken away afterwards."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from yicun.base.cluster.supervisor import discard, ensure_running, stop

ROOT = Path(__file__).resolve().parent.parent
VILLAGE = 350429101208000


@dataclass(frozen=True)
class County:
    data: Path
    port: int
    members: dict[str, dict[str, Any]]

    @property
    def tokens(self) -> list[str]:
        """Of the police, who record; partner bodies do not."""
        return [one["token"] for one in self.members.values() if one["role"] in RECORDERS]

    def admin(self) -> psycopg.Connection[Any]:
        """Sees everything: what is counted must not pass through the product's own filters."""
        url = make_conninfo(ensure_running(self.data).admin_url, dbname="yicun")
        return psycopg.connect(url, autocommit=True, options="-c search_path=yicun,public")


RECORDERS = frozenset(
    {"chief", "desk", "community_officer", "command_centre", "case_officer", "fire_officer"}
)


def program(data: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "yicun", words[0], "--data", str(data), *words[1:]]


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def demo_county(*, keep: bool = False) -> Iterator[County]:
    """`yicun demo` as it is shipped, in a folder of its own; with `keep` the data outlives its programs."""
    data = Path(tempfile.mkdtemp(prefix="yicun-bench-"))
    port = free_port()
    with (data / "demo.log").open("wb") as log:
        running = subprocess.Popen(
            program(data, "demo", "--port", str(port), "--json"),
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert running.stdout is not None
        try:
            said = json.loads(running.stdout.readline() or b"{}")
            if "members" not in said:
                raise SystemExit((data / "demo.log").read_text()[-2_000:])
            yield County(data, port, {one["username"]: one for one in said["members"]})
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(timeout=60)
            if not keep:
                remove(data)


def remove(data: Path) -> None:
    stop(data, "immediate")
    discard(data)
    shutil.rmtree(data, ignore_errors=True)
