"""House rule 3: rules are pure, time is passed in."""

import ast
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, Source, dotted, imports, product, rule_tests

CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "django.utils.timezone.now",
}
CLOCK_MODULES = {"time": {"time", "time_ns"}, "django.utils.timezone": {"now", "localtime", "localdate"}}
IMPURE = ("django", "ninja", "psycopg", "procrastinate", "allauth", "requests")


def check(root: Path) -> list[Finding]:
    found = []
    for source in product(root):
        found += clock_reads(source)
        found += impure_imports(source)
    for source in rule_tests(root):
        found += database_in_rule_tests(source)
    return found


def is_edge(source: Source) -> bool:
    return bool(plan.EDGE & set(source.parts)) or source.path in plan.CLOCK_EXCEPTIONS


def clock_reads(source: Source) -> list[Finding]:
    if is_edge(source):
        return []
    found = [
        Finding(source.path, node.lineno, f"{dotted(node)} reads the clock; take `now` as a parameter")
        for node in source.walk()
        if isinstance(node, ast.Attribute) and dotted(node) in CLOCKS
    ]
    return found + [
        Finding(source.path, entry.line, f"{entry.target} reads the clock; take `now` as a parameter")
        for entry in imports(source)
        if entry.name in CLOCK_MODULES.get(entry.module, ())
    ]


def impure_imports(source: Source) -> list[Finding]:
    """Direct imports only: terms.py uses Django's enumerations, and rules may use terms."""
    pure = source.slice in plan.PURE or source.layer == "rules"
    if not pure:
        return []
    return [
        Finding(source.path, entry.line, f"{entry.target}: rules and pure libraries stay pure Python")
        for entry in imports(source)
        if entry.module.split(".")[0] in IMPURE
        or (
            entry.target.split(".")[-1] in {"models", "queries", "services"}
            and entry.target.startswith("yicun.")
        )
    ]


def database_in_rule_tests(source: Source) -> list[Finding]:
    if not any(part.startswith("test_rules") for part in source.parts):
        return []
    return [
        Finding(source.path, node.lineno, "a test of rules needs no database")
        for node in source.walk()
        if (isinstance(node, ast.Attribute) and node.attr == "django_db")
        or (isinstance(node, ast.arg) and node.arg in {"db", "transactional_db"})
    ]
