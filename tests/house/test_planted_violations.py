"""Each house rule is broken once in a copy of the tree, and its check must say so."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house import plan
from tests.house.checks import CHECKS
from tests.house.source import ROOT, ignored

SERVICE = '''"""Planted."""

from yicun.base import audit


def {name}(*, matter_id, actor, now):
    audit.record(actor=actor, now=now, verb="{verb}", subject=matter_id)
'''
TABLE = '''"""Planted."""

from django.db import models


class Planted(models.Model):
'''


class Plant(NamedTuple):
    rule: int
    path: str
    text: str
    caught: str
    beside: tuple[str, str] = ("", "")  # a second file that the violation needs


PLANTS = {
    "kernel imports upwards": Plant(
        1, "yicun/kernel/ids.py", "import yicun.matters\n", "Modules import downwards BROKEN"
    ),
    "terms import their queries": Plant(
        1,
        "yicun/registry/terms.py",
        "import yicun.registry.queries\n",
        "files import downwards BROKEN",
        beside=("yicun/registry/queries.py", ""),
    ),
    "files in a circle": Plant(
        1,
        "yicun/kernel/ids.py",
        "import yicun.kernel.words\n",
        "No circles between the files or folders of any module BROKEN",
        beside=("yicun/kernel/words.py", "import yicun.kernel.ids\n"),
    ),
    "a library with Django": Plant(1, "yicun/text/__init__.py", "import django\n", "no web BROKEN"),
    "a module without layers": Plant(1, "yicun/fire/__init__.py", "", "no file layers for yicun.fire"),
    "a template that looks up": Plant(
        1,
        "yicun/territory/templates/territory/planted.html",
        "<a href=\"{% url 'matters:board' %}\"></a>\n",
        "names a URL of matters",
    ),
    "models of a neighbour": Plant(
        2, "yicun/matters/services/planted.py", "from yicun.force import models\n", "yicun.force.models"
    ),
    "tables of base": Plant(
        2, "yicun/matters/services/planted.py", "from yicun.base.models import Account\n", "tables of base"
    ),
    "a table by its name": Plant(
        2,
        "yicun/matters/queries/planted.py",
        "from django.apps import apps\n\nMEMBER = apps.get_model('force', 'Member')\n",
        "by name",
    ),
    "an inner service of a neighbour": Plant(
        2,
        "yicun/registry/services/planted.py",
        "from yicun.matters.services.taking import taking\n",
        "only what the services of matters hand out",
    ),
    "rules with a clock": Plant(
        3,
        "yicun/matters/rules/planted.py",
        "from datetime import datetime\n\n\ndef due():\n    return datetime.now()\n",
        "reads the clock",
    ),
    "a service with a clock": Plant(
        3,
        "yicun/matters/services/planted.py",
        "from django.utils import timezone\n\n\ndef late():\n    return timezone.now()\n",
        "reads the clock",
    ),
    "rules with Django": Plant(
        3, "yicun/matters/rules/planted.py", "from django.db import models\n", "stay pure Python"
    ),
    "rules tested with a database": Plant(
        3,
        "tests/matters/test_rules_planted.py",
        "def test_officer_decides_well(db):\n    assert db\n",
        "no database",
    ),
    "another verb": Plant(
        4, "yicun/matters/services/planted.py", SERVICE.format(name="assign", verb="close"), "of its own verb"
    ),
    "no audit": Plant(
        4,
        "yicun/matters/services/planted.py",
        "def assign(*, actor, now):\n    return actor, now\n",
        "not []",
    ),
    "positional arguments": Plant(
        4,
        "yicun/matters/services/planted.py",
        SERVICE.format(name="assign", verb="assign").replace("*, ", ""),
        "takes keywords only",
    ),
    "no actor": Plant(
        4,
        "yicun/matters/services/planted.py",
        SERVICE.format(name="assign", verb="assign").replace("actor, now)", "now)", 1),
        "needs a keyword `actor`",
    ),
    "a state set by hand": Plant(
        5,
        "yicun/matters/services/planted.py",
        "def finish(matter):\n    matter.state = 'closed'\n",
        "assignment to .state",
    ),
    "a state updated in bulk": Plant(
        5,
        "yicun/matters/jobs/planted.py",
        "def sweep(rows):\n    rows.update(state='closed')\n",
        "rows.update(state=...)",
    ),
    "a state set by SQL": Plant(
        5,
        "yicun/portal/planted.py",
        'SQL = "UPDATE matters_matter SET state = %s"\n',
        "SQL that sets a state",
    ),
    "a screen that reads tables": Plant(
        6, "yicun/matters/views/planted.py", "from yicun.matters.models import Matter\n", "never models"
    ),
    "a query that writes": Plant(
        6,
        "yicun/matters/queries/planted.py",
        "def board_for(rows):\n    return rows.create(title='x')\n",
        "only reads",
    ),
    "a screen uncounted": Plant(
        6,
        "tests/matters/test_views_planted.py",
        "def test_chief_sees_board(client):\n    assert client.get('/')\n",
        "literal query count",
    ),
    "a constraint without a test": Plant(
        7,
        "yicun/matters/models/planted.py",
        "BOUND = models.CheckConstraint(condition=None, name='planted_is_bound')\n",
        "no test names the constraint planted_is_bound",
    ),
    "a constraint without a name": Plant(
        7,
        "yicun/matters/models/planted.py",
        "from django.db import models\n\nBOUND = models.UniqueConstraint(fields=['title'])\n",
        "without a name",
    ),
    "a trigger without a test": Plant(
        7,
        "yicun/matters/migrations/9999_planted.py",
        'SQL = "CREATE CONSTRAINT TRIGGER planted_trigger AFTER INSERT ON matters"\n',
        "planted_trigger",
    ),
    "a signal": Plant(
        8,
        "yicun/matters/services/planted.py",
        "from django.db.models.signals import post_save\n",
        "no signals",
    ),
    "a receiver": Plant(
        8, "yicun/matters/services/planted.py", "@receiver()\ndef heard():\n    return 1\n", "signal receiver"
    ),
    "a save trick": Plant(
        8,
        "yicun/matters/models/planted.py",
        TABLE + "    def save(self, *args):\n        super().save(*args)\n",
        "Planted.save",
    ),
    "an import inside": Plant(
        8,
        "yicun/kernel/planted.py",
        "def late():\n    import json\n\n    return json\n",
        "import inside late",
    ),
    "a long file": Plant(9, "yicun/matters/rules/planted.py", "X = 1\n" * 301, "301 lines, 300 allowed"),
    "a long test": Plant(9, "tests/matters/test_planted.py", "X = 1\n" * 501, "501 lines, 500 allowed"),
    "a long function": Plant(
        9, "yicun/kernel/planted.py", "def long():\n" + "    print()\n" * 40, "41 lines, 40 allowed"
    ),
    "a long view": Plant(
        9, "yicun/matters/views/planted.py", "def board():\n" + "    print()\n" * 20, "21 lines, 20 allowed"
    ),
    "a long class": Plant(
        9, "yicun/kernel/planted.py", "class Long:\n" + "    x = 1\n" * 120, "121 lines, 120 allowed"
    ),
    "a tangled function": Plant(
        9,
        "yicun/kernel/planted.py",
        "def tangled(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(8)),
        "C901",
    ),
    "a new kind of file": Plant(9, "yicun/matters/selectors.py", "", "yicun/matters/selectors.py"),
    "a junk drawer": Plant(9, "yicun/utils/__init__.py", "", "a module that the plan does not know"),
    "a silenced check": Plant(
        9, "yicun/matters/rules/planted.py", "import os  # noqa: F401\n", "without a decision record"
    ),
    "Chinese in a service": Plant(
        10, "yicun/matters/services/planted.py", 'TITLE = "派发"\n', "Chinese outside its places: 派发"
    ),
    "a county in the code": Plant(
        10,
        "yicun/matters/rules/planted.py",
        "def rank_of_xiaohucun():\n    return 1\n",
        "a real place in the code: xiaohucun",
        beside=("yicun/portal/reference/planted.csv", "code,name\n350000000099,小湖村\n"),
    ),
    "a village in a template": Plant(
        10,
        "yicun/matters/templates/matters/planted.html",
        "<p>小湖村</p>\n",
        "a real place in the code: 小湖村",
        beside=("yicun/portal/reference/planted.csv", "code,name\n350000000099,小湖村\n"),
    ),
    "a helper": Plant(
        10, "yicun/matters/rules/planted.py", "def date_helper():\n    return 1\n", "date_helper"
    ),
    "a numbered user": Plant(
        10, "tests/matters/test_planted.py", 'NAME = "user1"\n', "take somebody from the cast"
    ),
    "a stale glossary": Plant(10, "docs/glossary.md", "# Glossary\n", "stale"),
    "a refusal never raised": Plant(
        11,
        "yicun/matters/terms/planted.py",
        'REFUSALS = {"planted.never": Sentence("invalid", "x")}\n',
        "planted.never is never raised",
    ),
    "a refusal unknown": Plant(
        11,
        "yicun/matters/services/planted.py",
        'def refuse():\n    raise Refused("planted.unknown")\n',
        "planted.unknown is not registered",
    ),
    "a route without a name": Plant(
        11,
        "yicun/matters/urls/planted.py",
        'app_name = "matters"\nurlpatterns = [path("planted/", view)]\n',
        "a route without a name",
    ),
    "a dead template": Plant(
        11, "yicun/matters/templates/matters/planted.html", "<p></p>\n", "nothing uses the template"
    ),
    "a mock": Plant(11, "tests/matters/test_planted.py", "from unittest.mock import patch\n", "no mocks"),
    "a test that cannot fail": Plant(
        11,
        "tests/matters/test_planted.py",
        "def test_officer_sees_board():\n    print()\n",
        "asserts nothing",
    ),
    "a map with a hole": Plant(12, "yicun/fire/__init__.py", "", "does not name `fire`"),
    "a page without commands": Plant(12, "README.md", "# Yicun\n", "does not say `make run`"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy") / "tree"
    shutil.copytree(ROOT, root, ignore=_left_out)
    return root


def _left_out(folder: str, names: list[str]) -> set[str]:
    return set(names) & (plan.NO_COPY | (ignored(ROOT) if Path(folder) == ROOT else set()))


def test_what_a_run_leaves_in_the_tree_is_nobodys_source(copy: Path) -> None:
    with (
        written(copy, "data/demo.json", '{"name": "陈志明"}'),
        written(copy, "yicun/demo.json", '{"name": "陈志明"}'),
    ):
        said = [(finding.path, finding.says) for finding in CHECKS[10](copy)]
    assert said == [("yicun/demo.json", "Chinese outside its places: 陈志明")]


@contextmanager
def planted(root: Path, plant: Plant) -> Iterator[None]:
    with written(root, plant.path, plant.text), written(root, *plant.beside):
        yield


@contextmanager
def written(root: Path, name: str, text: str) -> Iterator[None]:
    """Add the text to a file (or make it, with its folders), and take everything away again."""
    if not name:
        yield
        return
    path = root / name
    before = path.read_text() if path.exists() else ""
    is_new = not path.exists()
    made = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if path.suffix == ".md" else before + text)
    yield
    path.unlink()
    if not is_new:
        path.write_text(before)
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("name", PLANTS)
def test_planted_violation_is_caught(copy: Path, name: str) -> None:
    plant = PLANTS[name]
    with planted(copy, plant):
        found = "\n".join(str(finding) for finding in CHECKS[plant.rule](copy))
    assert plant.caught in found


@pytest.mark.parametrize("rule", CHECKS)
def test_every_rule_has_a_planted_violation(rule: int) -> None:
    assert rule in {plant.rule for plant in PLANTS.values()}


@pytest.mark.parametrize("rule", CHECKS)
def test_clean_copy_passes(copy: Path, rule: int) -> None:
    """After all plants were taken out again; so nothing was caught by accident."""
    assert CHECKS[rule](copy) == []
