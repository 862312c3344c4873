"""The database must sort, compare and cut Chinese text the same way on every machine.

Asked by behaviour: the builtin provider exists only since PostgreSQL 17, and the names of system locales
promise nothing.
"""

from typing import Any, Protocol

from yicun.kernel.refusals import Refused

# Each line: what is wrong when the expression is not true.
CHECKS = {
    "encoding": "current_setting('server_encoding') = 'UTF8'",
    "trigrams": "cardinality(show_trgm('消防')) > 0",
    "order": "'张' < '李' AND NOT '李' < '张' AND 'B' < 'a'",
    "case": "lower('ＡÉ') = 'ａé' AND upper('ａé') = 'ＡÉ'",
    "letters": "'消防' ~ '^[[:alpha:]]+$'",
    "length": "length('一村') = 2",
}


class Connection(Protocol):
    """Psycopg's connection or Django's: both open cursors alike."""

    def cursor(self) -> Any: ...


def faults(connection: Connection) -> tuple[str, ...]:
    columns = ", ".join(f"({check})" for check in CHECKS.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        answers = cursor.fetchone()
    return tuple(name for name, is_right in zip(CHECKS, answers, strict=True) if not is_right)


def assert_locale(connection: Connection) -> None:
    """Refuse a database that would lose Chinese text silently."""
    found = faults(connection)
    if found:
        raise Refused("cluster.locale", fault=", ".join(found))
