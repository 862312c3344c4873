"""How long many matters take together: recorded, accepted, assessed, assigned, and each time taken back.

    make bench NAME=bulk ARGS="[--rows 10000]"

Through the real services and the county's own worker. After every undoing the county is compared with what it was:
matters, running clocks and grants.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.county import ROOT, County, demo_county
from benchmarks.report import show

GATE_SECONDS = 60


def measured(county: County, rows: int) -> list[dict[str, Any]]:
    """By a program of its own: it wears the county's settings from its first line on."""
    settings = {"YICUN_DATA": str(county.data), "DJANGO_SETTINGS_MODULE": "yicun.config.settings"}
    told = [sys.executable, "-m", "benchmarks.batches", str(rows)]
    done = subprocess.run(told, cwd=ROOT, check=True, stdout=subprocess.PIPE, env={**os.environ, **settings})
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    asked = parser.parse_args()
    with demo_county() as county:
        found = measured(county, asked.rows)
    show("bulk", Path(__file__).parent, found)
    sound = all(
        one["done"] == one["audited"] == one["undone"] == asked.rows and one["equal_again"] for one in found
    )
    return 0 if sound and all(one["seconds"] <= GATE_SECONDS for one in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
