"""House rule 1: imports go down, between modules and inside each module."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, files

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
URL_TAG = re.compile(r"""{%\s*url\s+['"](\w+):""")


def check(root: Path) -> list[Finding]:
    return [*contracts_cover_modules(root), *templates_look_down(root), *contracts_hold(root)]


def contracts_hold(root: Path) -> list[Finding]:
    """The import contracts of pyproject.toml (rule 3 as well: pure code imports no Django)."""
    run = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        return []
    return [Finding("pyproject.toml", 0, f"import contracts broken:\n{run.stdout}{run.stderr}")]


def contracts_cover_modules(root: Path) -> list[Finding]:
    """A contract says nothing about a module that it does not list."""
    linter = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    listed = {name for contract in linter["contracts"] for name in contract.get("containers", ())}
    missing = [
        name for name in plan.FEATURES if (root / "yicun" / name).is_dir() and f"yicun.{name}" not in listed
    ]
    return [Finding("pyproject.toml", 0, f"no file layers for yicun.{name}") for name in missing]


def templates_look_down(root: Path) -> list[Finding]:
    """A template names URLs of its own module or of one below, never of one above."""
    order = [*plan.TOP, *plan.FEATURES, *plan.PLATFORM]
    found = []
    for path in files(root, "yicun"):
        relative = path.relative_to(root).as_posix()
        owner = relative.split("/")[1]
        if path.suffix != ".html" or owner not in order:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for target in URL_TAG.findall(line):
                if target in order and order.index(target) < order.index(owner):
                    found.append(
                        Finding(relative, number, f"a template of {owner} names a URL of {target} above it")
                    )
    return found
