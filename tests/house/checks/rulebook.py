"""House rule 11: tests are the rulebook: every refusal, route and template is met, nothing is mocked."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import (
    Finding,
    Source,
    calls,
    dotted,
    files,
    functions,
    imports,
    product,
    rule_tests,
    strings,
)

NAME = re.compile(r"test_[a-z0-9]+(_[a-z0-9]+)+")
ASSERTING = re.compile(r"(^|_)(assert|expect|refuse|check)|raises$|^queries$|^fail$|_must_|^warns$")


def check(root: Path) -> list[Finding]:
    tests = rule_tests(root)
    said = {text for source in tests for text in strings(source)}
    found = [*refusals(root, said), *routes(root), *templates(root)]
    for source in tests:
        found += [*mocks(source), *shapes(source)]
    return found


def refusals(root: Path, said: set[str]) -> list[Finding]:
    registered: dict[str, tuple[str, int]] = {}
    raised: dict[str, tuple[str, int]] = {}
    mentioned: set[str] = set()
    for source in product(root):
        if {"terms", "words"} & set(source.parts):
            registered |= {code: (source.path, line) for code, line in register_of(source)}
        else:
            mentioned |= set(strings(source))
        raised |= {code: (source.path, line) for code, line in raised_in(source)}
    found = [
        Finding(*registered[code], f"{code} is never raised")
        for code in registered.keys() - mentioned - raised.keys()
    ]
    found += [
        Finding(*registered[code], f"no test names the refusal {code}") for code in registered.keys() - said
    ]
    return found + [
        Finding(*raised[code], f"{code} is not registered") for code in raised.keys() - registered.keys()
    ]


def register_of(source: Source) -> Iterator[tuple[str, int]]:
    """The keys of REFUSALS = {"step.forbidden": Sentence(...)}, or of a dictionary given to register()."""
    for node in source.walk():
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                is_sentence = isinstance(value, ast.Call) and dotted(value.func).endswith("Sentence")
                if isinstance(key, ast.Constant) and isinstance(key.value, str) and is_sentence:
                    yield key.value, key.lineno


def raised_in(source: Source) -> Iterator[tuple[str, int]]:
    for call in calls(source.tree):
        if dotted(call.func).rpartition(".")[2] == "Refused" and call.args:
            code = call.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value, code.lineno


def routes(root: Path) -> list[Finding]:
    """Every route has a name, said once; that a test walks it is seen by tests/house/walk.py."""
    found = []
    named: dict[str, str] = {}
    for source in product(root):
        if source.layer != "urls":
            continue
        for call in calls(source.tree):
            if dotted(call.func) not in {"path", "re_path"} or is_include(call):
                continue
            name = f"{namespace(source)}{url_name(call)}"
            if not url_name(call):
                found.append(Finding(source.path, call.lineno, "a route without a name"))
            elif name in named:
                found.append(Finding(source.path, call.lineno, f"{name} is already a route of {named[name]}"))
            named[name] = source.path
    return found


def is_include(call: ast.Call) -> bool:
    """Mounted as a whole: an included module, or the API, whose operations its own schema lists."""
    target = call.args[1] if len(call.args) > 1 else None
    if isinstance(target, ast.Call):
        return dotted(target.func) in {"include", "path"}
    return isinstance(target, ast.Attribute) and target.attr == "urls"


def namespace(source: Source) -> str:
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and [dotted(target) for target in node.targets] == ["app_name"]:
            return f"{ast.literal_eval(node.value)}:"
    return ""


def url_name(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""


def templates(root: Path) -> list[Finding]:
    """A template that no view, service or other template names is dead."""
    pages = [
        path
        for path in files(root, "yicun")
        if "templates" in path.parts and path.suffix in {".html", ".txt"}
    ]
    texts = {source.path: source.text for source in product(root)}
    texts |= {path.relative_to(root).as_posix(): path.read_text() for path in pages}
    found = []
    for path in pages:
        here = path.relative_to(root).as_posix()
        name = here.partition("/templates/")[2]
        given_by_a_library = name.startswith(
            ("account/", "mfa/", "allauth/", "403", "404", "429", "500", "400")
        )
        if not given_by_a_library and not any(name in text for file, text in texts.items() if file != here):
            found.append(Finding(here, 1, f"nothing uses the template {name}"))
    return found


def mocks(source: Source) -> list[Finding]:
    """Our own code is tested as it is: with a database, a worker and real files."""
    found = [
        Finding(source.path, entry.line, "no mocks; use the real thing")
        for entry in imports(source)
        if entry.target.startswith(("unittest.mock", "mock", "pytest_mock"))
    ]
    ours = {
        entry.name or entry.module.split(".")[0]
        for entry in imports(source)
        if entry.module.startswith("yicun")
    }
    for call in calls(source.tree):
        if dotted(call.func) == "monkeypatch.setattr" and call.args:
            target = call.args[0]
            text = str(target.value) if isinstance(target, ast.Constant) else dotted(target)
            if text.split(".")[0] in {*ours, "yicun"}:
                found.append(
                    Finding(source.path, call.lineno, f"{text} is ours and is not replaced in a test")
                )
    return found


def shapes(source: Source) -> list[Finding]:
    """Functions, named after who and what; each of them can fail."""
    if not source.parts[-1].startswith("test_"):
        return []
    found = [
        Finding(source.path, node.lineno, f"{node.name}: tests are functions, not classes")
        for node in source.walk()
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test")
    ]
    for function in functions(source):
        if function.name.startswith("test_"):
            if not NAME.fullmatch(function.name) or function.name.count("_") < 2:
                found.append(Finding(source.path, function.lineno, f"{function.name}: say who and what"))
            if not may_fail(function):
                found.append(Finding(source.path, function.lineno, f"{function.name} asserts nothing"))
    return found


def may_fail(function: ast.AST) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        if isinstance(node, ast.Call) and ASSERTING.search(dotted(node.func).rpartition(".")[2]):
            return True
    return False
