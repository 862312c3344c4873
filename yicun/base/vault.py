"""The county's own keys and files, under its data folder: where `crypto` and `files` are told the place."""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from yicun.base import files
from yicun.base.crypto import Keyring, open_keyring
from yicun.base.models import StoredFile
from yicun.kernel.refusals import Refused

MOST_BYTES = 50 * 1024 * 1024
WAITING = "waiting"
LONGEST_WAIT = timedelta(days=1)


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


def store(stream: BinaryIO, *, name: str, now: datetime) -> StoredFile:
    """The bytes first, then the row: a row never names a file that is not there."""
    stored = files.put(stream, name=name, max_bytes=MOST_BYTES, folder=settings.DATA / "files")
    kept = StoredFile(sha256=stored.sha256, size=stored.size, mime=stored.mime, created_at=now)
    StoredFile.objects.bulk_create([kept], ignore_conflicts=True)
    return kept


def path_of(sha256: str) -> Path:
    return files.path_of(sha256, folder=settings.DATA / "files")


def open_stored(sha256: str) -> BinaryIO:
    return files.open_stored(sha256, folder=settings.DATA / "files")


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
