"""The county's own keys and files, under its data folder: where `crypto` and `files` are told the place."""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from yicun.base import files
from yicun.base.crypto import Keyring, open_keyring
from yicun.base.files import Stored
from yicun.base.models import StoredFile
from yicun.kernel.refusals import Refused

MOST_BYTES = 50 * 1024 * 1024
WAITING = "waiting"
LONGEST_WAIT = timedelta(days=1)
MOST_PIECE_MB = 1
ABANDONED_AFTER = timedelta(days=7)
Content = BinaryIO | Stored


@lru_cache(maxsize=1)
def _keyring() -> Keyring:
    return open_keyring(settings.DATA / "keys")


def encrypt(data: bytes, *, purpose: str) -> bytes:
    return _keyring().encrypt(data, purpose=purpose)


def decrypt(envelope: bytes, *, purpose: str) -> bytes:
    return _keyring().decrypt(envelope, purpose=purpose)


def mark(text: str, *, purpose: str) -> str:
    """What only a holder of the county's keys can work out from the text: a database alone cannot forge it."""
    return _keyring().blind_index(text, purpose=purpose)


def store(content: Content, *, name: str, now: datetime) -> StoredFile:
    """The bytes first, then the row: a row never names a file that is not there."""
    if isinstance(content, Stored):
        stored = content
    else:
        stored = files.put(content, name=name, max_bytes=MOST_BYTES, folder=_store())
    kept = StoredFile(sha256=stored.sha256, size=stored.size, mime=stored.mime, created_at=now)
    StoredFile.objects.bulk_create([kept], ignore_conflicts=True)
    return kept


def path_of(sha256: str) -> Path:
    return files.path_of(sha256, folder=_store())


def open_stored(sha256: str) -> BinaryIO:
    return files.open_stored(sha256, folder=_store())


def put_aside(stream: BinaryIO, *, name: str) -> str:
    """A file to be read and then forgotten: no record names it, no backup takes it along. Its address."""
    return files.put(stream, name=name, max_bytes=MOST_BYTES, folder=settings.DATA / WAITING).sha256


def aside(sha256: str) -> Path:
    path = files.path_of(sha256, folder=settings.DATA / WAITING)
    if not path.is_file():
        raise Refused("file.unknown")
    return path


def forget_aside(now: datetime) -> int:
    """What has waited for more than a day is gone, half an upload as well; the number of files."""
    oldest = (now - LONGEST_WAIT).timestamp()
    waited = [path for path in (settings.DATA / WAITING).rglob("*") if path.is_file()]
    old = [path for path in waited if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def begin_upload(*, upload_id: UUID, owner: UUID, name: str, size: int) -> int:
    """Announced before a byte is sent: what is too large is said at once."""
    return files.begin(
        upload_id=upload_id, owner=str(owner), name=name, size=size, max_bytes=MOST_BYTES, folder=_uploads()
    )


def add_piece(*, upload_id: UUID, owner: UUID, offset: int, data: bytes, sha256: str | None) -> int:
    if len(data) > MOST_PIECE_MB << 20:
        raise Refused("upload.piece_too_large", limit=f"{MOST_PIECE_MB} MB")
    return files.append(
        upload_id=upload_id, owner=str(owner), offset=offset, data=data, sha256=sha256, folder=_uploads()
    )


def finish_upload(*, upload_id: UUID, owner: UUID, sha256: str | None) -> Stored:
    return files.finish(
        upload_id=upload_id, owner=str(owner), sha256=sha256, folder=_uploads(), store=_store()
    )


def uploaded(*, upload_id: UUID, owner: UUID) -> Stored | None:
    """None while some of it is still to come."""
    return files.collect(upload_id=upload_id, owner=str(owner), folder=_uploads(), store=_store())


def sweep_uploads(*, now: datetime) -> int:
    """Uploads that nobody goes on with, and their files unless a record has taken them; how many."""
    before = now - ABANDONED_AFTER
    swept, stored = files.sweep(folder=_uploads(), before=before)
    taken = set(StoredFile.objects.filter(sha256__in=stored).values_list("sha256", flat=True))
    for sha256 in stored - taken:
        # Somebody may have stored the same picture a moment ago, in a transaction that is still open.
        path = path_of(sha256)
        if path.exists() and path.stat().st_mtime < before.timestamp():
            files.discard(sha256, folder=_store())
    return swept


def _store() -> Path:
    return Path(settings.DATA) / "files"


def _uploads() -> Path:
    return Path(settings.DATA) / "uploads"
