"""What Django gets to know of the database."""

from pathlib import Path

import pytest

from yicun.base.cluster.connections import (
    ROLES,
    DatabaseFile,
    django_databases,
    read_database_file,
    url_for,
    write_database_file,
)
from yicun.base.cluster.patience import PatientConnection

LOCAL = {"host": "/srv/yicun/socket", "port": "5432", "dbname": "yicun", "password": "a&b=c %/@"}
REMOTE = {**LOCAL, "host": "db.county.example", "sslmode": "verify-full"}


def written(folder: Path, base: dict[str, str]) -> Path:
    file = folder / "database.json"
    urls = {role: url_for(base, user=f"yicun_{role}") for role in ROLES}
    write_database_file(file, DatabaseFile("server", urls))
    return file


@pytest.fixture(autouse=True)
def no_file_named_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YICUN_DATABASE_FILE", raising=False)


@pytest.mark.parametrize("role", ROLES)
def test_django_signs_in_as_the_asked_role(tmp_path: Path, role: str) -> None:
    written(tmp_path, LOCAL)
    entry = django_databases(tmp_path, role)["default"]
    assert entry == {
        "ENGINE": "yicun.base.engine",
        "NAME": "yicun",
        "USER": f"yicun_{role}",
        "PASSWORD": "a&b=c %/@",
        "HOST": "/srv/yicun/socket",
        "PORT": "5432",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "PATIENCE": {"owner": None, "app": 20.0, "jobs": 660, "sealer": 70}[role],
        "OPTIONS": {"connect_timeout": 10, "application_name": f"yicun-{role}"},
    }


def test_distant_server_gets_limits_on_silence_and_keeps_its_own_options(tmp_path: Path) -> None:
    written(tmp_path, REMOTE)
    assert django_databases(tmp_path, "app")["default"]["OPTIONS"] == {
        "connect_timeout": 10,
        "application_name": "yicun-app",
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        "sslmode": "verify-full",
    }


def test_pool_is_passed_on(tmp_path: Path) -> None:
    written(tmp_path, LOCAL)
    entry = django_databases(tmp_path, "app", pool={"min_size": 2, "max_size": 8})["default"]
    ours = {"timeout": 10, "connection_class": PatientConnection}
    assert entry["OPTIONS"]["pool"] == {**ours, "min_size": 2, "max_size": 8}


def test_file_named_by_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, LOCAL)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("YICUN_DATABASE_FILE", str(written(elsewhere, {**LOCAL, "dbname": "other"})))
    assert django_databases(tmp_path, "app")["default"]["NAME"] == "other"


def test_settings_can_be_read_before_there_is_a_database(tmp_path: Path) -> None:
    entry = django_databases(tmp_path / "none", "app")["default"]
    assert (entry["NAME"], entry["HOST"]) == ("yicun", str(tmp_path / "none" / "no-database"))
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("rest", [0, 1, 40, -3])
def test_file_cut_short_counts_as_no_file(tmp_path: Path, rest: int) -> None:
    file = written(tmp_path, LOCAL)
    assert read_database_file(file) is not None
    file.write_text(file.read_text()[:rest])
    assert read_database_file(file) is None


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"kind": "server", "urls": {}}',
        '{"kind": "server", "urls": {"app": "postgresql://"}}',
        '{"kind": "other", "urls": {"app": "", "owner": "", "jobs": "", "sealer": ""}}',
    ],
)
def test_file_that_lacks_a_role_counts_as_no_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "database.json").write_text(text)
    assert read_database_file(tmp_path / "database.json") is None
