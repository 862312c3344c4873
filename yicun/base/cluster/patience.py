"""Connections that neither wait for ever nor take a doubtful commit for a good one.

The library waits without limit for a server that holds the line and says nothing: keep-alive packets are answered by
the kernel of a stopped server, and a Unix socket has none. And where a standby must confirm, a commit whose wait was
cancelled is reported as a success, with a warning beside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.errors import Diagnostic
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

# The warning's words follow the server's language; the name of the function that gives it does not.
WAITS_FOR_STANDBY = "SyncRepWaitForLSN"
HURRIED: ContextVar[float | None] = ContextVar("hurried", default=None)


class Silent(psycopg.OperationalError):
    """The server did not answer in time. Whether it did what it was told is not known."""


class NotReplicated(psycopg.OperationalError):
    """Committed here, confirmed by no standby: whoever waits must not be told that it is kept."""


@contextmanager
def hurried(seconds: float) -> Iterator[None]:
    """Within it no answer of this thread's connections is awaited for longer."""
    before = HURRIED.set(seconds)
    try:
        yield
    finally:
        HURRIED.reset(before)


class PatientConnection(psycopg.Connection[TupleRow]):
    """Waits `patience` seconds for the answer to one statement, or for ever while that is None."""

    patience: float | None = None

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self._doubts: list[str] = []
        # The list alone: a connection that held itself would not be closed when nobody holds it any more.
        self.add_notice_handler(partial(_remember, self._doubts))

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        limits = [one for one in (timeout, self.patience, HURRIED.get()) if one is not None]
        until = monotonic() + min(limits) if limits else None
        try:
            value = super().wait(gen, interval, timeout=min(limits, default=None))
        except psycopg.OperationalError as error:
            is_waiting = self.pgconn.transaction_status == TransactionStatus.ACTIVE
            if until is None or monotonic() < until or not is_waiting:
                raise
            self.close()
            raise Silent("the server did not answer in time") from error
        if self._doubts:
            said = "; ".join(self._doubts)
            self._doubts.clear()
            raise NotReplicated(said)
        return value


def _remember(doubts: list[str], notice: Diagnostic) -> None:
    if notice.source_function == WAITS_FOR_STANDBY:
        doubts.append(notice.message_primary or WAITS_FOR_STANDBY)
