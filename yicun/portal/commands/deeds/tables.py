"""Whether the tables are there, and which migrations they still lack."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

FIRST_TABLE = "base_edition"


def has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [FIRST_TABLE])
        row = cursor.fetchone()
    return bool(row and row[0])


def missing_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return sorted(f"{label}.{name}" for label, name in loader.disk_migrations if (label, name) not in applied)
