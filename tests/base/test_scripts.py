"""The scripts of the pages have tests of their own, run by node, with a clock that is set by hand."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRST_LOAD = ("app.css", "app.js", "icons.svg")
MOST_BYTES = 60 * 1024


def test_scripts_pass_their_own_tests() -> None:
    words = [sys.executable, str(ROOT / "web" / "build.py"), "--test"]
    run = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"^. pass (\d+)$", run.stdout, re.MULTILINE)
    assert passed, run.stdout
    assert int(passed[1]) >= 33


def test_first_load_is_small_enough_for_a_valley() -> None:
    """Everything a first page loads, as it travels: compressed."""
    built = ROOT / "yicun" / "base" / "static" / "yicun"
    weights = {name: len(gzip.compress((built / name).read_bytes(), 9)) for name in FIRST_LOAD}
    assert sum(weights.values()) <= MOST_BYTES, weights
