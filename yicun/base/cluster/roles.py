"""The four roles, their database and its schema, on our own cluster or on a server of the county's.

owner   owns every table and runs the migrations, nothing else
app     pages and API; neither owner nor superuser, so that row-level security holds
jobs    the same rights for background work, with longer limits
sealer  reads; the audit's migrations give it what sealing needs
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from yicun.base.cluster.connections import (
    CONNECT_TIMEOUT,
    ROLES,
    Admin,
    DatabaseFile,
    Kind,
    admitted,
    read_database_file,
    url_for,
    write_database_file,
)
from yicun.base.cluster.files import locked
from yicun.base.cluster.locales import assert_locale
from yicun.base.cluster.schema import make_database, make_schema, trust_search
from yicun.kernel.refusals import Refused

DATABASE = "yicun"
OLDEST = 15
FORBIDDEN = {
    "rolsuper": "SUPERUSER",
    "rolbypassrls": "BYPASSRLS",
    "rolcreaterole": "CREATEROLE",
    "rolcreatedb": "CREATEDB",
    "rolreplication": "REPLICATION",
}
EVERY_ROLE = {"search_path": "yicun, public", "timezone": "UTC"}
LIMITS: Mapping[str, Mapping[str, str]] = {
    "owner": {"lock_timeout": "60s"},
    "app": {"statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"},
    "jobs": {
        "statement_timeout": "10min",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "5min",
    },
    "sealer": {
        "statement_timeout": "60s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
    },
}


def prepare(admin_url: str, file: Path, *, database: str = DATABASE, rotate: bool = False) -> DatabaseFile:
    """Make roles, database and schema, by default on a server of the county's own; write their addresses.

    Running it again changes nothing and keeps the passwords, unless `rotate` asks for new ones.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file.with_name(f".{file.name}.lock")):
        known = read_database_file(file)
        is_ours = known is not None and known.kind == "embedded" and known.is_at(_host(admin_url))
        kind: Kind = "embedded" if is_ours else "server"
        return prepare_locked(admin_url, file, kind=kind, database=database, rotate=rotate)


def prepare_locked(
    admin_url: str, file: Path, *, kind: Kind, database: str = DATABASE, rotate: bool = False
) -> DatabaseFile:
    """The same for a caller that holds the lock. The file is written first: no password is ever lost."""
    known = read_database_file(file)
    with admitted(admin_url) as admin:
        _refuse_old(admin)
        existing = _existing_roles(admin)
        fresh = _addresses(
            admin_url, database, kind, {} if rotate else _passwords(known), existing, may_rotate=rotate
        )
        if fresh != known:
            write_database_file(file, fresh)
        for role in ROLES:
            is_new = f"yicun_{role}" not in existing
            make_role(admin, role, _password(fresh, role), is_new=is_new, rotate=rotate and not is_new)
        make_database(admin, database)
        is_superuser = admin.info.parameter_status("is_superuser") == "on"
    with _signed_in(fresh, "owner", admin_url, database) as owner:
        make_schema(owner)
        assert_locale(owner)
    if is_superuser:
        trust_search(admin_url, database)
    for role in ROLES[1:]:
        with _signed_in(fresh, role, admin_url, database):
            pass
    return fresh


def make_role(admin: Admin, role: str, password: str, *, is_new: bool, rotate: bool) -> None:
    name = sql.Identifier(f"yicun_{role}")
    if is_new:
        rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        admin.execute(
            sql.SQL(f"CREATE ROLE {{}} {rights} PASSWORD {{}}").format(name, _verifier(admin, role, password))
        )
    if rotate:
        _set_password(admin, role, password)
    _refuse_powerful(admin, role)
    present = _role_settings(admin, role)
    for setting, value in {**EVERY_ROLE, **LIMITS[role]}.items():
        if present.get(setting) != value:
            words = sql.SQL("ALTER ROLE {} SET {} = {}")
            values = sql.SQL(", ").join(sql.Literal(word.strip()) for word in value.split(","))
            admin.execute(words.format(name, sql.Identifier(setting), values))


@contextmanager
def _signed_in(known: DatabaseFile, role: str, admin_url: str, database: str) -> Iterator[Admin]:
    """A connection as the role. If the server has another password than our file, the file wins."""
    url = known.urls[role]
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError:
        with admitted(admin_url) as admin:
            _set_password(admin, role, _password(known, role))
        try:
            connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_TIMEOUT)
        except psycopg.OperationalError as error:
            raise Refused("cluster.sign_in_failed", role=f"yicun_{role}", reason=str(error)) from error
    with connection:
        yield connection


def _addresses(
    admin_url: str,
    database: str,
    kind: Kind,
    passwords: Mapping[str, str],
    existing: set[str],
    *,
    may_rotate: bool,
) -> DatabaseFile:
    for role in ROLES:
        if f"yicun_{role}" in existing and role not in passwords and not may_rotate:
            raise Refused("cluster.role_exists", role=f"yicun_{role}")
    base = {name: value for name, value in conninfo_to_dict(admin_url).items() if name != "passfile"}
    return DatabaseFile(
        kind,
        {
            role: url_for(
                base,
                user=f"yicun_{role}",
                password=passwords.get(role) or secrets.token_urlsafe(32),
                dbname=database,
            )
            for role in ROLES
        },
    )


def _host(url: str) -> str:
    return str(conninfo_to_dict(url).get("host"))


def _passwords(known: DatabaseFile | None) -> dict[str, str]:
    return {role: _password(known, role) for role in known.urls} if known else {}


def _password(known: DatabaseFile, role: str) -> str:
    return str(conninfo_to_dict(known.urls[role])["password"])


def _set_password(admin: Admin, role: str, password: str) -> None:
    words = sql.SQL("ALTER ROLE {} PASSWORD {}")
    admin.execute(words.format(sql.Identifier(f"yicun_{role}"), _verifier(admin, role, password)))


def _verifier(admin: Admin, role: str, password: str) -> sql.Literal:
    """What the server stores instead of the password, so that the password itself reaches no server log."""
    made = admin.pgconn.encrypt_password(password.encode(), f"yicun_{role}".encode(), b"scram-sha-256")
    return sql.Literal(made.decode())


def _refuse_old(admin: Admin) -> None:
    if admin.info.server_version // 10000 < OLDEST:
        raise Refused("cluster.version", found=admin.info.parameter_status("server_version"), needed=OLDEST)


def _refuse_powerful(admin: Admin, role: str) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, FORBIDDEN))
    row = admin.execute(
        sql.SQL("SELECT {} FROM pg_roles WHERE rolname = %s").format(columns), [f"yicun_{role}"]
    ).fetchone()
    found = [word for word, has in zip(FORBIDDEN.values(), row or (), strict=True) if has]
    if found:
        raise Refused("cluster.role_unsafe", role=f"yicun_{role}", attribute=", ".join(found))


def _existing_roles(admin: Admin) -> set[str]:
    names = [f"yicun_{role}" for role in ROLES]
    return {
        name for (name,) in admin.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names])
    }


def _role_settings(admin: Admin, role: str) -> dict[str, str]:
    rows = admin.execute(
        "SELECT unnest(setconfig) FROM pg_db_role_setting"
        " WHERE setrole = (SELECT oid FROM pg_roles WHERE rolname = %s) AND setdatabase = 0",
        [f"yicun_{role}"],
    )
    pairs = (line.partition("=") for (line,) in rows)
    return {name.lower(): value for name, _, value in pairs}
