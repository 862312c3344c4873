"""The county's own keys and files, under its data folder: where `crypto` and `files` are told the place."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from yicun.base import files
from yicun.base.crypto import Keyring, open_keyring
from yicun.base.models import StoredFile

MOST_BYTES = 50 * 1024 * 1024


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
