"""Keys in one 0600 file: several may decipher, the newest enciphers."""

import base64
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from yicun.base.crypto.algorithms import NONCE_BYTES, Algorithm, available_algorithms
from yicun.base.crypto.hashes import keyed_sm3, same_text
from yicun.kernel.refusals import Refused

FILE_NAME = "data-keys.json"
INDEX_BYTES = 32
ENVELOPE = 1
_HEAD_BYTES = 6  # form of the envelope, algorithm, number of the key (4 bytes)


@dataclass(frozen=True, slots=True)
class Key:
    number: int
    algorithm: Algorithm
    secret: bytes


class Keyring:
    """The provider of encryption: an envelope names its key and is bound to one purpose."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._keys, self._index_secret = _load(self._path)

    @property
    def newest(self) -> Key:
        return list(self._keys.values())[-1]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Oldest first."""
        return tuple(self._keys)

    def encrypt(self, data: bytes, *, purpose: str) -> bytes:
        key = self.newest
        head = bytes((ENVELOPE, key.algorithm.code)) + key.number.to_bytes(4, "big")
        nonce = secrets.token_bytes(NONCE_BYTES)
        return head + nonce + key.algorithm.seal(key.secret, nonce, data, head + purpose.encode())

    def decrypt(self, envelope: bytes, *, purpose: str) -> bytes:
        head, nonce = envelope[:_HEAD_BYTES], envelope[_HEAD_BYTES : _HEAD_BYTES + NONCE_BYTES]
        if len(nonce) < NONCE_BYTES or head[0] != ENVELOPE:
            raise Refused("crypto.altered")
        key = self._key(int.from_bytes(head[2:], "big"))
        if head[1] != key.algorithm.code:
            raise Refused("crypto.altered")
        try:
            sealed = envelope[_HEAD_BYTES + NONCE_BYTES :]
            return key.algorithm.unseal(key.secret, nonce, sealed, head + purpose.encode())
        except InvalidTag as error:
            raise Refused("crypto.altered") from error

    def blind_index(self, text: str, *, purpose: str) -> str:
        """What an encrypted text is found by: the same for equal texts of one purpose, for ever."""
        return keyed_sm3(self._index_secret, f"{purpose}\0{same_text(text)}".encode()).hex()

    def rotate(self) -> int:
        """Add a key that enciphers from now on; its number. Older ones stay, to decipher."""
        with _alone(self._path.parent):
            keys, index_secret = _load(self._path)
            added = _new_key()
            _replace(self._path, [*keys.values(), added], index_secret)
            self._keys = keys | {added.number: added}
        return added.number

    def _key(self, number: int) -> Key:
        if number not in self._keys:  # another process may have added it
            self._keys, self._index_secret = _load(self._path)
        if number not in self._keys:
            raise Refused("crypto.key_unknown", key=number)
        return self._keys[number]


@cache
def open_keyring(folder: Path) -> Keyring:
    """The keyring of a data folder, made on first use; processes that start at once share it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        if not (folder / FILE_NAME).exists():
            _replace(folder / FILE_NAME, [_new_key()], secrets.token_bytes(INDEX_BYTES))
    return Keyring(folder)


def _new_key() -> Key:
    """Its number is drawn, so that a folder made anew is never mistaken for the lost one."""
    algorithm = available_algorithms()[0]
    return Key(secrets.randbits(32), algorithm, secrets.token_bytes(algorithm.key_bytes))


def _load(path: Path) -> tuple[dict[int, Key], bytes]:
    try:
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            raise Refused("crypto.key_exposed", path=path, mode=f"{mode:o}")
        facts = json.loads(path.read_text("ascii"))
        keys = [_key_of(line) for line in facts["keys"]]
        index_secret = base64.b64decode(facts["index_secret"], validate=True)
        if not keys or len(index_secret) != INDEX_BYTES:
            raise ValueError("a keyring without keys")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused("crypto.key_unreadable", path=path) from error
    return {key.number: key for key in keys}, index_secret


def _key_of(line: dict[str, Any]) -> Key:
    algorithm = {known.name: known for known in available_algorithms()}[line["algorithm"]]
    secret = base64.b64decode(line["secret"], validate=True)
    if len(secret) != algorithm.key_bytes:
        raise ValueError("a key of the wrong length")
    return Key(int(line["number"]), algorithm, secret)


def _replace(path: Path, keys: list[Key], index_secret: bytes) -> None:
    lines = [
        {"number": key.number, "algorithm": key.algorithm.name, "secret": _written(key.secret)}
        for key in keys
    ]
    facts = {"keys": lines, "index_secret": _written(index_secret)}
    number, scratch = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    with os.fdopen(number, "w", encoding="ascii") as out:
        json.dump(facts, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    Path(scratch).replace(path)
    held = os.open(path.parent, os.O_RDONLY)
    os.fsync(held)
    os.close(held)


def _written(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
