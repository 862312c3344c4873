"""`yicun doctor`: is everything as it must be? One line per check; the sealer's role reads the whole audit trail."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from yicun.base import sealing
from yicun.base.cluster import locales, placement, supervisor
from yicun.base.cluster.connections import CONNECT_TIMEOUT, FILE_SETTING, ROLES, read_database_file
from yicun.base.documents import fonts_available
from yicun.base.models import AuditEntry
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.words import listed
from yicun.matters import queries as matters
from yicun.matters.models import TimeLimit
from yicun.portal.commands import terms
from yicun.portal.commands.deeds.tables import has_tables
from yicun.portal.health import SILENT, last_heartbeat, missing_migrations
from yicun.territory import queries as territory

GIBIBYTE = 1 << 30
LITTLE_SPACE, SCARCELY_ANY = 5 * GIBIBYTE, GIBIBYTE
SEALED_WITHIN = timedelta(minutes=10)
DECEMBER = 12
# Every table that carries an area must hide its rows from other areas, from its owner too.
OPEN_TABLES = """
    SELECT t.relname, t.relrowsecurity AND t.relforcerowsecurity
    FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace
    WHERE s.nspname = 'yicun' AND t.relkind IN ('r', 'p') AND (
        EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid)
        OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'area_code'))
    ORDER BY 1
"""
POWERS = """
    SELECT rolname FROM pg_roles
    WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
"""


class Standing(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    standing: Standing
    said: str

    @property
    def line(self) -> str:
        standing = terms.STANDING[self.standing]
        return terms.CHECK_LINE.format(standing=standing, title=terms.CHECKS[self.name], said=self.said)


@dataclass(frozen=True, slots=True)
class Examination:
    checks: tuple[Check, ...]

    @property
    def is_well(self) -> bool:
        return all(check.standing is not Standing.ERROR for check in self.checks)

    def lines(self) -> Iterator[str]:
        return (check.line for check in self.checks)

    def document(self) -> dict[str, Any]:
        checks = [{"check": one.name, "standing": one.standing, "sentence": one.said} for one in self.checks]
        return {"is_well": self.is_well, "checks": checks}


def examine(data: Path) -> Examination:
    """Without tables only what does not need them is asked."""
    now = timezone.now()
    asked: list[Callable[[], Check]] = [
        lambda: _database(data),
        lambda: _roles(data),
        _locale,
        _migrations,
        lambda: _calendar(now),
        _fonts,
        lambda: _disk(data),
    ]
    if has_tables():
        asked[4:4] = [_isolation, lambda: _audit(now), lambda: _worker(now), _reference]
    return Examination(tuple(check() for check in asked))


def _ok(name: str, **facts: object) -> Check:
    return Check(name, Standing.OK, terms.FOUND[name].format(**facts))


def _wrong(name: str, what: str, standing: Standing = Standing.ERROR, **facts: object) -> Check:
    return Check(name, standing, terms.FOUND[f"{name}.{what}"].format(**facts))


def _database(data: Path) -> Check:
    kind = "server" if os.environ.get(FILE_SETTING) else supervisor.status(data).kind
    (version,) = _row("SELECT current_setting('server_version')")
    return _ok("database", version=version, kind=terms.FOUND[kind])


def _roles(data: Path) -> Check:
    known = read_database_file(Path(os.environ.get(FILE_SETTING) or placement.database_file(data)))
    try:
        for role in ROLES:
            psycopg.connect(known.urls[role] if known else "", connect_timeout=CONNECT_TIMEOUT).close()
    except psycopg.OperationalError as error:
        return _wrong("roles", "bad", reason=str(error).strip())
    with connection.cursor() as cursor:
        cursor.execute(POWERS, [[f"yicun_{role}" for role in ROLES]])
        powerful = [name for (name,) in cursor.fetchall()]
    return _wrong("roles", "powerful", roles=listed(powerful)) if powerful else _ok("roles")


def _locale() -> Check:
    faults = locales.faults(connection)
    return _wrong("locale", "bad", faults=listed(faults)) if faults else _ok("locale")


def _migrations() -> Check:
    missing = missing_migrations()
    return _wrong("migrations", "bad", count=len(missing)) if missing else _ok("migrations")


def _isolation() -> Check:
    with connection.cursor() as cursor:
        cursor.execute(OPEN_TABLES)
        found: Mapping[str, bool] = dict(cursor.fetchall())
    bare = [name for name, is_forced in found.items() if not is_forced]
    return _wrong("isolation", "bad", tables=listed(bare)) if bare else _ok("isolation", count=len(found))


def _audit(now: datetime) -> Check:
    found = sealing.verify()
    if not found.is_intact:
        return _wrong("audit", "bad", block=found.broken_block)
    (upto,) = _row("SELECT coalesce(max(upto_xid), 0) FROM base_auditblock")
    late = AuditEntry.objects.filter(xid__gte=upto, logged_at__lt=now - SEALED_WITHIN).count()
    if late:
        minutes = int(SEALED_WITHIN.total_seconds() // 60)
        return _wrong("audit", "behind", Standing.WARNING, unsealed=late, minutes=minutes)
    return _ok("audit", blocks=found.blocks, entries=found.entries, unsealed=found.unsealed)


def _worker(now: datetime) -> Check:
    """Quiet is no error: the doctor also looks at a county whose programs are stopped."""
    heartbeat = last_heartbeat()
    if heartbeat is None or now - heartbeat > SILENT:
        return _wrong("worker", "bad", Standing.WARNING)
    return _ok("worker", seconds=int((now - heartbeat).total_seconds()))


def _reference() -> Check:
    known = territory.current()
    counts = {"areas": len(known.areas), "units": len(known.units), "limits": TimeLimit.objects.count()}
    return _ok("reference", **counts) if all(counts.values()) else _wrong("reference", "bad")


def _calendar(now: datetime) -> Check:
    """In December the next year is wanted as well."""
    today = now.astimezone(SHANGHAI)
    years = [today.year, today.year + 1] if today.month == DECEMBER else [today.year]
    calendar = matters.calendar()
    unknown = [str(year) for year in years if not calendar.is_official(year)]
    if unknown:
        return _wrong("calendar", "bad", Standing.WARNING, years=listed(unknown))
    return _ok("calendar", years=listed(str(year) for year in years))


def _fonts() -> Check:
    fonts = fonts_available()
    if not fonts.can_print:
        return _wrong("fonts", "bad", Standing.WARNING)
    return _ok("fonts") if fonts.has_prescribed_body else _wrong("fonts", "substitute", Standing.WARNING)


def _disk(data: Path) -> Check:
    free = shutil.disk_usage(data).free
    said = {"free": f"{free / GIBIBYTE:.1f} GB"}
    if free < LITTLE_SPACE:
        return _wrong("disk", "low", Standing.ERROR if free < SCARCELY_ANY else Standing.WARNING, **said)
    return _ok("disk", **said)


def _row(words: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(words)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
