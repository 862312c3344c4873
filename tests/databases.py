"""Databases for tests: migrated once into a template, cloned for every worker, used as the app role.

The server is an embedded cluster in the cache folder, or the one that YICUN_TEST_ADMIN_URL names (the address
of a superuser). Whatever an earlier run left behind is dropped: each session holds advisory locks for what it
uses, and the server lets go of them when the session dies.
"""

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from yicun.base.cluster.connections import (
    DatabaseFile,
    django_databases,
    read_database_file,
    url_for,
    write_database_file,
)
from yicun.base.cluster.files import locked
from yicun.base.cluster.locales import assert_locale
from yicun.base.cluster.roles import prepare
from yicun.base.cluster.schema import DATABASE_GRANTS
from yicun.base.cluster.supervisor import ClusterState, discard, running
from yicun.kernel.refusals import Refused

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".pytest_cache" / "yicun"
SERVER_SETTING = "YICUN_TEST_ADMIN_URL"
BUILDING = "yicun_building"
TEMPLATE = "yicun_template_"
CLONE = "yicun_clone_"
# Tests need no durability, except those that kill a cluster of their own.
WISHES = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
MIGRATION = (("migrate", "--no-input"), ("createcachetable",))
DECIDING_FILES = (
    "yicun/**/migrations/**/*",
    "yicun/config/*.py",
    "yicun/base/cluster/*.py",
    "requirements.lock",
)

Admin = psycopg.Connection[Any]


@dataclass(frozen=True)
class Server:
    """A running server, an administrator's connection that holds our locks, and the roles' addresses."""

    admin: Admin
    admin_url: str
    roles_file: Path

    def lock(self, name: str, *, shared: bool = False) -> None:
        words = "SELECT pg_advisory_lock_shared(%s)" if shared else "SELECT pg_advisory_lock(%s)"
        self.admin.execute(words, [_key(name)])

    def unlock(self, name: str) -> None:
        self.admin.execute("SELECT pg_advisory_unlock(%s)", [_key(name)])

    def is_unused(self, name: str) -> bool:
        row = self.admin.execute("SELECT pg_try_advisory_lock(%s)", [_key(name)]).fetchone()
        if row is None or not row[0]:
            return False
        self.unlock(name)
        return True

    def databases(self, prefix: str) -> list[str]:
        rows = self.admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [prefix]
        )
        return [name for (name,) in rows]

    def drop(self, name: str) -> None:
        self.admin.execute(sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE false").format(sql.Identifier(name)))
        self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass(frozen=True)
class Clone:
    """One database of a worker or of a single test."""

    name: str
    file: Path
    urls: dict[str, str] = field(repr=False)

    def environment(self) -> dict[str, str]:
        """What a program started by a test needs in order to work on this database."""
        return {**os.environ, "YICUN_DATABASE_FILE": str(self.file)}


class Workshop:
    """Makes clones of the template for as long as the session lasts."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.token = CLONE + secrets.token_hex(4)
        self._numbers = count(1)
        server.lock(BUILDING)
        self.template = TEMPLATE + fingerprint(server)
        server.lock(self.template, shared=True)
        server.lock(self.token)
        drop_leftovers(server, self.template)
        if self.template not in server.databases(TEMPLATE):
            build_template(server, self.template)
        server.unlock(BUILDING)

    @contextmanager
    def clone(self) -> Iterator[Clone]:
        name = f"{self.token}_{next(self._numbers)}"
        copy = "CREATE DATABASE {} TEMPLATE {} OWNER yicun_owner STRATEGY FILE_COPY"
        self.server.admin.execute(sql.SQL(copy).format(sql.Identifier(name), sql.Identifier(self.template)))
        for grant in DATABASE_GRANTS:
            self.server.admin.execute(sql.SQL(grant).format(sql.Identifier(name)))
        known = read_database_file(self.server.roles_file)
        assert known is not None
        urls = {role: url_for(conninfo_to_dict(url), dbname=name) for role, url in known.urls.items()}
        made = Clone(name, self.folder / f"{name}.json", urls)
        write_database_file(made.file, DatabaseFile("server", urls))
        try:
            yield made
        finally:
            made.file.unlink()
            self.server.drop(name)


@contextmanager
def server_for_tests() -> Iterator[Server]:
    CACHE.mkdir(parents=True, exist_ok=True)
    own = os.environ.get(SERVER_SETTING)
    if own:
        roles_file = CACHE / f"roles-{hashlib.sha256(own.encode()).hexdigest()[:12]}.json"
        with psycopg.connect(own, autocommit=True) as admin:
            yield Server(admin, own, roles_file)
        return
    with ExitStack() as stack:
        with locked(CACHE / ".lock"):
            state = _embedded(stack, CACHE / "cluster")
        roles_file = CACHE / "roles.json"
        with psycopg.connect(state.admin_url, autocommit=True) as admin:
            server = Server(admin, state.admin_url, roles_file)
            server.lock(BUILDING)
            write_database_file(roles_file, DatabaseFile("server", state.urls))
            server.unlock(BUILDING)
            yield server


def _embedded(stack: ExitStack, folder: Path) -> ClusterState:
    """The cluster of the cache folder holds nothing of value: one that refuses to start is replaced."""
    try:
        return stack.enter_context(running(folder, wishes=WISHES))
    except Refused:
        discard(folder)
        return stack.enter_context(running(folder, wishes=WISHES))


def fingerprint(server: Server) -> str:
    """Changes whenever a migration, the settings, the roles, a dependency or the server changes."""
    digest = hashlib.sha256(str(server.admin.info.server_version).encode())
    for pattern in DECIDING_FILES:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def drop_leftovers(server: Server, template: str) -> None:
    """Called by the one session that holds the building lock."""
    for name in server.databases(BUILDING):
        server.drop(name)
    for name in server.databases(TEMPLATE):
        if name != template and server.is_unused(name):
            server.drop(name)
    for name in server.databases(CLONE):
        token = name.rpartition("_")[0]
        if server.is_unused(token):
            server.drop(name)


def build_template(server: Server, template: str) -> None:
    """Migrate as the owner into a database that becomes the template only when everything went well."""
    lost = read_database_file(server.roles_file) is None
    prepare(server.admin_url, server.roles_file, database=BUILDING, rotate=lost)
    environment = {**os.environ, "YICUN_ROLE": "owner", "YICUN_DATABASE_FILE": str(server.roles_file)}
    for words in MIGRATION:
        done = subprocess.run(
            [sys.executable, "-m", "django", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}")
    names = sql.Identifier(BUILDING), sql.Identifier(template)
    server.admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
    server.admin.execute(sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE true").format(names[1]))


def point_django_at(clone: Clone) -> None:
    """From now on every thread's connection goes to this database, as the app role."""
    connection = connections["default"]
    connection.close()
    address = django_databases(CACHE, "app", file=clone.file)["default"]
    connection.settings_dict.update(address)
    os.environ["YICUN_DATABASE_FILE"] = str(clone.file)


def check_server(clone: Clone) -> None:
    with psycopg.connect(clone.urls["app"]) as connection:
        assert_locale(connection)


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
