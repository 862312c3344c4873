"""House rule 2: a module is entered through services, queries and terms only."""

from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, Import, Source, calls, dotted, imports, product


def check(root: Path) -> list[Finding]:
    found = []
    for source in product(root):
        if source.slice in plan.TOP:
            continue
        for entry in imports(source):
            if says := complaint(source, entry):
                found.append(Finding(source.path, entry.line, says))
        found += back_doors(source)
    return found


def complaint(source: Source, entry: Import) -> str:
    parts = entry.target.split(".")
    if parts[0] != "yicun" or len(parts) < 2 or parts[1] == source.slice:
        return ""
    door = parts[2] if len(parts) > 2 else ""
    if parts[1] in plan.FEATURES and door not in plan.FRONT_DOORS:
        return f"{entry.target}: {parts[1]} is entered through services, queries or terms only"
    if parts[1] in plan.FEATURES and door == "services" and len(parts) > 4:
        return f"{entry.target}: only what the services of {parts[1]} hand out themselves is public"
    if parts[1] == "base" and door == "models" and entry.module not in plan.SHARED_MODELS:
        return f"{entry.target}: the tables of base are its own; use its functions, or a foreign key by name"
    return ""


def back_doors(source: Source) -> list[Finding]:
    """Fetching another module's table by its name is the same as importing it."""
    if source.slice not in plan.FEATURES:
        return []
    return [
        Finding(source.path, call.lineno, f"{dotted(call.func)}() fetches a table or module by name")
        for call in calls(source.tree)
        if dotted(call.func).rpartition(".")[2]
        in {"get_model", "import_module", "import_string", "__import__"}
    ]
