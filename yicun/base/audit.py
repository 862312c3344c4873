"""The audit trail: written in the transaction it records, sealed into a chain, verified by anybody."""

import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection

from yicun.kernel.actor import Actor
from yicun.kernel.ids import uuid7

request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)

# Not through the ORM: it would ask for the new id back, and a writer may not be allowed to read the trail.
_INSERT = (
    "INSERT INTO base_auditentry (xid, happened_at, logged_at, request_id, actor_kind, account_id, actor_label,"
    " verb, subject, subject_id, area_code, unit_id, facts) VALUES "
)
_LINE = "(pg_current_xact_id()::text::bigint, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry says of one record."""

    subject_id: str | int | UUID
    area_code: int | None = None
    unit_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def record(
    *,
    verb: str,
    subject: str,
    subject_id: str | int | UUID,
    actor: Actor,
    now: datetime,
    area_code: int | None = None,
    unit_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One entry: who did what to which record. Rolled back with the write that it belongs to."""
    line = Line(subject_id, area_code, unit_id, facts or {})
    record_many(verb=verb, subject=subject, lines=[line], actor=actor, now=now)


def record_many(*, verb: str, subject: str, lines: Sequence[Line], actor: Actor, now: datetime) -> None:
    """One entry for each record, where one deed touched many."""
    who = (request_id.get() or uuid7(), actor.kind.value, actor.account_id, actor.label)
    values = [
        (now, *who, verb, subject, str(line.subject_id), line.area_code, line.unit_id, _json(line.facts))
        for line in lines
    ]
    with connection.cursor() as cursor:
        for start in range(0, len(values), _AT_ONCE):
            some = values[start : start + _AT_ONCE]
            cursor.execute(_INSERT + ", ".join([_LINE] * len(some)), list(chain.from_iterable(some)))


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, default=str)
