"""House rule 12: a stranger starts with one command and finds anything from one page."""

import re
from pathlib import Path

from tests.house import plan
from tests.house.source import Finding, ignored

COMMANDS = ("make run", "make test")
TARGETS = ("setup", "run", "test", "check", "bench")
LINK = re.compile(r"\]\(([^)#]+)\)")


def check(root: Path) -> list[Finding]:
    return [*map_names_everything(root), *links_lead_somewhere(root), *two_commands(root)]


def map_names_everything(root: Path) -> list[Finding]:
    page = text(root, "docs/map.md")
    modules = sorted(path.name for path in (root / "yicun").iterdir() if (path / "__init__.py").exists())
    folders = sorted(
        path.name
        for path in root.iterdir()
        if path.is_dir() and (path.name in plan.TOP_FOLDERS or is_visible(path.name, root))
    )
    wanted = [f"`{name}`" for name in modules] + [f"`{name}/`" for name in folders]
    return [Finding("docs/map.md", 0, f"does not name {name}") for name in wanted if name not in page]


def is_visible(name: str, root: Path) -> bool:
    return not name.startswith(".") and name not in plan.NO_COPY | ignored(root)


def links_lead_somewhere(root: Path) -> list[Finding]:
    found = []
    for name in ("docs/map.md", "README.md"):
        here = (root / name).parent
        for target in LINK.findall(text(root, name)):
            if "://" not in target and not (here / target).exists():
                found.append(Finding(name, 0, f"the link to {target} leads nowhere"))
    return found


def two_commands(root: Path) -> list[Finding]:
    page = text(root, "README.md")
    found = [
        Finding("README.md", 0, f"does not say `{command}`") for command in COMMANDS if command not in page
    ]
    targets = set(re.findall(r"^(\w+):", text(root, "Makefile"), re.MULTILINE))
    found += [Finding("Makefile", 0, f"has no target {name}") for name in TARGETS if name not in targets]
    start = text(root, ".ci/run")
    return found + [
        Finding(".ci/run", 0, f"does not call {name}")
        for name in ("make check", "make test")
        if name not in start
    ]


def text(root: Path, name: str) -> str:
    path = root / name
    return path.read_text() if path.exists() else ""
