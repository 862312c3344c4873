"""Backup and restore of the embedded cluster."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yicun.base.cluster.backups import backup, restore
from yicun.base.cluster.connections import ROLES, DatabaseFile, write_database_file
from yicun.base.cluster.supervisor import discard, ensure_running, status, stop
from yicun.kernel.refusals import Refused


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A stopped cluster with one row in it."""
    data = tmp_path_factory.mktemp("county") / "data"
    state = ensure_running(data)
    with psycopg.connect(state.urls["owner"], autocommit=True) as owner:
        owner.execute("CREATE TABLE kept (word text)")
        owner.execute("INSERT INTO kept VALUES ('消防')")
    stop(data)
    yield data
    discard(data)


@pytest.fixture(scope="module")
def copy(county: Path) -> Path:
    target = county.parent / "copy"
    backup(county, target)
    return target


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "data"
    yield data
    discard(data)


def words_in(data: Path) -> list[tuple[str]]:
    with psycopg.connect(status(data).urls["app"]) as app:
        return app.execute("SELECT word FROM kept").fetchall()


def test_restored_copy_holds_what_was_there(county: Path, copy: Path, elsewhere: Path) -> None:
    assert not status(county).is_running
    assert copy.stat().st_mode & 0o777 == 0o700
    state = restore(copy, elsewhere)
    assert state.is_running
    assert state.pgdata != status(county).pgdata
    assert words_in(elsewhere) == [("消防",)]


def test_damaged_copy_is_refused_and_leaves_nothing(county: Path, copy: Path, elsewhere: Path) -> None:
    damaged = next(file for file in copy.rglob("base/*/1259"))
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Refused) as refused:
        restore(copy, elsewhere)
    damaged.write_bytes(whole)
    assert (refused.value.code, refused.value.facts["program"]) == (
        "cluster.backup_failed",
        "pg_verifybackup",
    )
    assert status(elsewhere).pgdata is None or not Path(str(status(elsewhere).pgdata)).exists()


def test_cluster_is_never_overwritten(county: Path, copy: Path) -> None:
    with pytest.raises(Refused) as refused:
        restore(copy, county)
    assert refused.value.code == "cluster.not_empty"


def test_backup_overwrites_nothing(county: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        backup(county, tmp_path)
    assert refused.value.code == "cluster.target_exists"
    assert not status(county).is_running


def test_server_of_the_countys_own_is_backed_up_by_itself(server_elsewhere: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        backup(server_elsewhere, tmp_path / "copy")
    assert refused.value.code == "cluster.backup_elsewhere"


@pytest.fixture
def server_elsewhere(county: Path, tmp_path: Path) -> Iterator[Path]:
    """A data folder whose address file points to a server, here the county's cluster seen as one."""
    state = ensure_running(county)
    data = tmp_path / "served"
    data.mkdir()
    write_database_file(
        data / "database.json", DatabaseFile("server", {role: state.urls[role] for role in ROLES})
    )
    yield data
    stop(county)
