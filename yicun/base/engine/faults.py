"""What a person is told when the database did not do its part."""

from collections.abc import Iterator

import django.db
import psycopg

from yicun.base.cluster.patience import NotReplicated
from yicun.kernel.refusals import Refused

TAKEN = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, django.db.InterfaceError)


def refusal_for(error: BaseException | None) -> Refused | None:
    """None for an error that is not the database's."""
    for link in _causes(error):
        if isinstance(link, NotReplicated):
            return Refused("database.not_replicated")
        if isinstance(link, TAKEN):
            return Refused("server.busy")
        if isinstance(link, AWAY):
            return Refused("database.silent")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
