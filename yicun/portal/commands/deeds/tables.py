"""Whether the tables are there at all."""

from django.db import connection

FIRST_TABLE = "base_edition"


def has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [FIRST_TABLE])
        row = cursor.fetchone()
    return bool(row and row[0])
