"""House rule 7: the database keeps the promise: constraints have names, and each name has a test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import Finding, Source, calls, dotted, rule_tests, sources

KINDS = {"CheckConstraint", "UniqueConstraint", "ExclusionConstraint"}
IN_SQL = re.compile(r"(?:ADD\s+CONSTRAINT|CREATE\s+CONSTRAINT\s+TRIGGER)\s+\"?(\w+)", re.IGNORECASE)


def check(root: Path) -> list[Finding]:
    tested = "\n".join(source.text for source in rule_tests(root))
    found = []
    for source in sources(root, "yicun"):
        for line, name in constraints(source):
            if not name:
                found.append(Finding(source.path, line, "a constraint without a name written out"))
            elif not re.search(rf"\b{re.escape(name)}\b", tested):
                found.append(Finding(source.path, line, f"no test names the constraint {name}"))
    return found


def constraints(source: Source) -> Iterator[tuple[int, str]]:
    if source.layer == "models":
        for call in calls(source.tree):
            if dotted(call.func).rpartition(".")[2] in KINDS:
                yield call.lineno, constant(call, "name")
    if source.layer == "migrations":
        for node in source.walk():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from ((node.lineno, name) for name in IN_SQL.findall(node.value))


def constant(call: ast.Call, keyword: str) -> str:
    for given in call.keywords:
        if (
            given.arg == keyword
            and isinstance(given.value, ast.Constant)
            and isinstance(given.value.value, str)
        ):
            return given.value.value
    return ""
