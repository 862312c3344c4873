"""How long a file of messages takes to be imported, and messages with replies to be replayed, by the command line.

    make bench NAME=intake ARGS="messages.csv [--replies messages_with_replies.csv] [--rows 50000]"

The messages are repeated under new numbers until there are enough of them. Wall time depends on who else uses the
cores, so the CPU seconds of the program are told beside it; PostgreSQL's are not among them.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.county import ROOT, County, demo_county
from benchmarks.report import show

GATE_IMPORT_SECONDS, GATE_REPLAY_SECONDS = 60, 120


def multiplied(source: Path, target: Path, rows: int) -> Path:
    """The first column is the number of a message."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        header, *known = csv.reader(file)
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number, row in enumerate(islice(cycle(known), rows), start=10**9):
            writer.writerow([number, *row[1:]])
    return target


def timed(county: County, gate: int, *words: str) -> dict[str, Any]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    told_to = [sys.executable, "-m", "yicun", *words, "--data", str(county.data), "--json"]
    done = subprocess.run(told_to, cwd=ROOT, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(done.stdout)
    return {
        "what": words[0],
        "rows": told["rows"],
        "recorded": told["recorded"],
        "seconds": round(wall, 1),
        "per_second": round(told["rows"] / wall, 1),
        "client_cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "gate_seconds": gate,
        "within": wall <= gate,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path)
    parser.add_argument("--replies", type=Path)
    parser.add_argument("--rows", type=int, default=50_000)
    asked = parser.parse_args()
    with demo_county() as county:
        file = multiplied(asked.messages, county.data / "messages.csv", asked.rows)
        found = [timed(county, GATE_IMPORT_SECONDS, "import", "matters", str(file), "--channel", "public")]
        if asked.replies:
            found.append(timed(county, GATE_REPLAY_SECONDS, "replay", str(asked.replies.resolve())))
    show("intake", Path(__file__).parent, found)
    return 0 if all(one["within"] for one in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
