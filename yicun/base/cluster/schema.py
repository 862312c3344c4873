"""The database and its schema: who owns it, what it can do, and who may do what in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from yicun.base.cluster.connections import Admin, admitted, url_for
from yicun.kernel.refusals import Refused

BUILTIN_LOCALE_SINCE = 17
SET_ROLE_SINCE = 16
EXTENSIONS = ("btree_gist", "pg_trgm")
# A clone of a database keeps the rights of everything inside it, but not these.
DATABASE_GRANTS = (
    "REVOKE ALL ON DATABASE {} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {} TO yicun_app, yicun_jobs, yicun_sealer",
)
SCHEMA_STATEMENTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "CREATE SCHEMA IF NOT EXISTS yicun",
    "GRANT USAGE ON SCHEMA yicun TO yicun_app, yicun_jobs, yicun_sealer",
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA yicun"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO yicun_app, yicun_jobs",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA yicun GRANT USAGE, SELECT ON SEQUENCES TO yicun_app, yicun_jobs",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA yicun GRANT EXECUTE ON FUNCTIONS TO yicun_app, yicun_jobs",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA yicun GRANT SELECT ON TABLES TO yicun_sealer",
)


def make_database(admin: Admin, database: str) -> None:
    owner = _owner_of(admin, database)
    if owner is None:
        with _as_member_of_owner(admin):
            admin.execute(
                sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(database), _database_options(admin))
            )
    elif owner != "yicun_owner":
        raise Refused("cluster.database_owner", database=database, owner=owner, expected="yicun_owner")


def make_schema(owner: Admin, *, extensions: Sequence[str] = EXTENSIONS) -> None:
    """Inside the database, as its owner: extensions, rights, and the rights of tables still to come."""
    with owner.transaction():
        for grant in DATABASE_GRANTS:
            owner.execute(sql.SQL(grant).format(sql.Identifier(owner.info.dbname)))
        for statement in SCHEMA_STATEMENTS:
            owner.execute(statement)
        for extension in extensions:
            _make_extension(owner, extension)


def trust_search(admin_url: str, database: str) -> None:
    """Let the text index be used under row-level security.

    PostgreSQL checks the policy before it calls a function that might betray a row's content. Matching a
    tsvector says nothing of rows it does not return, so it may go first. Only a superuser can declare that;
    without one, search is slower and finds the same.
    """
    with admitted(url_for(conninfo_to_dict(admin_url), dbname=database)) as admin:
        row = admin.execute(
            "SELECT proleakproof FROM pg_proc"
            " WHERE oid = 'pg_catalog.ts_match_vq(tsvector, tsquery)'::regprocedure"
        ).fetchone()
        if row == (False,):
            admin.execute("ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF")


def _make_extension(owner: Admin, extension: str) -> None:
    offered = owner.execute(
        "SELECT installed_version IS NOT NULL FROM pg_available_extensions WHERE name = %s", [extension]
    ).fetchone()
    if offered is None:
        raise Refused("cluster.extension_missing", extension=extension)
    if not offered[0]:
        owner.execute(sql.SQL("CREATE EXTENSION {} SCHEMA public").format(sql.Identifier(extension)))


@contextmanager
def _as_member_of_owner(admin: Admin) -> Iterator[None]:
    """An administrator who is no superuser must be a member of the role it makes the owner."""
    right = "SET" if admin.info.server_version // 10000 >= SET_ROLE_SINCE else "MEMBER"
    row = admin.execute("SELECT pg_has_role('yicun_owner', %s)", [right]).fetchone()
    joins = row is not None and not row[0]
    if joins:
        admin.execute("GRANT yicun_owner TO CURRENT_USER")
    yield
    if joins:
        admin.execute("REVOKE yicun_owner FROM CURRENT_USER")


def _owner_of(admin: Admin, database: str) -> str | None:
    row = admin.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    return row[0] if row else None


def _database_options(admin: Admin) -> sql.SQL:
    options = "OWNER yicun_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
    if admin.info.server_version // 10000 >= BUILTIN_LOCALE_SINCE:
        return sql.SQL(f"{options} LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")
    return sql.SQL(f"{options} LOCALE_PROVIDER libc")
