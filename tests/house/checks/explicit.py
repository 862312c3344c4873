"""House rule 8: nothing calls behind your back: no signals, no save() tricks, no imports inside functions."""

import ast
from pathlib import Path

from tests.house.source import Finding, Source, dotted, functions, imports, product

SIGNALS = (
    "django.dispatch",
    "django.db.models.signals",
    "django.db.backends.signals",
    "django.core.signals",
    "django.contrib.auth.signals",
    "django.test.signals",
    "allauth.account.signals",
    "allauth.mfa.signals",
    "blinker",
)
TRICKS = {"save", "delete", "asave", "adelete", "save_base"}


def check(root: Path) -> list[Finding]:
    return [
        finding
        for source in product(root)
        for finding in [*signals(source), *overrides(source), *inner_imports(source)]
    ]


def signals(source: Source) -> list[Finding]:
    found = [
        Finding(source.path, entry.line, f"{entry.target}: no signals, call what should happen")
        for entry in imports(source)
        if any(f"{entry.target}.".startswith(f"{name}.") for name in SIGNALS)
    ]
    decorated = [
        Finding(source.path, function.lineno, f"{function.name} is a signal receiver")
        for function in functions(source)
        if any(
            dotted(decorator).removesuffix("()").endswith("receiver") for decorator in function.decorator_list
        )
    ]
    return found + decorated


def overrides(source: Source) -> list[Finding]:
    """A table that does more than store when it is saved."""
    found = []
    for node in source.walk():
        if not isinstance(node, ast.ClassDef):
            continue
        is_table = source.layer == "models" or any(
            dotted(base).endswith(("Model", "QuerySet")) for base in node.bases
        )
        for method in node.body:
            if is_table and isinstance(method, ast.FunctionDef) and method.name in TRICKS:
                found.append(
                    Finding(source.path, method.lineno, f"{node.name}.{method.name} overrides Django's")
                )
    return found


def inner_imports(source: Source) -> list[Finding]:
    return [
        Finding(source.path, node.lineno, f"import inside {function.name}")
        for function in functions(source)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
