"""House rule 9: small, and no new kind of file without a decision."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, Source, files, functions, ignored, sources

EXEMPTION = re.compile(r"#\s*(?:ruff:\s*)?noqa|#\s*pragma:\s*no cover|djlint:\s*off")
REASON = re.compile(r"decision (\d{4})")
RUFF = (
    *("-m", "ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--output-format", "concise"),
    *("--select", "C901,PLC0415", "--config"),
)
COUNTED = {".py", ".ts", ".mjs", ".css", ".html", ".typ"}


def check(root: Path) -> list[Finding]:
    return [*long_files(root), *long_blocks(root), *complexity(root), *unknown_files(root), *exemptions(root)]


def long_files(root: Path) -> list[Finding]:
    found = []
    for path in files(root, "yicun", "tests", "web", "benchmarks"):
        relative = path.relative_to(root).as_posix()
        if path.suffix not in COUNTED or {"reference", "migrations"} & set(relative.split("/")):
            continue
        limit = plan.TEST_FILE_LINES if relative.startswith("tests/") else plan.FILE_LINES
        length = len(path.read_text().splitlines())
        if length > limit:
            found.append(Finding(relative, length, f"{length} lines, {limit} allowed"))
    return found


def long_blocks(root: Path) -> list[Finding]:
    found = []
    for source in sources(root, "yicun", "tests", "benchmarks"):
        if "/migrations/" in source.path:
            continue
        for node in [*functions(source), *(one for one in source.walk() if isinstance(one, ast.ClassDef))]:
            limit = block_limit(source, node)
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > limit:
                found.append(
                    Finding(source.path, node.lineno, f"{node.name}: {length} lines, {limit} allowed")
                )
    return found


def block_limit(source: Source, node: ast.AST) -> int:
    if isinstance(node, ast.ClassDef):
        return plan.CLASS_LINES
    return plan.VIEW_LINES if source.layer == "views" else plan.FUNCTION_LINES


def complexity(root: Path) -> list[Finding]:
    """Counted by ruff, with the limit given here, so that a changed setting does not help."""
    run = subprocess.run(
        [sys.executable, *RUFF, f"lint.mccabe.max-complexity = {plan.COMPLEXITY}", "yicun"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        return []
    return [Finding("yicun", 0, f"ruff:\n{run.stdout}{run.stderr}")]


def unknown_files(root: Path) -> list[Finding]:
    found = [
        Finding(path.name, 0, "a top-level folder that the plan does not know")
        for path in sorted(root.iterdir())
        if path.is_dir()
        and not path.name.startswith(".")
        and path.name not in plan.TOP_FOLDERS | ignored(root)
    ]
    for module in sorted(path for path in (root / "yicun").iterdir() if path.name not in plan.NO_COPY):
        name = module.stem
        if module.is_file():
            if name not in {"__init__", "__main__", "py"}:
                found.append(Finding(f"yicun/{module.name}", 0, "the plan knows no such file"))
        elif name not in plan.MODULES:
            found.append(Finding(f"yicun/{name}", 0, "a module that the plan does not know"))
        else:
            found += unknown_in(module, plan.OWN_FILES.get(name, plan.FEATURE_FILES))
    return found


def unknown_in(module: Path, known: frozenset[str]) -> list[Finding]:
    return [
        Finding(f"yicun/{module.name}/{path.name}", 0, "no new kind of file without a decision record")
        for path in sorted(module.iterdir())
        if path.name not in plan.NO_COPY and path.name.removesuffix(".py") not in known
    ]


def exemptions(root: Path) -> list[Finding]:
    """A check is silenced only by a line that names the decision record which allows it."""
    known = {path.name[:4] for path in (root / "docs/decisions").glob("*.md")}
    found = []
    for path in files(root, "yicun", "tests", "benchmarks"):
        relative = path.relative_to(root).as_posix()
        if path.suffix not in {".py", ".html"} or relative.startswith("tests/house/"):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if EXEMPTION.search(line) and not known & set(REASON.findall(line)):
                found.append(Finding(relative, number, "silenced without a decision record in the line"))
    return found
