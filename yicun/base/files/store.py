"""The store: a file lies at FOLDER/ab/cd/<sha256 of what is stored>, is written once and never changed."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from yicun.base.files.images import redraw
from yicun.base.files.kinds import HEAD_BYTES, Mime, mime_of, mime_of_head
from yicun.kernel.refusals import Refused

PIECE = 1 << 20
IMAGES = frozenset({Mime.JPEG, Mime.PNG, Mime.WEBP, Mime.GIF, Mime.BMP, Mime.AVIF})
KEPT = frozenset(
    {
        *(Mime.PDF, Mime.DOCX, Mime.XLSX, Mime.ODS, Mime.XLS, Mime.DOC, Mime.CSV, Mime.TEXT),
        *(Mime.MP3, Mime.AMR, Mime.WAV, Mime.M4A, Mime.MP4),
    }
)
_REFUSED = {
    Mime.HTML: "file.can_run",
    Mime.PROGRAM: "file.can_run",
    Mime.MACROS: "file.has_macros",
    Mime.HEIC: "file.heic",
}
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Stored:
    sha256: str
    size: int
    mime: Mime


def put(
    stream: Readable, *, folder: Path, name: str, max_bytes: int, declared_size: int | None = None
) -> Stored:
    """Store what the stream holds, or refuse it and leave nothing behind.

    Reading stops at the limit. A photograph is redrawn first, so its address is that of the new picture.
    """
    if declared_size is not None and declared_size > max_bytes:
        raise Refused("file.too_large", name=name, limit=in_words(max_bytes))
    with _scratch(folder) as scratch:
        _receive(stream, scratch, name, max_bytes)
        mime = _accepted(mime_of(scratch, name), name)
        if mime not in IMAGES:
            return _settle(scratch, folder, mime)
        with _scratch(folder) as redrawn:
            with redrawn.open("wb") as target:
                redraw(scratch, target, name=name)
                _flush(target)
            return _settle(redrawn, folder, Mime.JPEG)


def path_of(sha256: str, *, folder: Path) -> Path:
    if not _SHA256.fullmatch(sha256):
        raise Refused("file.unknown")
    return folder / sha256[:2] / sha256[2:4] / sha256


def open_stored(sha256: str, *, folder: Path) -> BinaryIO:
    try:
        return path_of(sha256, folder=folder).open("rb")
    except FileNotFoundError as error:
        raise Refused("file.unknown") from error


def discard(sha256: str, *, folder: Path) -> bool:
    """Remove a file that no record points to any more; whether there was one."""
    path = path_of(sha256, folder=folder)
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed


def in_words(size: int) -> str:
    return f"{size / (1 << 20):g} MB" if size >= 1 << 20 else f"{size / 1024:.3g} KB"


def _receive(stream: Readable, target: Path, name: str, max_bytes: int) -> None:
    received = 0
    with target.open("wb") as out:
        while piece := stream.read(min(PIECE, max_bytes + 1 - received)):
            if not received:
                _refuse_early(piece, name)
            received += len(piece)
            if received > max_bytes:
                raise Refused("file.too_large", name=name, limit=in_words(max_bytes))
            out.write(piece)
        _flush(out)
    if not received:
        raise Refused("file.empty", name=name)


def _refuse_early(piece: bytes, name: str) -> None:
    mime = mime_of_head(piece[:HEAD_BYTES])
    if mime is not None:
        _accepted(mime, name)


def _accepted(mime: Mime, name: str) -> Mime:
    if mime in IMAGES or mime in KEPT:
        return mime
    raise Refused(_REFUSED.get(mime, "file.kind_refused"), name=name)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A file beside the store, so that it can be renamed into it; gone afterwards unless it was."""
    coming = folder / "incoming"
    coming.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=coming)
    os.close(number)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _settle(scratch: Path, folder: Path, mime: Mime) -> Stored:
    with scratch.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    size = scratch.stat().st_size
    place = path_of(sha256, folder=folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch.chmod(0o600)
    scratch.replace(place)
    for parent in (place.parent, place.parent.parent, folder):
        sync_folder(parent)
    return Stored(sha256, size, mime)


def _flush(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """A rename outlives a power cut only once its folder is on the disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
