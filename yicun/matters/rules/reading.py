"""A draft out of what a program sent: names and types checked one by one, nothing guessed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters.rules.drafting import Draft, PartyDraft
from yicun.matters.terms import Channel, PartyRole, Urgency

TEXTS = ("kind", "title", "body", "place_text", "source_key")
KNOWN = frozenset(
    (*TEXTS, "channel", "urgency", "details", "area_code", "place_id", "lon", "lat", "happened_at", "parties")
)
PARTY = frozenset(("role", "name", "phone"))
MOST_PARTIES = 20


def read_draft(sent: Mapping[str, Any], *, matter_id: UUID | None = None) -> Draft:
    unknown = sorted(set(sent) - KNOWN)
    if unknown:
        raise Refused("matter.field_unknown", field=unknown[0][:40])
    texts = {name: _text(sent, name) for name in TEXTS}
    details = sent.get("details") or {}
    if not isinstance(details, Mapping):
        raise Refused("value.malformed", text="details")
    lon, lat = _degrees(sent, "lon", 180), _degrees(sent, "lat", 90)
    if (lon is None) != (lat is None):
        raise Refused("matter.position_halved")
    return Draft(
        **texts,
        channel=_text(sent, "channel") or Channel.DOORSTEP.value,
        urgency=_text(sent, "urgency") or Urgency.ORDINARY.value,
        details=dict(details),
        area_code=_integer(sent, "area_code"),
        place_id=_key(sent, "place_id"),
        lon=lon,
        lat=lat,
        happened_at=_moment(sent, "happened_at"),
        parties=_parties(sent.get("parties") or []),
        id=matter_id or uuid7(),
    )


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("value.malformed", text=f"{name}={str(value)[:40]}")
    return value


def _integer(sent: Mapping[str, Any], name: str) -> int | None:
    value = sent.get(name)
    if value in (None, ""):
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refused("value.not_a_number", text=text[:40])
    return int(text)


def _degrees(sent: Mapping[str, Any], name: str, most: int) -> float | None:
    value = sent.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, bool):
        raise Refused("value.malformed", text=str(value))
    try:
        degrees = float(value)
    except (TypeError, ValueError) as wrong:
        raise Refused("value.malformed", text=str(value)[:40]) from wrong
    if not -most <= degrees <= most:
        raise Refused("value.malformed", text=str(value)[:40])
    return degrees


def _key(sent: Mapping[str, Any], name: str) -> UUID | None:
    value = sent.get(name)
    if value in (None, ""):
        return None
    try:
        return UUID(str(value))
    except ValueError as wrong:
        raise Refused("value.malformed", text=str(value)[:40]) from wrong


def _moment(sent: Mapping[str, Any], name: str) -> datetime | None:
    value = sent.get(name)
    if value in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as wrong:
        raise Refused("value.not_a_date", text=str(value)[:40]) from wrong
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _parties(sent: Any) -> tuple[PartyDraft, ...]:
    if not isinstance(sent, list) or len(sent) > MOST_PARTIES:
        raise Refused("value.malformed", text="parties")
    if not all(isinstance(one, Mapping) and set(one) <= PARTY for one in sent):
        raise Refused("value.malformed", text="parties")
    return tuple(
        PartyDraft(_text(one, "role") or PartyRole.REPORTER.value, _text(one, "name"), _text(one, "phone"))
        for one in sent
    )
