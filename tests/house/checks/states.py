"""House rule 5: a state changes in the one function that takes a step from the workflow table."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, Source, calls, dotted, functions, product

Function = ast.FunctionDef | ast.AsyncFunctionDef
STATE_SQL = re.compile(r"\bset\s+\"?state\"?\s*=", re.IGNORECASE)
WRITERS = {"update", "create", "update_or_create", "get_or_create", "aupdate", "acreate"}


def check(root: Path) -> list[Finding]:
    found: list[Finding] = []
    takers: dict[tuple[str, str], set[str]] = {}
    for source in product(root):
        if source.slice in plan.PURE or "cluster" in source.parts:
            continue
        for node, says in sites(source):
            function = enclosing(source, node)
            table = table_of(source, function) if function and source.layer == "services" else ""
            if not table:
                found.append(
                    Finding(source.path, node.lineno, f"{says} outside the function that takes a step")
                )
            elif function:
                places = takers.setdefault((source.slice, table), set())
                places.add(f"{source.path}:{function.name}")
                if len(places) > 1:
                    found.append(
                        Finding(source.path, node.lineno, f"{table} changes state in {sorted(places)}")
                    )
    return found


def table_of(source: Source, function: Function) -> str:
    """The workflow of which this function takes a step, or of which a caller beside it has just taken one."""
    callers = [
        one for one in functions(source) if any(dotted(call.func) == function.name for call in calls(one))
    ]
    return next((table for one in [function, *callers] if (table := table_taken(one))), "")


def sites(source: Source) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    for node in source.walk():
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in flat(targets)):
                yield node, "assignment to .state"
        elif isinstance(node, ast.Call) and writes_state(node):
            yield node, f"{dotted(node.func)}(state=...)"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and STATE_SQL.search(node.value):
            yield node, "SQL that sets a state"


def flat(targets: Sequence[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from flat(target.elts)
        else:
            yield target


def writes_state(call: ast.Call) -> bool:
    verb = dotted(call.func).rpartition(".")[2]
    if verb == "setattr":
        return len(call.args) > 1 and isinstance(call.args[1], ast.Constant) and call.args[1].value == "state"
    return verb in WRITERS and any(keyword.arg == "state" for keyword in call.keywords)


def enclosing(source: Source, node: ast.stmt | ast.expr) -> Function | None:
    around = [one for one in functions(source) if one.lineno <= node.lineno <= (one.end_lineno or one.lineno)]
    return max(around, key=lambda one: one.lineno, default=None)


def table_taken(function: ast.AST) -> str:
    """`WORKFLOW` of `rules.WORKFLOW.take(...)`."""
    for call in calls(function):
        owner, _, verb = dotted(call.func).rpartition(".")
        if verb == "take" and owner:
            return owner.rpartition(".")[2]
    return ""
