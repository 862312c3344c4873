"""What the pages are made of: templates that keep to the content policy, and the built files they load."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "yicun" / "base" / "static" / "yicun"
TEMPLATE_ROOT = ROOT / "yicun" / "base" / "templates"
TEMPLATES = sorted(ROOT.glob("yicun/*/templates/**/*.html"))
OWN_FILES = ("app.css", "app.js", "outbox.js", "sw.js", "icons.svg", "brand.svg")
# A namespace, and two addresses inside error sentences of the IndexedDB library: none is ever fetched.
HARMLESS = {"http://www.w3.org/2000/svg", "http://bit.ly/2kdckMn", "https://tinyurl.com/y2uuvskb"}

ICON_TAG = re.compile(r"""{%\s*icon\s+["']([\w-]+)["']""")
ICON_ARGUMENT = re.compile(r"""\bicon=["']([\w-]+)["']""")
ICON_DEFAULT = re.compile(r"""{%\s*icon\s+\w+\|default:["']([\w-]+)["']""")


def built(name: str) -> str:
    path = BUILT / name
    assert path.exists(), f"{path} is missing: run `python web/build.py`"
    return path.read_text(encoding="utf-8")


def words_of(pattern: re.Pattern[str], sources: list[Path]) -> set[str]:
    return {found for path in sources for found in pattern.findall(path.read_text(encoding="utf-8"))}


def test_sprite_has_every_icon_that_is_named() -> None:
    python = sorted(ROOT.glob("yicun/*/**/*.py"))
    tags = (ROOT / "yicun/base/templatetags/look.py").read_text(encoding="utf-8")
    named = words_of(ICON_TAG, TEMPLATES) | words_of(ICON_DEFAULT, TEMPLATES)
    named |= words_of(ICON_ARGUMENT, [*TEMPLATES, *python])
    named |= set(re.findall(r'"(?:neutral|info|ok|warn|fire)": "([\w-]+-[\w-]+)"', tags))
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', built("icons.svg")))
    assert len(named) > 20
    assert named - drawn == set()


@pytest.mark.parametrize("name", OWN_FILES)
def test_built_file_loads_nothing_from_elsewhere(name: str) -> None:
    text = built(name)
    found = {address.rstrip(".") for address in re.findall(r"https?://[\w./-]+[\w]", text)}
    assert {address for address in found if address not in HARMLESS} == set()
    assert "sourceMappingURL" not in text


@pytest.mark.parametrize(
    "switched_off",
    ["allowEval=!1", "allowScriptTags=!1", "includeIndicatorStyles=!1", "historyCacheSize=0"],
)
def test_htmx_runs_no_text_and_stores_no_page(switched_off: str) -> None:
    assert f".config.{switched_off}" in built("app.js")


@pytest.mark.parametrize("newer", [":has(", "color-mix(", "@layer", "@container", "&:", "oklch("])
def test_styles_stay_readable_for_the_oldest_browser(newer: str) -> None:
    assert newer not in built("app.css")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "yicun")))
def test_template_keeps_to_the_content_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"""\s(?:style|on[a-z]+)=["']""", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style", text) == []
    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "yicun")))
def test_table_that_becomes_cards_keeps_its_roles(path: Path) -> None:
    for table in re.findall(r'<table class="list".*?</table>', path.read_text(encoding="utf-8"), re.DOTALL):
        for name, role in [("table", "table"), ("tr", "row"), ("th", "columnheader"), ("td", "cell")]:
            opened = re.findall(rf"<{name}\b[^>]*>", table)
            assert [tag for tag in opened if f'role="{role}"' not in tag] == []


@pytest.mark.parametrize("folder", ["account", "mfa"])
def test_sign_in_pages_are_ours(folder: str) -> None:
    ours = sorted(path for path in (TEMPLATE_ROOT / folder).rglob("*") if path.is_file())
    assert len(ours) > 0
    for path in ours:
        template: Any = get_template(str(path.relative_to(TEMPLATE_ROOT)))
        assert template.origin.name == str(path)


def test_lock_file_names_no_registry() -> None:
    lock = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert lock.count('"integrity"') > 3
