"""House rule 4: a write is one service, with one audit entry of its own verb."""

import ast
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, Source, calls, dotted, product

AUDIT = "audit.record"


def check(root: Path) -> list[Finding]:
    found = []
    for module in plan.FEATURES:
        files = [source for source in product(root) if source.slice == module and source.layer == "services"]
        recorders = recorders_of(files)
        for source in files:
            for function in top_level(source):
                if not function.name.startswith("_"):
                    found += complaints(source, function, recorders)
    return found


def top_level(source: Source) -> list[ast.FunctionDef]:
    return [node for node in source.tree.body if isinstance(node, ast.FunctionDef)]


def recorders_of(files: list[Source]) -> set[str]:
    """`audit.record` and the module's own functions that hand a verb of their caller on to it."""
    recorders = {AUDIT}
    everything = [function for source in files for function in top_level(source)]
    while True:
        more = {function.name for function in everything if passes_verb_on(function, recorders)} - recorders
        if not more:
            return recorders
        recorders |= more


def passes_verb_on(function: ast.FunctionDef, recorders: set[str]) -> bool:
    given = {arg.arg for arg in [*function.args.args, *function.args.kwonlyargs]}
    handed = [
        value
        for call in calls(function)
        if is_recorder(call, recorders)
        for value in [
            *call.args,
            *(keyword.value for keyword in call.keywords if keyword.arg in {"verb", "action"}),
        ]
    ]
    return any(dotted(value).split(".")[0] in given & {"verb", "action", "step"} for value in handed)


def is_recorder(call: ast.Call, recorders: set[str]) -> bool:
    name = dotted(call.func)
    return name.endswith(AUDIT) or name.rpartition(".")[2] in recorders


def complaints(source: Source, function: ast.FunctionDef, recorders: set[str]) -> list[Finding]:
    says = []
    if function.args.args or function.args.posonlyargs or function.args.vararg:
        says.append("takes keywords only")
    missing = {"actor", "now"} - {arg.arg for arg in function.args.kwonlyargs}
    says += [f"needs a keyword `{name}`" for name in sorted(missing)]
    entries = [verb for call in calls(function) if is_recorder(call, recorders) for verb in verbs(call)]
    if entries != [function.name]:
        says.append(f"writes one audit entry of its own verb, not {entries}")
    return [Finding(source.path, function.lineno, f"{function.name}: a service {text}") for text in says]


def verbs(call: ast.Call) -> list[str]:
    """The verb as written: a keyword `verb` or `action`, else the first plain string."""
    named = [keyword.value for keyword in call.keywords if keyword.arg in {"verb", "action"}]
    for value in [*named, *call.args]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return [value.value.rpartition(".")[2]]
    return ["(no verb)"]
