"""The four roles and their database, on the embedded PostgreSQL and on Debian's 15."""

import os
import shutil
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from yicun.base.cluster import binaries
from yicun.base.cluster.accounts import by_name, ourselves
from yicun.base.cluster.connections import (
    DatabaseFile,
    read_database_file,
    url_for,
    write_database_file,
)
from yicun.base.cluster.locales import assert_locale, faults
from yicun.base.cluster.roles import prepare
from yicun.base.cluster.schema import make_schema
from yicun.base.cluster.supervisor import discard, ensure_running
from yicun.kernel.refusals import Refused

DEBIAN = Path("/usr/lib/postgresql/15/bin")
BOSS = "boss"
BOSS_PASSWORD = "only-for-tests"
DATA_TABLE = """
CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text, PRIMARY KEY (id));
CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42';
"""


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("roles") / "data"
    yield ensure_running(folder, wishes={"fsync": "off"}).admin_url
    discard(folder)


@pytest.fixture(scope="module")
def debian() -> Iterator[str]:
    if not DEBIAN.is_dir():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    with debian_server() as url:
        yield url


@contextmanager
def debian_server() -> Iterator[str]:
    """A throwaway server with password sign-in, run by an unprivileged user."""
    account = (by_name("postgres") if os.geteuid() == 0 else None) or ourselves()
    folder = Path(tempfile.mkdtemp(prefix="yicun-pg15-"))
    (folder / "password").write_text(BOSS_PASSWORD)
    (folder / "log").touch()
    for path in (folder, *folder.iterdir()):
        os.chown(path, *account.owner)

    def run(program: str, *words: str) -> None:
        done = binaries.run(DEBIAN / program, *words, account=account, folder=folder)
        assert done.returncode == 0, done.stdout

    access = ("-U", BOSS, "--auth=scram-sha-256", "--pwfile=password")
    run("initdb", "-N", "-D", "pg", "--locale=C.UTF-8", *access)
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    run("pg_ctl", "-w", "-s", "-D", "pg", "-o", options, "-l", "log", "start")
    address = {
        "host": str(folder),
        "user": BOSS,
        "password": BOSS_PASSWORD,
        "dbname": "postgres",
        "port": "5432",
    }
    try:
        yield url_for(address)
    finally:
        run("pg_ctl", "-w", "-s", "-D", "pg", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(params=["embedded", "debian"])
def server(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def file(server: str, tmp_path: Path) -> Path:
    """An address file whose database and roles have just been made."""
    path = tmp_path / "database.json"
    prepare(server, path, database="county", rotate=True)
    with connect(urls(path)["owner"]) as owner:
        owner.execute("DROP TABLE IF EXISTS thing; DROP FUNCTION IF EXISTS answer(); " + DATA_TABLE)
    return path


def connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True)


def urls(file: Path) -> dict[str, str]:
    known = read_database_file(file)
    assert known is not None
    return dict(known.urls)


def everything_about_roles(server: str, file: Path) -> list[Any]:
    with connect(server) as admin, connect(urls(file)["owner"]) as owner:
        return [
            admin.execute("SELECT * FROM pg_authid WHERE rolname LIKE 'yicun%' ORDER BY rolname").fetchall(),
            admin.execute("SELECT * FROM pg_db_role_setting ORDER BY 1, 2").fetchall(),
            admin.execute("SELECT datacl FROM pg_database WHERE datname = 'county'").fetchall(),
            owner.execute("SELECT * FROM pg_default_acl ORDER BY oid").fetchall(),
            owner.execute("SELECT nspname, nspacl FROM pg_namespace ORDER BY oid").fetchall(),
            owner.execute("SELECT oid, extname FROM pg_extension ORDER BY oid").fetchall(),
        ]


def test_preparing_again_changes_nothing(server: str, file: Path) -> None:
    before = file.read_bytes(), file.stat().st_mtime_ns, everything_about_roles(server, file)
    prepare(server, file, database="county")
    assert (file.read_bytes(), file.stat().st_mtime_ns, everything_about_roles(server, file)) == before
    assert file.stat().st_mode & 0o777 == 0o600


def test_new_passwords_only_when_asked(server: str, file: Path) -> None:
    before = urls(file)
    after = prepare(server, file, database="county", rotate=True).urls
    for role, url in after.items():
        connect(url).close()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(before[role])


def test_passwords_of_a_file_whose_writing_was_all_that_happened_are_set(server: str, file: Path) -> None:
    changed = {
        role: url_for(psycopg.conninfo.conninfo_to_dict(url), password="new")
        for role, url in urls(file).items()
    }
    write_database_file(file, DatabaseFile("server", changed))
    assert prepare(server, file, database="county").urls == changed
    for url in changed.values():
        connect(url).close()


def test_roles_of_unknown_origin_are_not_taken_over(server: str, file: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        prepare(server, tmp_path / "other.json", database="county")
    assert (refused.value.code, refused.value.facts) == ("cluster.role_exists", {"role": "yicun_owner"})
    assert not (tmp_path / "other.json").exists()
    for url in urls(file).values():
        connect(url).close()


@pytest.mark.parametrize("role", ["owner", "app", "jobs", "sealer"])
def test_no_role_is_above_row_level_security(file: Path, role: str) -> None:
    with connect(urls(file)[role]) as connection:
        found = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert found == (False,) * 5


@pytest.mark.parametrize("role", ["app", "jobs", "sealer"])
@pytest.mark.parametrize(
    "words",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "TRUNCATE thing",
        "DROP TABLE thing",
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "SET ROLE yicun_owner",
        "SELECT * FROM pg_authid",
        "CREATE EXTENSION hstore",
    ],
)
def test_working_roles_change_no_structure(file: Path, role: str, words: str) -> None:
    with connect(urls(file)[role]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(words.encode())


@pytest.mark.parametrize("role", ["app", "jobs"])
def test_working_roles_read_and_write_tables_made_later(file: Path, role: str) -> None:
    with connect(urls(file)[role]) as connection:
        connection.execute("INSERT INTO thing (name) VALUES ('消防')")
        connection.execute("UPDATE thing SET name = name || '栓'")
        assert connection.execute("SELECT name, answer() FROM thing").fetchall() == [("消防栓", 42)]
        connection.execute("DELETE FROM thing")


@pytest.mark.parametrize(
    "words",
    [
        "INSERT INTO thing (name) VALUES ('x')",
        "UPDATE thing SET name = ''",
        "DELETE FROM thing",
        "SELECT answer()",
    ],
)
def test_sealer_only_reads(file: Path, words: str) -> None:
    with connect(urls(file)["sealer"]) as connection:
        assert connection.execute("SELECT name FROM thing").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(words.encode())


def test_forced_policy_binds_even_the_owner(file: Path) -> None:
    with connect(urls(file)["app"]) as app, connect(urls(file)["owner"]) as owner:
        app.execute("INSERT INTO thing (name) VALUES ('消防')")
        owner.execute("ALTER TABLE thing ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        for connection in (app, owner):
            assert connection.execute("SELECT count(*) FROM thing").fetchone() == (0,)


@pytest.mark.parametrize(
    "role, limits",
    [
        ("owner", ("0", "1min", "0")),
        ("app", ("15s", "5s", "1min")),
        ("jobs", ("10min", "10s", "5min")),
        ("sealer", ("1min", "5s", "1min")),
    ],
)
def test_roles_have_their_limits(file: Path, role: str, limits: tuple[str, str, str]) -> None:
    names = [
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "search_path",
        "TimeZone",
    ]
    with connect(urls(file)[role]) as connection:
        found = connection.execute(
            "SELECT current_setting(name) FROM unnest(%s::text[]) AS name", [names]
        ).fetchall()
    assert [value for (value,) in found] == [*limits, "yicun, public", "UTC"]


def test_too_powerful_role_is_refused(server: str, file: Path) -> None:
    with connect(server) as admin:
        admin.execute("ALTER ROLE yicun_app BYPASSRLS CREATEDB")
        with pytest.raises(Refused) as refused:
            prepare(server, file, database="county")
        admin.execute("ALTER ROLE yicun_app NOBYPASSRLS NOCREATEDB")
    assert (refused.value.code, refused.value.facts) == (
        "cluster.role_unsafe",
        {"role": "yicun_app", "attribute": "BYPASSRLS, CREATEDB"},
    )


def test_database_of_somebody_else_is_left_alone(server: str, file: Path) -> None:
    with pytest.raises(Refused) as refused:
        prepare(server, file, database="postgres")
    assert refused.value.code == "cluster.database_owner"


def test_database_that_loses_chinese_text_is_refused(server: str, file: Path) -> None:
    with connect(server) as admin:
        admin.execute("DROP DATABASE IF EXISTS deaf")
        admin.execute(
            "CREATE DATABASE deaf OWNER yicun_owner TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
        )
        with pytest.raises(Refused) as refused:
            prepare(server, file, database="deaf")
        admin.execute("DROP DATABASE deaf")
    assert (refused.value.code, refused.value.facts) == (
        "cluster.locale",
        {"fault": "trigrams, case, letters"},
    )


def test_prepared_database_understands_chinese(file: Path) -> None:
    with connect(urls(file)["app"]) as app:
        assert faults(app) == ()
        assert_locale(app)
        found = app.execute("SELECT show_trgm('消防'), '张' < '李', upper('é'), lower('É')").fetchone()
    assert found is not None
    assert len(found[0]) == 3
    assert found[1:] == (True, "É", "é")


@pytest.fixture
def clerk(server: str) -> Iterator[str]:
    """An administrator who may make roles and databases, on a server that knows none of our roles yet."""
    with connect(server) as admin:
        forget_everything(admin)
        admin.execute("CREATE ROLE clerk LOGIN CREATEROLE CREATEDB PASSWORD 'only-for-tests'")
        with access_rule(admin, "local all clerk scram-sha-256"):
            base = psycopg.conninfo.conninfo_to_dict(server)
            yield url_for(base, user="clerk", password=BOSS_PASSWORD)
        forget_everything(admin)


def forget_everything(admin: psycopg.Connection[Any]) -> None:
    admin.execute("DROP DATABASE IF EXISTS county WITH (FORCE)")
    admin.execute("DROP DATABASE IF EXISTS yicun WITH (FORCE)")
    for role in ("yicun_app", "yicun_jobs", "yicun_sealer", "yicun_owner", "clerk"):
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


@contextmanager
def access_rule(admin: psycopg.Connection[Any], rule: str) -> Iterator[None]:
    """Put a line before all others into the server's list of who may come in, for a while."""
    row = admin.execute("SHOW hba_file").fetchone()
    assert row is not None
    rules = Path(row[0])
    before = rules.read_text()
    rules.write_text(f"{rule}\n{before}")
    admin.execute("SELECT pg_reload_conf()")
    wait_for_rule(admin, 1, rule)
    try:
        yield
    finally:
        rules.write_text(before)
        admin.execute("SELECT pg_reload_conf()")


def wait_for_rule(admin: psycopg.Connection[Any], line: int, rule: str) -> None:
    """The file is re-read by a signal; a session opened after the log says so obeys the new rule."""
    method = rule.rsplit(maxsplit=1)[-1]
    found = admin.execute(
        "SELECT auth_method FROM pg_hba_file_rules WHERE line_number = %s", [line]
    ).fetchone()
    assert found == (method,)
    admin.execute("SELECT pg_sleep(0.2)")


def test_administrator_without_superuser_suffices(clerk: str, tmp_path: Path) -> None:
    file = tmp_path / "database.json"
    known = prepare(clerk, file, database="county")
    assert prepare(clerk, file, database="county") == known
    with connect(clerk) as connection:
        assert connection.execute("SELECT pg_has_role('yicun_owner', 'USAGE')").fetchone() == (False,)
    with connect(known.urls["app"]) as app:
        assert app.execute("SELECT current_user").fetchone() == ("yicun_app",)


def test_administrator_without_rights_is_refused(server: str, clerk: str, tmp_path: Path) -> None:
    with connect(server) as admin:
        admin.execute("ALTER ROLE clerk NOCREATEROLE")
    with pytest.raises(Refused) as refused:
        prepare(clerk, tmp_path / "database.json")
    assert (refused.value.code, refused.value.facts["user"]) == ("cluster.not_allowed", "clerk")


def test_server_that_keeps_a_role_out_is_refused(server: str, file: Path) -> None:
    rule = "local county yicun_sealer reject"
    with connect(server) as admin, access_rule(admin, rule), pytest.raises(Refused) as refused:
        prepare(server, file, database="county")
    assert (refused.value.code, refused.value.facts["role"]) == ("cluster.sign_in_failed", "yicun_sealer")


def test_missing_extension_is_refused(file: Path) -> None:
    with connect(urls(file)["owner"]) as owner, pytest.raises(Refused) as refused:
        make_schema(owner, extensions=["no_such_extension"])
    assert (refused.value.code, refused.value.facts) == (
        "cluster.extension_missing",
        {"extension": "no_such_extension"},
    )


def test_unreachable_server_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        prepare(f"postgresql://?host={tmp_path}&user=boss&dbname=postgres", tmp_path / "database.json")
    assert refused.value.code == "cluster.unreachable"
    assert not (tmp_path / "database.json").exists()


def test_too_old_server_is_refused(tmp_path: Path) -> None:
    with server_that_says("14.9") as port, pytest.raises(Refused) as refused:
        prepare(f"postgresql://boss@127.0.0.1:{port}/postgres?sslmode=disable", tmp_path / "database.json")
    assert (refused.value.code, refused.value.facts) == ("cluster.version", {"found": "14.9", "needed": 15})
    assert not (tmp_path / "database.json").exists()


@contextmanager
def server_that_says(version: str) -> Iterator[int]:
    """Speaks just enough of PostgreSQL's protocol to let somebody in and name its version."""

    def message(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("!I", len(body) + 4) + body

    settings = {"server_version": version, "client_encoding": "UTF8", "standard_conforming_strings": "on"}
    words = message(b"R", struct.pack("!I", 0))
    words += b"".join(message(b"S", f"{name}\0{value}\0".encode()) for name, value in settings.items())
    words += message(b"Z", b"I")

    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.recv(4096)
            client.sendall(words)
            client.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=serve, args=[listener])
        answering.start()
        yield listener.getsockname()[1]
        answering.join()
