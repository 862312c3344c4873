"""SM3, and the one way in which an object is written down before it is hashed."""

import json
import math
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC


def sm3(data: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def keyed_sm3(key: bytes, data: bytes) -> bytes:
    digest = HMAC(key, SM3())
    digest.update(data)
    return digest.finalize()


def same_text(text: str) -> str:
    """Writings that a person would call equal become equal: full-width, capitals and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def canonical_json(value: object) -> bytes:
    """Equal values give equal bytes: keys sorted, no blanks, moments in UTC, UTF-8."""
    return json.dumps(
        _plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return {_key(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return _written(value)


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} has no canonical form")
    return value


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"keys are text, not {type(key).__name__}")
    return key


def _written(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone has no canonical form")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
