"""The supervisor of the embedded PostgreSQL, on real clusters. As root, all of it is run again as nobody."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from yicun.base.cluster import accounts, placement
from yicun.base.cluster.connections import FILE_SETTING
from yicun.base.cluster.files import write_text
from yicun.base.cluster.supervisor import discard, ensure_running, running, status, stop
from yicun.kernel.refusals import Refused, sentence

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
only_root = pytest.mark.skipif(not IS_ROOT, reason="only root's clusters lie outside the data folder")
only_ordinary = pytest.mark.skipif(IS_ROOT, reason="root's sockets always lie below /var/lib/yicun")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder of this test alone, not there yet."""
    folder = tmp_path / "data"
    yield folder
    discard(folder)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("settled") / "data"
    ensure_running(folder)
    yield folder
    discard(folder)


@pytest.fixture
def county(settled: Path) -> Iterator[Path]:
    """A data folder with a cluster that other tests use too; stopped before and after."""
    stop(settled)
    yield settled
    stop(settled)


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """A folder whose parents the user nobody can pass, unlike those of tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="yicun-nobody-"))
    shutil.chown(folder, "nobody", "nogroup")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def bystander() -> Iterator[psutil.Process]:
    """A living process of ours that has nothing to do with the database."""
    with subprocess.Popen(["sleep", "600"]) as sleeping:
        yield psutil.Process(sleeping.pid)
        sleeping.kill()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def ask(url: str, words: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(words.encode()).fetchall()


def store(url: str, words: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(words.encode())


def as_nobody(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*AS_NOBODY, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def interpreter_for_nobody(folder: Path) -> tuple[str, ...] | None:
    """Words that start this Python, or the system's with our packages, in a way that works without root."""
    paths = os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("-packages"))])
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for program in (sys.executable, f"/usr/bin/{version}"):
        words = ("env", "-u", FILE_SETTING, f"PYTHONPATH={paths}", f"YICUN_DATA={folder}", program, "-B")
        if as_nobody(*words, "-c", "import pytest, psycopg, yicun.base.cluster").returncode == 0:
            return words
    return None


def test_cluster_starts_from_nothing(data: Path) -> None:
    assert status(data).is_running is False
    assert not data.exists()
    state = ensure_running(data)
    assert status(data) == state == ensure_running(data)
    for role, url in state.urls.items():
        assert ask(url, "SELECT current_user, current_database(), current_schema()") == [
            (f"yicun_{role}", "yicun", "yicun")
        ]
    assert stop(data) is True
    assert status(data).is_running is False
    assert stop(data) is False


def test_cluster_is_durable_and_reachable_by_its_socket_alone(county: Path) -> None:
    expected = {
        "listen_addresses": "",
        "data_checksums": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "TimeZone": "UTC",
        "jit": "off",
        "server_encoding": "UTF8",
    }
    url = ensure_running(county).admin_url
    found = dict(ask(url, "SELECT name, setting FROM pg_settings"))
    assert {name: found[name] for name in expected} == expected


def test_cluster_leaves_every_other_folder_as_it_was(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data = closed / "deeper" / "data"
    outside = [closed, tmp_path, tmp_path.parent, Path("/var/lib"), Path("/tmp"), Path(sys.prefix)]
    before = [mode(folder) for folder in outside]
    state = ensure_running(data)
    assert state.pgdata is not None
    assert state.socket is not None
    assert state.log is not None
    assert [mode(folder) for folder in outside] == before
    assert [mode(folder) for folder in (data, state.pgdata, state.socket, state.log)] == [0o700] * 4
    files = [state.database_file, data / ".cluster.state", state.pgdata / "pg_hba.conf", *state.log.iterdir()]
    assert [mode(file) for file in files] == [0o600] * len(files)
    discard(data)


def test_postmaster_runs_as_an_unprivileged_user(county: Path) -> None:
    state = ensure_running(county)
    assert state.pid is not None
    assert state.pgdata is not None
    uids = psutil.Process(state.pid).uids()
    expected = accounts.unprivileged().uid if IS_ROOT else os.geteuid()
    assert expected != 0
    assert set(uids) == {expected} == {state.pgdata.stat().st_uid}


@only_root
def test_another_user_cannot_reach_the_administrator(county: Path) -> None:
    """Asked of the folder of the socket: an environment below a closed home would not even start for him."""
    state = ensure_running(county)
    refused = as_nobody("/bin/ls", str(state.socket))
    assert refused.returncode != 0
    assert "Permission denied" in refused.stderr


def test_administrator_has_no_password_sign_in(county: Path) -> None:
    state = ensure_running(county)
    with pytest.raises(psycopg.OperationalError, match="no pg_hba"):
        psycopg.connect(state.admin_url, user="stranger", password="guess")
    assert ask(
        state.admin_url, "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'yicun_admin'"
    ) == [(True,)]


def test_killed_postmaster_comes_back_with_what_was_committed(county: Path) -> None:
    first = ensure_running(county)
    assert first.pid is not None
    store(first.urls["owner"], "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('消防')")
    os.kill(first.pid, signal.SIGKILL)
    second = ensure_running(county)
    assert second.pid != first.pid
    assert second.urls == first.urls
    assert ask(second.urls["app"], "SELECT word FROM kept") == [("消防",)]


def test_killed_postmaster_leaves_no_busy_orphan_behind(county: Path) -> None:
    first = ensure_running(county)
    assert first.pid is not None
    connection = psycopg.connect(first.admin_url, autocommit=True)
    orphan = psutil.Process(connection.info.backend_pid)

    def keep_busy() -> None:
        with suppress(psycopg.OperationalError):
            connection.execute("DO $$ BEGIN LOOP END LOOP; END $$")

    busy = threading.Thread(target=keep_busy)
    busy.start()
    os.kill(first.pid, signal.SIGKILL)
    assert orphan.is_running()
    assert ask(ensure_running(county).urls["app"], "SELECT 1") == [(1,)]
    busy.join()
    connection.close()
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def test_lock_files_that_name_a_stranger_fool_nobody(county: Path, bystander: psutil.Process) -> None:
    first = ensure_running(county)
    assert first.pgdata is not None
    assert first.socket is not None
    pid_file = first.pgdata / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stop(county)
    stale = "\n".join([str(bystander.pid), *lines[1:]]) + "\n"
    place = placement.locate(county)
    assert place is not None
    for lock in (pid_file, first.socket / ".s.PGSQL.5432.lock"):
        write_text(lock, stale, owner=place.account.owner)
    write_text(
        county / ".cluster.state",
        f'{{"pid": {bystander.pid}, "started_at": {first.started_at}, "executable": "/bin/postgres"}}',
    )
    assert status(county).is_running is False
    assert stop(county) is False
    second = ensure_running(county)
    assert second.is_running
    assert second.pid != bystander.pid
    assert bystander.is_running()


@pytest.mark.parametrize("rest", ["", '{"pid": 1', "[]", "\0"])
def test_damaged_state_file_is_written_anew(county: Path, rest: str) -> None:
    first = ensure_running(county)
    (county / ".cluster.state").write_text(rest)
    assert status(county) == first == ensure_running(county)
    assert f'"pid": {first.pid}' in (county / ".cluster.state").read_text()


def test_damaged_process_file_of_a_dead_cluster_does_not_stop_the_next_start(county: Path) -> None:
    first = ensure_running(county)
    assert first.pid is not None
    assert first.pgdata is not None
    os.kill(first.pid, signal.SIGKILL)
    (first.pgdata / "postmaster.pid").write_text("")
    assert ensure_running(county).is_running


def test_damaged_address_file_gets_new_passwords(county: Path) -> None:
    first = ensure_running(county)
    first.database_file.write_text(first.database_file.read_text()[:100])
    second = ensure_running(county)
    assert second.pid == first.pid
    assert second.urls["app"] != first.urls["app"]
    assert ask(second.urls["app"], "SELECT 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(first.urls["app"])


@only_root
def test_damaged_pointer_still_finds_the_cluster(county: Path) -> None:
    first = ensure_running(county)
    (county / "cluster.json").write_text('{"ho')
    assert ensure_running(county) == first
    assert str(first.pgdata).removesuffix("/pgdata") in (county / "cluster.json").read_text()


def test_two_starters_share_one_cluster(data: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from yicun.base.cluster.supervisor import ensure_running;"
        "sys.stdin.read(); print(ensure_running(Path(sys.argv[1])).pid)"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.close()
        starter.stdin = None
    printed = [starter.communicate()[0] for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0]
    assert printed == [f"{status(data).pid}\n"] * 2


def test_long_and_unusual_data_path_keeps_a_short_socket(tmp_path: Path) -> None:
    data = tmp_path / ('泰宁 县\'s, "$(id)" `id` $HOME;\\' * 4) / ("x" * 100)
    state = ensure_running(data)
    assert state.socket is not None
    assert len(os.fsencode(state.socket / ".s.PGSQL.5432")) < 100
    assert mode(state.socket) == 0o700
    assert ask(state.urls["app"], "SELECT 1") == [(1,)]
    discard(data)
    assert not state.socket.exists()


@only_ordinary
def test_short_socket_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    data = tmp_path / ("x" * 100)
    trap = Path("/tmp") / f"yicun-{os.geteuid()}-{placement.digest(data / 'postgres')}"
    trap.symlink_to(tmp_path)
    try:
        with pytest.raises(Refused) as refused:
            ensure_running(data)
    finally:
        trap.unlink()
    assert refused.value.code == "cluster.folder_taken"
    assert list(tmp_path.glob(".s.*")) == []


def test_last_one_out_stops_the_cluster(county: Path) -> None:
    with running(county) as first:
        with running(county) as second:
            assert second.pid == first.pid
        assert status(county).is_running
    assert not status(county).is_running


def test_cluster_started_to_stay_stays(county: Path) -> None:
    kept = ensure_running(county)
    with running(county) as state:
        assert state.pid == kept.pid
    assert status(county).pid == kept.pid


def test_cluster_that_dies_in_use_is_stopped_all_the_same_at_the_end(county: Path) -> None:
    with running(county) as first:
        assert first.pid is not None
        os.kill(first.pid, signal.SIGKILL)
        assert ensure_running(county).pid != first.pid
    assert not status(county).is_running


def test_failing_command_leaves_no_cluster_running(county: Path) -> None:
    with pytest.raises(ZeroDivisionError), running(county):
        raise ZeroDivisionError
    assert not status(county).is_running


def test_wrong_setting_is_refused_with_its_reason(county: Path) -> None:
    state = ensure_running(county)
    assert state.pgdata is not None
    stop(county)
    own = state.pgdata / "local.conf"
    own.write_text("max_connections = 'many'\n")
    own.chmod(0o644)
    with pytest.raises(Refused) as refused:
        ensure_running(county)
    assert refused.value.code == "cluster.start_failed"
    assert "max_connections" in sentence(refused.value)
    own.write_text("max_connections = 23\n")
    assert ask(ensure_running(county).admin_url, "SHOW max_connections") == [("23",)]
    own.unlink()


def test_cluster_of_another_major_version_is_refused(county: Path) -> None:
    state = ensure_running(county)
    assert state.pgdata is not None
    stop(county)
    (state.pgdata / "PG_VERSION").write_text("17\n")
    with pytest.raises(Refused) as refused:
        ensure_running(county)
    (state.pgdata / "PG_VERSION").write_text("18\n")
    assert (refused.value.code, refused.value.facts) == (
        "cluster.major_version",
        {"found": "17", "binaries": "18"},
    )


def test_vanished_cluster_is_never_replaced_by_an_empty_one(data: Path) -> None:
    state = ensure_running(data)
    assert state.pgdata is not None
    stop(data)
    shutil.rmtree(state.pgdata)
    with pytest.raises(Refused) as refused:
        ensure_running(data)
    assert refused.value.code == "cluster.lost"
    assert not state.pgdata.exists()


def test_damaged_address_file_without_a_cluster_is_refused(data: Path) -> None:
    data.mkdir()
    (data / "database.json").write_text('{"kind": "serv')
    with pytest.raises(Refused) as refused:
        ensure_running(data)
    assert refused.value.code == "cluster.file_unreadable"


@only_root
def test_deleted_data_folder_starts_afresh_and_stops_the_old_cluster(data: Path) -> None:
    old = ensure_running(data)
    assert old.pid is not None
    assert old.pgdata is not None
    shutil.rmtree(data)
    fresh = ensure_running(data)
    assert fresh.pgdata != old.pgdata
    assert not psutil.pid_exists(old.pid) or psutil.Process(old.pid).status() == psutil.STATUS_ZOMBIE
    shutil.rmtree(old.pgdata.parent)


@only_root
def test_copied_data_folder_is_refused(county: Path, tmp_path: Path) -> None:
    ensure_running(county)
    shutil.copytree(county, tmp_path / "copy")
    with pytest.raises(Refused) as refused:
        ensure_running(tmp_path / "copy")
    assert refused.value.code == "cluster.copied"


@only_root
def test_moved_data_folder_keeps_its_cluster(data: Path, tmp_path: Path) -> None:
    first = ensure_running(data)
    moved = data.rename(tmp_path / "moved")
    assert ensure_running(moved).pid == first.pid
    discard(moved)


@only_root
@pytest.mark.parametrize(
    "name, code", [("nobody-of-that-name", "cluster.user_missing"), ("root", "cluster.user_privileged")]
)
def test_unsuitable_user_is_refused(
    data: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    monkeypatch.setenv("YICUN_PG_USER", name)
    with pytest.raises(Refused) as refused:
        ensure_running(data)
    assert refused.value.code == code


@only_root
def test_another_users_cluster_is_refused(data: Path) -> None:
    inside = data / "postgres" / "pgdata"
    inside.mkdir(parents=True)
    shutil.chown(inside, "nobody")
    with pytest.raises(Refused) as refused:
        ensure_running(data)
    assert (refused.value.code, refused.value.facts["user"]) == ("cluster.other_user", "nobody")
    shutil.rmtree(data)


def test_log_keeps_no_value_of_any_row(county: Path) -> None:
    state = ensure_running(county)
    assert state.log is not None
    store(state.urls["owner"], "CREATE TABLE person (name text PRIMARY KEY, age int)")
    store(state.urls["app"], "INSERT INTO person VALUES ('张三丰', 3)")
    for words in ("INSERT INTO person VALUES ('张三丰', 4)", "SELEC '张三丰'"):
        with pytest.raises(psycopg.Error):
            store(state.urls["app"], words)
    stop(county)
    written = "".join(file.read_text() for file in state.log.iterdir())
    assert "duplicate key value" in written
    assert "张三丰" not in written


@only_root
def test_everything_holds_for_an_ordinary_user_too(nobodys_folder: Path) -> None:
    python = interpreter_for_nobody(nobodys_folder)
    if python is None:
        pytest.skip("the user nobody can read neither this environment nor a system Python of its version")
    words = (
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        f"--basetemp={nobodys_folder}/base",
    )
    files = (str(Path(__file__)), str(Path(__file__).with_name("test_cluster_creation.py")))
    done = as_nobody(*python, *words, *files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
