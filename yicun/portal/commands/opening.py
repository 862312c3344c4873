"""Getting at the data: the database up, the environment set, Django ready.

Modules that touch tables cannot be imported before Django is ready, and Django cannot be ready before the database has
an address. So this is the one place that imports by name: `load`, inside `opened`.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from pydantic import ValidationError

from yicun.base.cluster import placement, supervisor
from yicun.base.cluster.connections import FILE_SETTING
from yicun.kernel.refusals import Refused

Load = Callable[[str], Any]
PORTAL = "yicun.portal."
FAULTS = "yicun.base.engine.faults"


@contextmanager
def opened(data: Path, role: str, *, needs_tables: bool = True, may_create: bool = False) -> Iterator[Load]:
    """The way to a module below `yicun.portal` by its name. `role` is the database role of the whole process."""
    if not may_create:
        known_county(data)
    with _database(data):
        set_environment(data, role)
        _set_up()
        try:
            if needs_tables and not load("commands.deeds.tables").has_tables():
                raise Refused("command.not_migrated", data=str(data))
            yield load
        except Refused:
            raise
        except Exception as fault:
            refused = import_module(FAULTS).refusal_for(fault)
            if refused is None:
                raise
            raise refused from fault


def _set_up() -> None:
    try:
        django.setup()
    except ValidationError as wrong:
        where = wrong.errors()[0]["loc"]
        raise Refused("command.setting_malformed", name=f"YICUN_{where[0]}".upper()) from wrong


def known_county(data: Path) -> None:
    """A mistyped folder must not become a county: only setting up makes one."""
    folder = placement.resolved(data)
    is_known = os.environ.get(FILE_SETTING) or placement.database_file(folder).exists()
    if not is_known and placement.locate(folder) is None:
        raise Refused("command.no_county", data=str(folder))


def load(name: str) -> Any:
    return import_module(PORTAL + name)


def set_environment(data: Path, role: str) -> None:
    """Read by the settings, and handed on to programs that this one starts."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "yicun.config.settings"
    os.environ["YICUN_DATA"] = str(data.absolute())
    os.environ["YICUN_ROLE"] = role


def program(*words: str) -> list[str]:
    """This very program with other words."""
    return [sys.executable, "-m", "yicun", *words]


@contextmanager
def _database(data: Path) -> Iterator[None]:
    """The embedded cluster for as long as it is needed; an address file named by hand needs none."""
    if os.environ.get(FILE_SETTING):
        yield
        return
    with supervisor.running(data):
        yield
