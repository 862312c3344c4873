"""Uploads in pieces: a phone that loses its connection goes on from the byte that has arrived.

Each upload is two files named after the number its client gave it: what was declared, and the bytes so far.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from yicun.base.files.kinds import Mime
from yicun.base.files.store import Stored, in_words, path_of, put
from yicun.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    size: int
    owner: str
    stored: Stored | None = None


def begin(*, upload_id: UUID, owner: str, name: str, size: int, max_bytes: int, folder: Path) -> int:
    """Announce an upload, or come back to it; the number of bytes that have arrived."""
    if size <= 0:
        raise Refused("file.empty", name=name)
    if size > max_bytes:
        raise Refused("file.too_large", name=name, limit=in_words(max_bytes))
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder, upload_id):
        known = _read(folder, upload_id)
        if known is None:
            _write(folder, upload_id, Upload(name, size, owner))
            return 0
        if (known.name, known.size, known.owner) != (name, size, owner):
            raise Refused("upload.id_reused")
        return known.size if known.stored else _received(folder, upload_id)


def append(
    *, upload_id: UUID, owner: str, offset: int, data: bytes, folder: Path, sha256: str | None = None
) -> int:
    """Add a piece; the number of bytes that have arrived, read back from the disk and equal to what was sent.

    A piece that has arrived before, whole or in part, is harmless: only what is new of it is written.
    `sha256` is what the client says the piece is.
    """
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise Refused("upload.piece_altered", offset=offset)
    with _locked(folder, upload_id):
        upload = _mine(folder, upload_id, owner)
        expected = upload.size if upload.stored else _received(folder, upload_id)
        if upload.stored or offset > expected or not _agrees(_part(folder, upload_id), offset, data):
            raise Refused("upload.wrong_offset", expected=expected)
        if offset + len(data) > upload.size:
            raise Refused("upload.too_much", name=upload.name, size=upload.size)
        fresh = data[expected - offset :]
        with _part(folder, upload_id).open("ab") as out:
            out.write(fresh)
            out.flush()
            os.fsync(out.fileno())
        if not _agrees(_part(folder, upload_id), offset, data):
            os.truncate(_part(folder, upload_id), expected)
            raise Refused("upload.piece_altered", offset=offset)
        return expected + len(fresh)


def finish(*, upload_id: UUID, owner: str, sha256: str | None, folder: Path, store: Path) -> Stored:
    """Put the complete upload into the store; asked again, the answer is the same.

    `sha256` is what the client says it sent: when it differs, the bytes are dropped, to be sent anew.
    """
    with _locked(folder, upload_id):
        upload = _mine(folder, upload_id, owner)
        if upload.stored:
            return upload.stored
        part = _part(folder, upload_id)
        received = _received(folder, upload_id)
        if received < upload.size:
            raise Refused("upload.incomplete", name=upload.name, received=received, size=upload.size)
        if sha256 is not None and _hash(part) != sha256:
            part.unlink()
            raise Refused("upload.altered", name=upload.name)
        with part.open("rb") as stream:
            stored = put(stream, folder=store, name=upload.name, max_bytes=upload.size)
        _write(folder, upload_id, replace(upload, stored=stored))
        part.unlink()
        return stored


def collect(*, upload_id: UUID, owner: str, folder: Path, store: Path) -> Stored | None:
    """What a finished upload has become, kept from the next sweep; None while it is still to come."""
    if not folder.is_dir():
        return None
    with _locked(folder, upload_id):
        upload = _read(folder, upload_id)
        if upload is None or upload.owner != owner or upload.stored is None:
            return None
        if not path_of(upload.stored.sha256, folder=store).exists():
            _forget(folder, upload_id)
            return None
        os.utime(folder / f"{upload_id}.json")
        return upload.stored


def sweep(*, folder: Path, before: datetime) -> tuple[int, frozenset[str]]:
    """Forget uploads in which nothing has happened since `before`: how many, and the stored files they alone named."""
    swept, stored = 0, set[str]()
    for lock in sorted(folder.glob("*.lock")):
        upload_id = UUID(lock.stem)
        with _locked(folder, upload_id):
            upload = _read(folder, upload_id)
            if _touched_at(folder, upload_id, lock) >= before.timestamp():
                continue
            _forget(folder, upload_id)
            swept += upload is not None
            stored |= {upload.stored.sha256} if upload and upload.stored else set()
    return swept, frozenset(stored - _named(folder))


def _named(folder: Path) -> set[str]:
    """The stored files of the uploads that are still known."""
    known = (_read(folder, UUID(declared.stem)) for declared in folder.glob("*.json"))
    return {upload.stored.sha256 for upload in known if upload and upload.stored}


def _touched_at(folder: Path, upload_id: UUID, lock: Path) -> float:
    """An announcement that was refused leaves nothing but its lock."""
    own = [path for path in (folder / f"{upload_id}.json", _part(folder, upload_id)) if path.exists()]
    return max(path.stat().st_mtime for path in own or [lock])


def _forget(folder: Path, upload_id: UUID) -> None:
    for path in (_part(folder, upload_id), folder / f"{upload_id}.json", _lock(folder, upload_id)):
        path.unlink(missing_ok=True)


def _agrees(part: Path, offset: int, data: bytes) -> bool:
    """What lies on the disk from `offset` on, as far as it goes, is this piece."""
    if not part.exists():
        return True
    with part.open("rb") as opened:
        opened.seek(offset)
        held = opened.read(len(data))
    return held == data[: len(held)]


def _part(folder: Path, upload_id: UUID) -> Path:
    return folder / f"{upload_id}.part"


def _lock(folder: Path, upload_id: UUID) -> Path:
    return folder / f"{upload_id}.lock"


def _received(folder: Path, upload_id: UUID) -> int:
    part = _part(folder, upload_id)
    return part.stat().st_size if part.exists() else 0


def _hash(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def _locked(folder: Path, upload_id: UUID) -> Iterator[None]:
    """One request at a time per upload, also between two server processes."""
    if not folder.is_dir():
        raise Refused("upload.unknown")
    with _lock(folder, upload_id).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _mine(folder: Path, upload_id: UUID, owner: str) -> Upload:
    upload = _read(folder, upload_id)
    if upload is None or upload.owner != owner:
        raise Refused("upload.unknown")
    return upload


def _read(folder: Path, upload_id: UUID) -> Upload | None:
    try:
        facts = json.loads((folder / f"{upload_id}.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    stored = facts.pop("stored")
    return Upload(
        **facts, stored=Stored(stored["sha256"], stored["size"], Mime(stored["mime"])) if stored else None
    )


def _write(folder: Path, upload_id: UUID, upload: Upload) -> None:
    scratch = folder / f"{upload_id}.new"
    with scratch.open("w", encoding="utf-8") as out:
        json.dump(asdict(upload), out)
        out.flush()
        os.fsync(out.fileno())
    scratch.replace(folder / f"{upload_id}.json")
