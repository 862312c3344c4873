"""The databases that tests themselves run on."""

import subprocess
import sys
import threading
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections

from tests.databases import CLONE, TEMPLATE, Clone, Workshop, drop_leftovers
from yicun.base.cluster.locales import assert_locale

KEPT = "CREATE TABLE kept (word text)"


def ask(words: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(words)
        return list(cursor.fetchall())


def run(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words)


def test_ordinary_test_runs_as_the_app_role_in_a_migrated_database(db: None) -> None:
    assert ask("SELECT current_user, current_schema()") == [("yicun_app", "yicun")]
    assert ask("SELECT count(*) > 0 FROM django_migrations") == [(True,)]
    assert connection.in_atomic_block
    assert_locale(connection)


def test_ordinary_test_cannot_change_structure(db: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for schema yicun"):
        run(KEPT)


@pytest.mark.parametrize("turn", [1, 2])
def test_own_database_keeps_commits_for_its_test_alone(
    own_database: Clone, owner_connection: psycopg.Connection[Any], turn: int
) -> None:
    owner_connection.execute(KEPT.encode())
    assert not connection.in_atomic_block

    def store_in_a_thread() -> None:
        run("INSERT INTO kept VALUES ('消防')")
        connections.close_all()

    thread = threading.Thread(target=store_in_a_thread)
    thread.start()
    thread.join()
    assert ask("SELECT word FROM kept") == [("消防",)]
    assert ask("SELECT current_database()") == [(own_database.name,)]
    with psycopg.connect(own_database.urls["jobs"]) as jobs:
        assert jobs.execute("SELECT current_user, word FROM kept").fetchall() == [("yicun_jobs", "消防")]


def test_programs_of_a_test_work_on_its_database(own_database: Clone) -> None:
    script = (
        "import django; django.setup(); from django.db import connection; cursor = connection.cursor();"
        "cursor.execute('SELECT current_database()'); print(cursor.fetchone()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=own_database.environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == f"{own_database.name}\n"


def test_worker_database_is_back_after_an_own_one(worker_database: Clone, db: None) -> None:
    assert ask("SELECT current_database()") == [(worker_database.name,)]


def test_leftovers_of_dead_sessions_are_dropped_and_those_of_living_ones_kept(
    workshop: Workshop, worker_database: Clone
) -> None:
    admin = workshop.server.admin
    dead = [f"{CLONE}dead_1", f"{TEMPLATE}dead"]
    for name in dead:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY".encode())
    admin.execute(f"ALTER DATABASE {dead[1]} WITH IS_TEMPLATE true".encode())
    with psycopg.connect(workshop.server.admin_url, autocommit=True) as other:
        drop_leftovers(type(workshop.server)(other, "", workshop.server.roles_file), workshop.template)
    names = {name for (name,) in admin.execute("SELECT datname FROM pg_database")}
    assert not names & set(dead)
    assert {workshop.template, worker_database.name} <= names
