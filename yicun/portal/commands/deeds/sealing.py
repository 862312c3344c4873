"""The sealer: once a minute it chains what is settled in the audit trail."""

import signal
import threading
from types import FrameType

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from yicun.base import sealing

EVERY = 60.0


def keep_sealing() -> None:
    """Until told to stop. A database that is away for a while ends nothing: the next minute tries again."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not ended.is_set():
        _seal_all()
        ended.wait(EVERY)


def _seal_all() -> None:
    """Block after block, until less than a full one is left."""
    try:
        while sealing.seal(now=timezone.now()) >= sealing.BLOCK_ENTRIES:
            pass
    except (OperationalError, InterfaceError):
        connection.close()
