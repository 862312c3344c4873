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
from yicun.base.files.store import Stored, in_words, put
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


def append(*, upload_id: UUID, owner: str, offset: int, data: bytes, folder: Path) -> int:
    """Add a piece where the last one ended; the number of bytes that have arrived, safe on disk."""
    with _locked(folder, upload_id):
        upload = _mine(folder, upload_id, owner)
        expected = upload.size if upload.stored else _received(folder, upload_id)
        if offset != expected:
            raise Refused("upload.wrong_offset", expected=expected)
        if expected + len(data) > upload.size:
            raise Refused("upload.too_much", name=upload.name, size=upload.size)
        with _part(folder, upload_id).open("ab") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        return expected + len(data)


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


def sweep(*, folder: Path, before: datetime) -> int:
    """Forget uploads in which nothing has happened since `before`; how many."""
    swept = 0
    for declared in sorted(folder.glob("*.json")):
        upload_id = UUID(declared.stem)
        with _locked(folder, upload_id):
            part = _part(folder, upload_id)
            newest = max(path.stat().st_mtime for path in (declared, part) if path.exists())
            if newest >= before.timestamp():
                continue
            for path in (part, declared, _lock(folder, upload_id)):
                path.unlink(missing_ok=True)
            swept += 1
    return swept


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
    with _lock(folder, upload_id).open("wb") as held:
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
