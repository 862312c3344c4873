"""Reading a source tree: what every check starts from."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.house import plan

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.says}"


@dataclass(frozen=True)
class Source:
    """One Python file: `path` is relative to the root, `module` is the dotted name."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.path.removesuffix(".py").split("/"))

    @property
    def slice(self) -> str:
        """`matters` for yicun/matters/services/intake.py."""
        return self.parts[1] if len(self.parts) > 2 else ""

    @property
    def layer(self) -> str:
        """`services` for yicun/matters/services/intake.py."""
        return self.parts[2] if len(self.parts) > 2 else ""

    def walk(self) -> Iterator[ast.AST]:
        return iter(walked(self.text))


@lru_cache(maxsize=2000)
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@lru_cache(maxsize=2000)
def walked(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(text)))


def ignored(root: Path) -> frozenset[str]:
    """Folders that git ignores are nobody's source."""
    lines = (root / ".gitignore").read_text().split()
    return frozenset(line.strip("/") for line in lines)


def files(root: Path, *folders: str) -> list[Path]:
    """Every file below the folders (or the root), without caches, environments and build results."""
    found: list[Path] = []
    for top in [root / folder for folder in folders] or [root]:
        for here, below, names in os.walk(top):
            below[:] = sorted(set(below) - plan.NO_COPY - (ignored(root) if Path(here) == root else set()))
            if Path(here).relative_to(root).as_posix() == "yicun/base/static":
                below[:] = [name for name in below if name != "yicun"]
            found += [Path(here, name) for name in sorted(names)]
    return found


def sources(root: Path, *folders: str) -> list[Source]:
    return [
        Source(path.relative_to(root).as_posix(), path.read_text())
        for path in files(root, *folders)
        if path.suffix == ".py"
    ]


def product(root: Path) -> list[Source]:
    """The product's own code; migrations are history and are checked by their own rules."""
    return [source for source in sources(root, "yicun") if "/migrations/" not in source.path]


def rule_tests(root: Path) -> list[Source]:
    """The tests of the product, without the tests of the house itself."""
    return [source for source in sources(root, "tests") if not source.path.startswith("tests/house/")]


def dotted(node: ast.AST) -> str:
    """`audit.record` for the node of that expression; calls on the way are written `()`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return ""


@dataclass(frozen=True)
class Import:
    line: int
    module: str
    name: str

    @property
    def target(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


def imports(source: Source) -> Iterator[Import]:
    for node in source.walk():
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(source, node)
            yield from (Import(node.lineno, module, alias.name) for alias in node.names)


def absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = source.module.split(".")
    if not source.path.endswith("__init__.py"):
        package = package[:-1]
    package = package[: len(package) - (node.level - 1)]
    return ".".join([*package, *([node.module] if node.module else [])])


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in source.walk() if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (child for child in ast.walk(node) if isinstance(child, ast.Call))


def strings(source: Source) -> Iterator[str]:
    return (
        node.value for node in source.walk() if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
