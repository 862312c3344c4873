"""The database must sort, compare and cut Chinese text the same way on every machine.

Asked by behaviour: the builtin provider exists only since PostgreSQL 17, and the names of system locales
promise nothing.
"""

from typing import Any, Protocol

from yicun.base.cluster.terms import LOCALE_CHECKS
from yicun.kernel.refusals import Refused


class Connection(Protocol):
    """Psycopg's connection or Django's: both open cursors alike."""

    def cursor(self) -> Any: ...


def faults(connection: Connection) -> tuple[str, ...]:
    columns = ", ".join(f"({check})" for check in LOCALE_CHECKS.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        answers = cursor.fetchone()
    return tuple(name for name, is_right in zip(LOCALE_CHECKS, answers, strict=True) if not is_right)


def assert_locale(connection: Connection) -> None:
    """Refuse a database that would lose Chinese text silently."""
    found = faults(connection)
    if found:
        raise Refused("cluster.locale", fault=", ".join(found))
