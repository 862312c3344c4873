"""UUIDv7 (RFC 9562): keys that sort by the time they were made, monotonic within a process."""

import os
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from yicun.kernel.refusals import Refused

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = (1 << 48) - 1
_LOW_BITS = 62
_STEP_BITS = 32


class _Sequence:
    """The 74 bits after the time: seeded with the top bit clear, so that no real load overflows them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._lock = threading.Lock()
        self._ms = -1
        self._tail = 0

    def after(self, ms: int, *, never_back: bool) -> tuple[int, int]:
        with self._lock:
            if ms == self._ms or (never_back and ms < self._ms):
                self._tail += 1 + secrets.randbits(_STEP_BITS)
            else:
                self._ms, self._tail = ms, secrets.randbits(73)
            return self._ms, self._tail


_wall = _Sequence()
_told = _Sequence()
os.register_at_fork(after_in_child=_wall.forget)
os.register_at_fork(after_in_child=_told.forget)


def uuid7(now_ms: int | None = None) -> UUID:
    """A key stamped with the wall clock (never going back), or with exactly the millisecond it is told."""
    if now_ms is None:
        ms, tail = _wall.after(time.time_ns() // 1_000_000, never_back=True)
    elif 0 <= now_ms <= _LAST_MS:
        ms, tail = _told.after(now_ms, never_back=False)
    else:
        raise ValueError(f"not a millisecond a UUID can carry: {now_ms}")
    high, low = tail >> _LOW_BITS, tail & ((1 << _LOW_BITS) - 1)
    return UUID(int=ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def is_uuid7(value: UUID) -> bool:
    return value.variant == RFC_4122 and value.version == 7


def uuid7_time(value: UUID) -> datetime:
    if not is_uuid7(value):
        raise Refused("id.not_version_7", id=str(value))
    return _EPOCH + timedelta(milliseconds=value.int >> 80)
