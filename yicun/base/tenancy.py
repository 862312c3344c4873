"""Row-level security: the settings a transaction carries, and the policies that read them.

A scope lives exactly as long as its transaction. Outside one, or without `set_scope`, a protected table shows nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from yicun.base.audit import request_id
from yicun.base.editions import one_edition
from yicun.kernel.actor import Actor
from yicun.kernel.ids import uuid7

_SET = (
    "SELECT set_config('yicun.lo', %s, true), set_config('yicun.hi', %s, true), set_config('yicun.codes', %s, true),"
    " set_config('yicun.units', %s, true), set_config('yicun.account', %s, true)"
)


def set_scope(actor: Actor) -> None:
    """Let the running transaction see what `actor` may see, and nothing else."""
    widest = actor.widest
    lo, hi = widest or (1, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            _SET,
            [str(lo), str(hi), _array(actor.codes), _array(actor.unit_ids), str(actor.account_id or "")],
        )


@contextmanager
def scoped(actor: Actor) -> Iterator[None]:
    """A transaction in the actor's scope: what jobs, commands and tests use in place of a request."""
    token = request_id.set(uuid7())
    try:
        with one_edition(), transaction.atomic():
            set_scope(actor)
            yield
    finally:
        request_id.reset(token)


@contextmanager
def lent(actor: Actor, *, back_to: Actor) -> Iterator[None]:
    """Inside a running transaction: what `actor` may see, and afterwards again only what `back_to` may.

    After an error the savepoint takes the scope back with everything else.
    """
    with transaction.atomic():
        set_scope(actor)
        yield
    set_scope(back_to)


def _array(numbers: tuple[int, ...]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def policy_sql(
    table: str, *, area: str = "area_code", unit: str = "handling_unit_id", subject: str = "id"
) -> tuple[str, str]:
    """Forward and backward SQL that puts `table` under the scope.

    Each arm compares a plain column with a value computed once per query, so that indexes stay usable and no function
    runs per row.
    """
    forward = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_scope ON {table} USING (
            {area} BETWEEN (SELECT scope_lo()) AND (SELECT scope_hi())
            OR {area} = ANY ((SELECT scope_codes())::bigint[])
            OR {unit} = ANY ((SELECT scope_units())::bigint[])
            OR {subject} = ANY ((SELECT scope_grants())::uuid[])
        );
    """
    backward = f"""
        DROP POLICY {table}_scope ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """
    return forward, backward
