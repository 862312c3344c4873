"""What every test may ask for.

An ordinary test with the `db` fixture runs as the app role inside a transaction that is rolled back. A test
that commits, looks at isolation, or starts threads or programs takes `own_database` instead: a fresh clone,
no transaction around it. Fixtures that store rows depend on `database`, which serves both.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tests.cast import cast, county
from tests.databases import Clone, Workshop, check_server, point_django_at, server_for_tests

__all__ = ["cast", "county"]
pytest_plugins = ("tests.house.walk",)

NEEDS_OWN_DATABASE = {"transactional_db", "live_server", "django_db_reset_sequences"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The app role cannot flush tables, so the plugin's committing tests cannot work here: say so at once."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = marker is not None and (marker.kwargs.get("transaction") or bool(marker.args))
        if commits or NEEDS_OWN_DATABASE & set(getattr(item, "fixturenames", ())):
            raise pytest.UsageError(f"{item.nodeid}: take the fixture own_database instead")


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with server_for_tests() as server:
        yield Workshop(server, tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def worker_database(workshop: Workshop, django_db_blocker: DjangoDbBlocker) -> Iterator[Clone]:
    with workshop.clone() as clone:
        check_server(clone)
        with django_db_blocker.unblock():
            point_django_at(clone)
        yield clone
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, worker_database: Clone) -> None:
    """Replaces the plugin's own set-up, which would create databases by itself."""


@pytest.fixture
def own_database(
    workshop: Workshop, worker_database: Clone, django_db_blocker: DjangoDbBlocker
) -> Iterator[Clone]:
    """A database of this test alone: commits stay, other threads, roles and programs see them."""
    with workshop.clone() as clone, django_db_blocker.unblock():
        point_django_at(clone)
        yield clone
        connections.close_all()
        point_django_at(worker_database)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """For fixtures that store rows: in the test's own database if it has one, else inside its transaction."""
    request.getfixturevalue("own_database" if "own_database" in request.fixturenames else "db")


@pytest.fixture
def owner_connection(
    request: pytest.FixtureRequest, worker_database: Clone
) -> Iterator[psycopg.Connection[Any]]:
    """The owner of the tables, on the test's database, each statement committed at once.

    It does not see what an ordinary `db` test has not committed, and under forced row-level security it sees
    no county data without a scope.
    """
    is_own = "own_database" in request.fixturenames
    clone: Clone = request.getfixturevalue("own_database") if is_own else worker_database
    with psycopg.connect(clone.urls["owner"], autocommit=True) as connection:
        yield connection
