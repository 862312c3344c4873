"""One door to every step of a demand, by its name: what the page and the API call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.relief.models import Demand
from yicun.relief.queries.access import visible_to
from yicun.relief.services import doing, gate, proposing


@dataclass(frozen=True, slots=True)
class Way:
    service: Callable[..., Demand]
    fields: tuple[str, ...]


# START and EXPIRE are the clock's own.
WAYS: Mapping[str, Way] = {
    "revise": Way(proposing.revise, ("deliverable", "authority")),
    "admit": Way(gate.admit, ("text",)),
    "return_back": Way(gate.return_back, ("reason",)),
    "withdraw": Way(gate.withdraw, ("reason",)),
    "renew": Way(gate.renew, ("expires_on", "reason")),
    "complete": Way(gate.complete, ("text",)),
    "fulfil": Way(doing.fulfil, ("unit_id", "period_on", "matter_id", "text")),
    "appoint": Way(doing.appoint, ("unit_id", "member_id")),
    "remark": Way(doing.remark, ("stage", "text")),
    "define": Way(doing.define, ("kinds", "channels", "categories", "area", "reason")),
}
FIELDS = frozenset(name for way in WAYS.values() for name in way.fields)


def take_step(
    *,
    action: str,
    demand_id: UUID,
    given: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Demand:
    """The service does the work and writes the audit entry; here the values are only read."""
    if not visible_to(actor).filter(pk=demand_id).exists():
        raise Refused("record.not_found")
    way = WAYS.get(action)
    if way is None:
        raise Refused("step.unavailable", action=action[:40])
    unknown = sorted(set(given) - FIELDS)
    if unknown:
        raise Refused("demand.field_unknown", field=unknown[0][:40])
    values = {name: _reader(name)(given.get(name)) for name in way.fields}
    return way.service(demand_id=demand_id, actor=actor, now=now, version=version, **values)


def _reader(name: str) -> Callable[[Any], Any]:
    return READ.get(name, _text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("value.malformed", text=str(value)[:40])
    return value


def _number(value: Any) -> int | None:
    if value in (None, ""):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refused("value.not_a_number", text=text[:40])
    return int(text)


def _key(value: Any) -> UUID | None:
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError as wrong:
        raise Refused("value.malformed", text=str(value)[:40]) from wrong


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as wrong:
        raise Refused("value.not_a_date", text=str(value)[:40]) from wrong


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise Refused("value.malformed", text=str(value)[:40])
    return list(value)


READ: Mapping[str, Callable[[Any], Any]] = {
    "unit_id": _number,
    "area": _number,
    "member_id": _key,
    "matter_id": _key,
    "expires_on": _day,
    "period_on": _day,
    "kinds": _words,
    "channels": _words,
    "categories": _words,
}
