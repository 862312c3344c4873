"""Whether this installation can do its work: the database, its migrations, its locale, a living job worker."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from yicun.base.cluster.locales import faults

ALIVE = timedelta(minutes=1)


def state() -> dict[str, str]:
    """Each part with `ok` or what is wrong with it; one that cannot be asked is `unreachable`."""
    checks = {"database": _database, "migrations": _migrations, "locale": _locale, "worker": _worker}
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            found[name] = check()
        except DatabaseError:
            found[name] = "unreachable"
    return found


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "missing" if missing else "ok"


def _locale() -> str:
    found = faults(connection)
    return " ".join(found) or "ok"


def _worker() -> str:
    """The database's own clock judges: the worker's heartbeat was written with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s", [ALIVE]
        )
        row = cursor.fetchone()
    return "ok" if row and row[0] else "none"
