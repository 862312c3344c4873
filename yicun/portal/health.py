"""Whether this installation can work right now: database, tables, Chinese text, worker."""

from datetime import datetime, timedelta
from functools import lru_cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from yicun.base.cluster import locales

OK = "ok"
SILENT = timedelta(seconds=45)


def readiness(now: datetime) -> dict[str, str]:
    """What is asked -> "ok", or a word for what is wrong."""
    try:
        return {
            "database": OK,
            "locale": ",".join(locales.faults(connection)) or OK,
            "migrations": "pending" if missing_migrations() else OK,
            "worker": OK if is_worker_alive(now) else "silent",
        }
    except DatabaseError:
        return {"database": "down"}


def missing_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return [f"{label}.{name}" for label, name in _on_disk() if (label, name) not in applied]


def last_heartbeat() -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        row = cursor.fetchone()
    heartbeat: datetime | None = row[0] if row else None
    return heartbeat


def is_worker_alive(now: datetime) -> bool:
    heartbeat = last_heartbeat()
    return heartbeat is not None and now - heartbeat < SILENT


@lru_cache(maxsize=1)
def _on_disk() -> tuple[tuple[str, str], ...]:
    """They do not change while a process lives."""
    return tuple(sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations))
