"""House rule 4: a write is one service, with one audit entry of its own verb."""

import ast
import re
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, Source, calls, dotted, product

AUDIT = frozenset({"audit.record", "audit.record_many"})
WORD = re.compile(r"[a-z][a-z0-9_]*")
BATCH = re.compile(r"_(all|many)$")


def check(root: Path) -> list[Finding]:
    found = []
    for module in plan.FEATURES:
        files = [source for source in product(root) if source.slice == module and source.layer == "services"]
        public = public_services(files)
        recorders = recorders_of(files, public)
        for source in files:
            for function in top_level(source):
                if function.name in public:
                    found += complaints(source, function, recorders, public)
    return found


def top_level(source: Source) -> list[ast.FunctionDef]:
    return [node for node in source.tree.body if isinstance(node, ast.FunctionDef)]


def public_services(files: list[Source]) -> set[str]:
    """What services.py defines without an underscore; of a folder, what its __init__ hands out."""
    names: set[str] = set()
    doors = [source for source in files if source.path.endswith("/services/__init__.py")]
    for source in doors or files:
        names |= {function.name for function in top_level(source)}
    for source in doors:
        for node in source.tree.body:
            if isinstance(node, ast.ImportFrom):
                names |= {alias.asname or alias.name for alias in node.names}
    return {name for name in names if not name.startswith("_")}


def recorders_of(files: list[Source], public: set[str]) -> set[str]:
    """`audit.record`, and the module's inner functions that hand on to it a verb which is not their own."""
    recorders = set(AUDIT)
    inner = [function for source in files for function in top_level(source) if function.name not in public]
    while True:
        more = {
            function.name for function in inner if any(not verb for verb in recorded(function, recorders))
        } - recorders
        if not more:
            return recorders
        recorders |= more


def recorded(function: ast.FunctionDef, recorders: set[str]) -> list[str]:
    """The verb of each audit entry; an empty one where the verb comes from elsewhere."""
    return [verb(call) for call in calls(function) if dotted(call.func) in recorders]


def verb(call: ast.Call) -> str:
    """`assign`, written as a word or as a member of an enumeration (`Action.ASSIGN`)."""
    named = [keyword.value for keyword in call.keywords if keyword.arg in {"verb", "action"}]
    for value in [*named, *call.args]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and WORD.fullmatch(value.value):
            return value.value
        member = dotted(value).removesuffix(".value").rpartition(".")[2]
        if member.isupper():
            return member.lower()
    return ""


def complaints(
    source: Source, function: ast.FunctionDef, recorders: set[str], public: set[str]
) -> list[Finding]:
    says = []
    if function.args.args or function.args.posonlyargs or function.args.vararg:
        says.append("takes keywords only")
    missing = {"actor", "now"} - {arg.arg for arg in function.args.kwonlyargs}
    says += [f"needs a keyword `{name}`" for name in sorted(missing)]
    entries = recorded(function, recorders)
    if entries != [BATCH.sub("", function.name)] and not hands_over(function, entries, public):
        says.append(f"writes one audit entry of its own verb, not {entries}")
    return [Finding(source.path, function.lineno, f"{function.name}: a service {text}") for text in says]


def hands_over(function: ast.FunctionDef, entries: list[str], public: set[str]) -> bool:
    """`record` that ends in `record_all`, or a step that ends in the service a table names, leaves the entry to it."""
    touches_tables = any(
        isinstance(node, ast.Attribute) and node.attr == "objects" for node in ast.walk(function)
    )
    last = function.body[-1]
    if entries or touches_tables or not isinstance(last, ast.Return):
        return False
    return any(
        dotted(call.func).rpartition(".")[2] in {*public, "service"}
        and {"actor", "now"} <= {keyword.arg for keyword in call.keywords}
        for call in calls(last)
    )
