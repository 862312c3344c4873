"""The code by which somebody without an account follows what he reported, and what he may still do."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from yicun.kernel.refusals import Refused
from yicun.matters.terms import State
from yicun.triage.terms import Concern

# Neither 0 and O nor 1, I and L: the code is read aloud and copied by hand. 31 signs, 12 places: 59 bits.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
GROUP = 4
MOST_PHOTOS = 3
# The classification's own "other": somebody at the public desk need not know the classes.
UNSORTED: Mapping[str, Mapping[str, str]] = {
    Concern.HAZARD: {"hazard_kind": "other"},
    Concern.DISPUTE: {"dispute_type": "99"},
    Concern.SERVICE: {"service_kind": "other"},
}

ANSWERED = frozenset({State.VERIFIED.value, State.CLOSED.value})
OVER = frozenset({State.VERIFIED.value, State.CLOSED.value, State.DECLINED.value, State.MERGED.value})


def code_of(report_id: UUID, secret: bytes) -> str:
    """Always the same for one report: a form sent twice over a bad line gives the same code both times."""
    number = int.from_bytes(hmac.digest(secret, b"public report" + report_id.bytes, "sha256"))
    signs = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(SIGNS))
        signs.append(SIGNS[place])
    return "".join(signs)


def spaced(code: str) -> str:
    """As shown to people."""
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def plain_code(typed: str) -> str:
    """As stored in the digest: what was typed, however it was grouped and in whatever case."""
    code = "".join(sign for sign in typed.upper() if sign not in " -\t\u3000\u2014\uff0d")
    if len(code) != LENGTH or not set(code) <= set(SIGNS):
        raise Refused("report.code_malformed")
    return code


def digest_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def may_rate(state: str, rated_at: datetime | None) -> bool:
    """Once, whatever the desk wrote down for him: his own word counts."""
    return state in ANSWERED and rated_at is None


def check_rating(state: str, rated_at: datetime | None) -> None:
    if state not in ANSWERED:
        raise Refused("report.not_finished")
    if not may_rate(state, rated_at):
        raise Refused("report.already_rated")


def check_supplement(state: str) -> None:
    if state in OVER:
        raise Refused("report.finished")


def check_photos(count: int) -> None:
    if count > MOST_PHOTOS:
        raise Refused("report.too_many_photos", most=MOST_PHOTOS, count=count)


def details_of(concern: str) -> dict[str, str]:
    """What a matter of this kind must say, left for the desk to say more exactly."""
    return dict(UNSORTED[concern]) if concern in UNSORTED else {}
