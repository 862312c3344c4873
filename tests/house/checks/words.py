"""House rule 10: one word, one meaning; Chinese in its places; no county in the code."""

import ast
import csv
import fnmatch
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pypinyin import lazy_pinyin

from tests.house import plan
from tests.house.source import Finding, Source, files, functions, product, sources

CHINESE = re.compile("[\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff5e\U00020000-\U0003134f]+")
PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
ADMINISTRATIVE = re.compile("(县|市|区|镇|乡|街道)$")
AREA_CODE = re.compile(r"\d{6,15}")
PEOPLE = re.compile(r"\buser_?\d\b", re.IGNORECASE)
GLOSSARY = """
import sys
from yicun.portal.glossary import double_words, glossary_markdown
sys.stdout.write("\\f".join([glossary_markdown(), *double_words()]))
"""
CODE = {".py", ".ts", ".mjs", ".html", ".typ", ".css"}


def check(root: Path) -> list[Finding]:
    return [
        *misplaced_chinese(root),
        *place_names(root),
        *forbidden_identifiers(root),
        *nobodies(root),
        *stale_glossary(root),
    ]


def misplaced_chinese(root: Path) -> list[Finding]:
    found = []
    for path in files(root):
        relative = path.relative_to(root).as_posix()
        if path.suffix not in plan.TEXT_SUFFIXES or allows_chinese(relative):
            continue
        for number, line in enumerate(readable(path).splitlines(), 1):
            if match := CHINESE.search(line):
                found.append(Finding(relative, number, f"Chinese outside its places: {match.group()}"))
    return found


def allows_chinese(relative: str) -> bool:
    return any(fnmatch.fnmatchcase(relative, pattern) for pattern in plan.CHINESE_PLACES)


def readable(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def place_names(root: Path) -> list[Finding]:
    """Counties differ by data: no name from the reference data in the code, in characters or in pinyin."""
    names = real_places(root)
    if not names:
        return []
    written = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    spelled = spellings(frozenset(names))
    found = []
    for path in files(root, "yicun", *(["web/src"] if (root / "web/src").is_dir() else [])):
        relative = path.relative_to(root).as_posix()
        if path.suffix not in CODE or "/reference/" in relative:
            continue
        for number, line in enumerate(readable(path).splitlines(), 1):
            named = written.findall(line) or [
                word for word in PIECES.findall(line) if word.lower() in spelled
            ]
            if named:
                found.append(Finding(relative, number, f"a real place in the code: {named[0]}"))
    return found


def real_places(root: Path) -> set[str]:
    names: set[str] = set()
    for path in sorted(
        path for module in plan.PLACE_DATA for path in (root / "yicun" / module).rglob("*.csv")
    ):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [
                row
                for row in csv.DictReader(stream)
                if row.get("name") and AREA_CODE.fullmatch(row.get("code", ""))
            ]
        for row in rows:
            name = row["name"]
            names |= {name} if len(name) > 2 else set()
            if ADMINISTRATIVE.search(name) and len(name) > 2:
                names.add(ADMINISTRATIVE.sub("", name))
    return {name for name in names if CHINESE.fullmatch(name)}


@lru_cache(maxsize=4)
def spellings(names: frozenset[str]) -> frozenset[str]:
    """Pinyin of the short names, long enough not to be an English word by accident."""
    spelled = {"".join(lazy_pinyin(name)) for name in names if len(name) <= 3}
    return frozenset(word for word in spelled if len(word) >= 6)


def forbidden_identifiers(root: Path) -> list[Finding]:
    found = []
    for source in sources(root, "yicun", "tests", "benchmarks"):
        if source.path.startswith("tests/house/"):
            continue
        for line, name, words in identifiers(source):
            pieces = {piece.lower() for piece in PIECES.findall(name)}
            if name not in plan.GIVEN_NAMES and pieces & words - subjects(source.path):
                found.append(Finding(source.path, line, f"{name}: a word that says nothing"))
    return found


def subjects(path: str) -> frozenset[str]:
    return frozenset().union(*(words for place, words in plan.SUBJECTS.items() if path.startswith(place)))


def identifiers(source: Source) -> Iterator[tuple[int, str, frozenset[str]]]:
    yield 1, source.parts[-1], plan.FORBIDDEN_CLASS_WORDS
    for function in functions(source):
        if not function.name.startswith("test_"):
            yield function.lineno, function.name, plan.FORBIDDEN_WORDS
    for node in source.walk():
        if isinstance(node, ast.ClassDef):
            yield node.lineno, node.name, plan.FORBIDDEN_CLASS_WORDS
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg, plan.FORBIDDEN_WORDS
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id, plan.FORBIDDEN_WORDS - {"process", "manager"}


def nobodies(root: Path) -> list[Finding]:
    """People in code, tests and demo data come from the fixed cast."""
    return [
        Finding(source.path, number, "a numbered user; take somebody from the cast")
        for source in [*product(root), *sources(root, "tests")]
        if not source.path.startswith("tests/house/")
        for number, line in enumerate(source.text.splitlines(), 1)
        if PEOPLE.search(line)
    ]


def stale_glossary(root: Path) -> list[Finding]:
    page = root / "docs/glossary.md"
    run = subprocess.run(
        [sys.executable, "-c", GLOSSARY],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        return [Finding("docs/glossary.md", 0, f"cannot be written: {run.stderr}")]
    fresh, *doubles = run.stdout.split("\f")
    found = [Finding("docs/glossary.md", 0, f"one term, two words: {line}") for line in doubles]
    if not page.exists() or page.read_text() != fresh:
        found.append(Finding("docs/glossary.md", 0, "stale: write it again with `yicun glossary`"))
    return found
