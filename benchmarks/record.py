"""How many matters a second go through the sync door, beside a bare insert; and the boards over a million matters.

    make bench NAME=record [ARGS="--seconds 20 --rows 1000000"]

Client, server and PostgreSQL share the machine's cores, for the product and for the bare insert alike.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import history
from benchmarks.clients import BODY, Phone, percentile, record, together
from benchmarks.county import ROOT, County, demo_county, free_port
from benchmarks.report import show
from yicun.base.cluster.supervisor import ensure_running
from yicun.kernel.ids import uuid7

CONNECTIONS = 16
BATCH = 50
GATE_PER_SECOND, GATE_SHARE, GATE_BOARD_MS = 300, 0.40, 80
BOARDS = ("untouched", "mine", "overdue", "sent_back", "supervised", "all")
VIEWERS = ("zhou_yulan", "chen_zhiming", "lin_xiaowen", "wang_jianguo", "he_meizhen")


def through_sync(county: County, size: int, seconds: float) -> dict[str, Any]:
    """Matters per second in batches of `size`, from as many connections as the issue names."""
    phones = [Phone(county.port, county.tokens[n % len(county.tokens)]) for n in range(CONNECTIONS)]
    done = [0] * CONNECTIONS
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        while time.perf_counter() < until:
            answers = phones[number].sync([record(f"护栏松动{number}") for _ in range(size)])
            done[number] += sum(answer["answer"] == "done" for answer in answers or [])

    wall = together(work, CONNECTIONS)
    spent = [second * 1_000 for phone in phones for second in phone.seconds]
    return {
        "what": f"sync, {size} per request",
        "per_second": round(sum(done) / wall, 1),
        "p50_ms": round(percentile(spent, 0.50), 1),
        "p99_ms": round(percentile(spent, 0.99), 1),
    }


def bare_inserts(county: County, seconds: float) -> dict[str, Any]:
    port = free_port()
    with county.admin() as admin:
        admin.execute("CREATE TABLE IF NOT EXISTS bare (id uuid PRIMARY KEY, title text, body text)")
        admin.execute("GRANT INSERT ON bare TO yicun_app")
    url = ensure_running(county.data).urls["app"]
    words = [
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "4",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *words, "--no-log", "benchmarks.bare:application"],
        cwd=ROOT,
        env={**os.environ, "BARE_URL": url},
    )
    try:
        wait_for(port)
        return _bare(port, seconds)
    finally:
        server.terminate()
        server.wait()


def _bare(port: int, seconds: float) -> dict[str, Any]:
    phones = [Phone(port, "") for _ in range(CONNECTIONS)]
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        while time.perf_counter() < until:
            phones[number].post("/", {"id": uuid7(), "title": "护栏松动", "body": BODY})

    wall = together(work, CONNECTIONS)
    spent = [second * 1_000 for phone in phones for second in phone.seconds]
    return {
        "what": "bare insert, 1 per request",
        "per_second": round(len(spent) / wall, 1),
        "p50_ms": round(percentile(spent, 0.50), 1),
        "p99_ms": round(percentile(spent, 0.99), 1),
    }


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            line.connect()
        except OSError:
            time.sleep(0.1)
        else:
            line.close()
            return
    raise SystemExit("the bare server did not come up")


def boards(county: County, rows: int) -> list[dict[str, Any]]:
    """In a process of its own, as the app role: server time of every page, and the number of its queries."""
    with county.admin() as admin:
        began = time.perf_counter()
        history.fill(admin, rows)
        print(f"{rows:,} matters written in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages", ",".join(VIEWERS), ",".join(BOARDS)],
        cwd=ROOT,
        env={**os.environ, "YICUN_DATA": str(county.data), "DJANGO_SETTINGS_MODULE": "yicun.config.settings"},
        stdout=subprocess.PIPE,
        check=True,
    )
    measured: list[dict[str, Any]] = json.loads(done.stdout)
    return measured


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=20)
    words.add_argument("--rows", type=int, default=1_000_000)
    given = words.parse_args()
    load = os.getloadavg()
    with demo_county() as county:
        bare_before = bare_inserts(county, given.seconds / 2)
        batches = through_sync(county, BATCH, given.seconds)
        singles = through_sync(county, 1, given.seconds)
        bare_after = bare_inserts(county, given.seconds / 2)
        pages = boards(county, given.rows) if given.rows else []
    bare = (bare_before["per_second"] + bare_after["per_second"]) / 2
    share = batches["per_second"] / bare
    slowest = max((page["p95_ms"] for page in pages), default=0)
    verdict = {
        "load_before": [round(value, 2) for value in load],
        "batches_per_second": batches["per_second"],
        "gate_per_second": GATE_PER_SECOND,
        "batches_over_bare": round(share, 2),
        "singles_over_bare": round(singles["per_second"] / bare, 2),
        "gate_share": GATE_SHARE,
        "slowest_page_p95_ms": slowest,
        "gate_page_ms": GATE_BOARD_MS,
    }
    show("record", Path(__file__).parent, [bare_before, batches, singles, bare_after], pages, verdict)
    is_met = batches["per_second"] >= GATE_PER_SECOND and share >= GATE_SHARE and slowest <= GATE_BOARD_MS
    return 0 if is_met else 1


if __name__ == "__main__":
    raise SystemExit(main())
