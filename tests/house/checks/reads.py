"""House rule 6: a read is one query that knows who asks; a screen's test counts its queries."""

import ast
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, Source, calls, dotted, imports, product, rule_tests

FRONT = {"views", "api", "forms", "templatetags"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
COUNTERS = {"queries", "django_assert_num_queries", "assertNumQueries"}


def check(root: Path) -> list[Finding]:
    found = []
    for source in product(root):
        if source.layer in FRONT and source.slice in (*plan.FEATURES, "portal"):
            found += tables_in_front(source)
        if source.layer == "queries":
            found += writes_in_queries(source)
    return found + [finding for source in rule_tests(root) for finding in uncounted_screens(source)]


def tables_in_front(source: Source) -> list[Finding]:
    """A view or an operation asks `queries`; it never touches a table itself."""
    found = [
        Finding(source.path, entry.line, f"{entry.target}: a screen asks queries, never models")
        for entry in imports(source)
        if entry.target.startswith("yicun.") and "models" in entry.target.split(".")
    ]
    return found + [
        Finding(source.path, node.lineno, "a screen asks queries, never .objects")
        for node in source.walk()
        if isinstance(node, ast.Attribute) and node.attr == "objects"
    ]


def writes_in_queries(source: Source) -> list[Finding]:
    return [
        Finding(source.path, call.lineno, f"{dotted(call.func)}() writes; a query only reads")
        for call in calls(source.tree)
        if isinstance(call.func, ast.Attribute) and (call.func.attr in WRITES or is_bulk_update(call))
    ]


def is_bulk_update(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute) and call.func.attr == "update" and "objects" in dotted(call.func)
    )


def uncounted_screens(source: Source) -> list[Finding]:
    """Every file of screen tests counts queries, with a number written out."""
    if not any(part.startswith("test_views") for part in source.parts):
        return []
    for call in calls(source.tree):
        if dotted(call.func).rpartition(".")[2] in COUNTERS and literal_count(call):
            return []
    return [Finding(source.path, 1, "no screen here has a literal query count: `with queries(7): ...`")]


def literal_count(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, int)
