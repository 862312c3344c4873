"""`yicun backup` and `yicun restore`: the embedded cluster, the keys and the files as one archive.

The database is copied page by page while it runs, not dumped: the audit chain orders its entries by transaction
numbers, and a dump read into a fresh cluster would begin them anew. The archive holds the county's keys, so it is
readable by its owner only.
"""

import gzip
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yicun.base.cluster import binaries, configuration, placement, supervisor
from yicun.base.cluster.files import locked, private_folder
from yicun.base.cluster.placement import Placement
from yicun.kernel.refusals import Refused

FORMAT = 1
LABEL = "backup.json"
DATABASE = "pgdata"
BESIDE = "data"
KEPT = ("keys", "files", placement.DATABASE_FILE, "demo.json")
DAMAGED = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, KeyError)
TAIL = 500
MEBIBYTE = 1 << 20


def back_up(*, data: Path, file: Path) -> dict[str, Any]:
    data = placement.resolved(data)
    made_at = datetime.now(tz=UTC).isoformat(timespec="seconds")
    with supervisor.running(data) as state:
        place = placement.locate(data)
        if state.kind == "server" or place is None:
            raise Refused("command.own_server")
        with _copied(place) as copy, _replacing(file) as scratch:
            _write(scratch, copy, data, made_at)
    return {"file": str(file), "size": f"{file.stat().st_size / MEBIBYTE:.1f} MB", "made_at": made_at}


def restore(*, data: Path, file: Path) -> dict[str, Any]:
    """Into an empty folder only; what is left of a failed attempt is taken away."""
    data = placement.resolved(data)
    if data.exists() and any(data.iterdir()):
        raise Refused("command.folder_not_empty", data=str(data))
    label = _label(file)
    if label["postgres"] != binaries.major():
        raise Refused("cluster.major_version", found=label["postgres"], binaries=binaries.major())
    placement.make_data_folder(data)
    try:
        with locked(placement.lock_file(data)):
            _unpack(file, data)
        with supervisor.running(data):
            pass
    except BaseException:
        supervisor.discard(data)
        shutil.rmtree(data, ignore_errors=True)
        raise
    return {"data": str(data), "made_at": label["made_at"]}


@contextmanager
def _copied(place: Placement) -> Iterator[Path]:
    """A copy of the running database, verified against the list that PostgreSQL wrote with it."""
    copy = place.home / "backup"
    shutil.rmtree(copy, ignore_errors=True)
    private_folder(copy, owner=place.account.owner)
    try:
        address = ("--host", str(place.socket), "--username", configuration.ADMIN, "--no-password")
        _run(place, "pg_basebackup", *address, "--checkpoint=fast", "--wal-method=stream", "--pgdata", str(copy))
        _run(place, "pg_verifybackup", "--quiet", str(copy))
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _run(place: Placement, name: str, *words: str) -> None:
    done = binaries.run(place.programs / name, *words, account=place.account, folder=place.log)
    if done.returncode != 0:
        raise Refused("command.backup_failed", reason=done.stdout.strip()[-TAIL:])


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """The archive appears at its place only when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.new")
    try:
        yield scratch
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)


def _write(scratch: Path, copy: Path, data: Path, made_at: str) -> None:
    label = json.dumps({"format": FORMAT, "made_at": made_at, "postgres": binaries.major()}).encode()
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
            entry = tarfile.TarInfo(LABEL)
            entry.size = len(label)
            archive.addfile(entry, io.BytesIO(label))
            archive.add(copy, DATABASE)
            for name in KEPT:
                if (data / name).exists():
                    archive.add(data / name, f"{BESIDE}/{name}")
        out.flush()
        os.fsync(out.fileno())


def _label(file: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file, "r:gz") as archive:
            first = archive.next()
            held = archive.extractfile(first) if first is not None and first.name == LABEL else None
            label: dict[str, Any] = json.loads(held.read()) if held else {}
            if label["format"] != FORMAT:
                raise ValueError(label["format"])
            return {name: str(label[name]) for name in ("made_at", "postgres")}
    except DAMAGED as damaged:
        raise Refused("command.backup_damaged", file=str(file)) from damaged


def _unpack(file: Path, data: Path) -> None:
    """Everything beside the data folder's own place first, so that a damaged archive becomes no half county."""
    fresh = data / ".restoring"
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(fresh, filter="data")
    except DAMAGED as damaged:
        raise Refused("command.backup_damaged", file=str(file)) from damaged
    place = placement.lay_out(data)
    _hand_over(fresh / DATABASE, place)
    shutil.move(fresh / DATABASE, place.pgdata)
    for name in KEPT:
        if (fresh / BESIDE / name).exists():
            shutil.move(fresh / BESIDE / name, data / name)
    shutil.rmtree(fresh)


def _hand_over(folder: Path, place: Placement) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.chown(path, *place.account.owner)
