"""The file with the four roles' addresses, ways in, and what Django needs to know."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yicun.base.cluster.files import read_document, write_document
from yicun.base.cluster.patience import PatientConnection
from yicun.base.cluster.placement import DATABASE_FILE, resolved
from yicun.kernel.refusals import Refused

Admin = psycopg.Connection[Any]
Kind = Literal["embedded", "server"]
ROLES = ("owner", "app", "jobs", "sealer")
FILE_SETTING = "YICUN_DATABASE_FILE"
PLAIN_FIELDS = ("user", "password", "host", "port", "dbname")
CONNECT_TIMEOUT = 10
# A server that vanishes must not hold a request for ever; the library itself sets no limit.
NETWORK_LIMITS = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# Seconds without an answer after which a statement is given up: longer than the server's own limit for the role,
# which says more. Migrations may take what they take.
APP_PATIENCE = 20.0
PATIENCE: Mapping[str, float | None] = {"owner": None, "app": APP_PATIENCE, "jobs": 660, "sealer": 70}
POOL_TIMEOUT = 10


@dataclass(frozen=True)
class DatabaseFile:
    kind: Kind
    urls: Mapping[str, str] = field(repr=False)

    def is_at(self, host: str) -> bool:
        return all(conninfo_to_dict(url).get("host") == host for url in self.urls.values())


def read_database_file(file: Path) -> DatabaseFile | None:
    """None when the file is missing, cut short or lacks a role."""
    document = read_document(file) or {}
    urls = document.get("urls")
    if (
        not isinstance(urls, dict)
        or set(urls) != set(ROLES)
        or document.get("kind") not in ("embedded", "server")
    ):
        return None
    return DatabaseFile(document["kind"], urls)


def write_database_file(file: Path, known: DatabaseFile) -> None:
    write_document(file, {"kind": known.kind, "urls": dict(known.urls)})


@contextmanager
def admitted(admin_url: str) -> Iterator[Admin]:
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=CONNECT_TIMEOUT) as admin:
            yield admin
    except psycopg.errors.InsufficientPrivilege as error:
        user = conninfo_to_dict(admin_url).get("user", "")
        raise Refused("cluster.not_allowed", user=str(user), reason=str(error)) from error
    except psycopg.OperationalError as error:
        raise Refused("cluster.unreachable", reason=str(error)) from error


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT):
            return True
    except psycopg.OperationalError:
        return False


def url_for(base: Mapping[str, Any], **changes: str) -> str:
    """One address out of the parts of a connection string."""
    parts = {name: str(value) for name, value in {**base, **changes}.items() if value is not None}
    return "postgresql://?" + urlencode(sorted(parts.items()), quote_via=quote)


def django_databases(
    data: Path,
    role: str,
    *,
    pool: Mapping[str, Any] | None = None,
    file: Path | None = None,
    patience: float = APP_PATIENCE,
) -> dict[str, dict[str, Any]]:
    """Django's DATABASES for one of the four roles.

    `pool` is psycopg's (`{"min_size": 2, "max_size": 8}`); only servers with threads need one. Where no
    database file exists yet, the answer names a socket that does not exist: commands that need no database
    go on working. `patience` is the app role's; the others have their own.
    """
    known = read_database_file(file or Path(os.environ.get(FILE_SETTING) or resolved(data) / DATABASE_FILE))
    if known is not None:
        address = {name: str(value) for name, value in conninfo_to_dict(known.urls[role]).items()}
    else:
        address = {"host": str(resolved(data) / "no-database"), "dbname": "yicun", "user": f"yicun_{role}"}
    entry = {
        "ENGINE": "yicun.base.engine",
        "NAME": address["dbname"],
        "USER": address["user"],
        "PASSWORD": address.get("password", ""),
        "HOST": address["host"],
        "PORT": address.get("port", ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "PATIENCE": patience if role == "app" else PATIENCE[role],
        "OPTIONS": _options(role, address, pool),
    }
    return {"default": entry}


def _options(role: str, address: Mapping[str, str], pool: Mapping[str, Any] | None) -> dict[str, Any]:
    is_local = address["host"].startswith("/")
    return {
        "connect_timeout": CONNECT_TIMEOUT,
        "application_name": f"yicun-{role}",
        **({} if is_local else NETWORK_LIMITS),
        **{name: value for name, value in address.items() if name not in PLAIN_FIELDS},
        **(
            {"pool": {"timeout": POOL_TIMEOUT, "connection_class": PatientConnection, **pool}} if pool else {}
        ),
    }
