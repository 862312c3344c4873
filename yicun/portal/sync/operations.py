"""What a phone sends and what it is told, one by one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yicun.base.crypto import canonical_json
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused, sentence

OLDEST = timedelta(days=30)
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Operation:
    """`base`: the version the phone knew; `recorded_at`: the phone's own time."""

    id: UUID
    name: str
    base: int | None
    recorded_at: datetime
    body: Mapping[str, Any]

    @property
    def body_hash(self) -> str:
        return hashlib.sha256(canonical_json([self.name, self.base, dict(self.body)])).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """`id` as it was sent, so that a program finds its operation again even when nobody could read it."""

    id: str
    answer: str
    code: str = ""
    sentence: str = ""
    ref: str = ""


def unreadable(told: str, reason: str) -> Answer:
    refused = Refused("request.malformed", reason=reason)
    return Answer(told, "refused", refused.code, sentence(refused))


def untimely(operation: Operation, now: datetime) -> Refused | None:
    """Asked before anything else: the day of the far past or future is no day that anybody had a post on."""
    if operation.recorded_at > now + AHEAD:
        return Refused("sync.from_the_future")
    if operation.recorded_at < now - OLDEST:
        return Refused("sync.too_old", days=OLDEST.days)
    return None


def refusal(operation: Operation, refused: Refused) -> Answer:
    answer = "conflict" if refused.code == "matter.changed" else "refused"
    return Answer(str(operation.id), answer, refused.code, sentence(refused))


def account_of(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise Refused("account.not_signed_in")
    return actor.account_id
