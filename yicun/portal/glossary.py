"""The glossary: one English word for each Chinese term, read from the modules' own words."""

from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from yicun.kernel import refusals

PACKAGE = Path(__file__).resolve().parents[1]
HEAD = """# Glossary

One English word for each Chinese term. Written by `yicun glossary`
from every module's `terms.py`; do not edit by hand.
"""


class Term(NamedTuple):
    module: str
    kind: str
    code: str
    label: str


def glossary_markdown() -> str:
    """The page, the same for the same words: terms by module, then every refusal with its sentence."""
    found = terms()
    parts = [HEAD]
    for module in dict.fromkeys(term.module for term in found):
        parts.append(f"## {module}\n")
        rows = [(term.code, term.label, term.kind) for term in found if term.module == module]
        parts.append(table(("English", "Chinese", "kind"), rows))
    parts.append("## Refusals\n")
    codes = sorted(refusals.all_codes().items())
    parts.append(table(("code", "kind", "sentence"), [(code, one.kind, one.text) for code, one in codes]))
    return "\n".join(parts)


def double_words() -> list[str]:
    """Chinese terms that go by two English words; `accept` and `acceptance` are one."""
    codes: dict[str, dict[frozenset[str], str]] = {}
    for term in terms():
        codes.setdefault(term.label, {}).setdefault(stems(term.code), term.code)
    return [
        f"{label}: {', '.join(words.values())}" for label, words in sorted(codes.items()) if len(words) > 1
    ]


def stems(code: str) -> frozenset[str]:
    return frozenset(word[:5] for word in code.split("_"))


def terms() -> list[Term]:
    return [term for module in term_modules() for term in terms_of(module)]


def term_modules() -> list[ModuleType]:
    """Importing a module's terms also registers its refusals."""
    files = [*PACKAGE.rglob("terms.py"), *PACKAGE.rglob("terms/*.py"), PACKAGE / "kernel/words.py"]
    names = sorted(
        file.relative_to(PACKAGE.parent).with_suffix("").as_posix().removesuffix("/__init__")
        for file in files
        if file.exists()
    )
    return [import_module(name.replace("/", ".")) for name in names]


def terms_of(module: ModuleType) -> Iterator[Term]:
    place = module.__name__.removeprefix("yicun.").rpartition(".")[0]
    for kind, value in vars(module).items():
        if isinstance(value, type) and issubclass(value, Enum) and value.__module__ == module.__name__:
            for member in value:
                if label := getattr(member, "label", None):
                    yield Term(place, kind, str(member.value), str(label))


def table(head: tuple[str, str, str], rows: list[tuple[str, str, str]]) -> str:
    lines = [head, ("---", "---", "---"), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
