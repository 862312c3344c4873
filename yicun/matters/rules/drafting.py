"""A matter as somebody wrote it down, before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line, clean_text, moment_words
from yicun.matters.rules.kinds import EARLIEST, LATEST, check_details
from yicun.matters.terms import Channel, Kind, PartyRole, Urgency

TITLE, BODY, PLACE, NAME, PHONE = 120, 20_000, 200, 60, 30
CLOCK_SKEW = timedelta(minutes=10)
KINDS, CHANNELS = frozenset(Kind.values), frozenset(Channel.values)
URGENCIES, ROLES = frozenset(Urgency.values), frozenset(PartyRole.values)


@dataclass(frozen=True, slots=True)
class PartyDraft:
    role: str
    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """`area_code` None: no place known. `source_key`: the number it has where it came from."""

    kind: str
    title: str
    channel: str = Channel.DOORSTEP.value
    body: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    area_code: int | None = None
    place_text: str = ""
    place_id: UUID | None = None
    lon: float | None = None
    lat: float | None = None
    happened_at: datetime | None = None
    source_key: str = ""
    urgency: str = Urgency.ORDINARY.value
    parties: tuple[PartyDraft, ...] = ()
    id: UUID = field(default_factory=uuid7)


def checked(
    draft: Draft,
    *,
    now: datetime,
    choices: Mapping[str, Mapping[str, str]],
    categories: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str],
) -> Draft:
    """The draft cleaned, or the first thing that is wrong with it."""
    for value, known in (
        (draft.kind, KINDS),
        (draft.channel, CHANNELS),
        (draft.urgency, URGENCIES),
    ):
        if value not in known:
            raise Refused("value.unknown_choice", text=str(value)[:40])
    details = check_details(draft.kind, draft.details, choices=choices, categories=categories, labels=labels)
    return replace(
        draft,
        title=_title(draft),
        body=clean_text(draft.body, BODY),
        place_text=clean_line(draft.place_text, PLACE),
        source_key=clean_line(draft.source_key, 80),
        details=details,
        happened_at=_happened(draft.happened_at, now),
        parties=tuple(
            checked_party(party) for party in draft.parties if party.name.strip() or party.phone.strip()
        ),
    )


def _title(draft: Draft) -> str:
    """Without a title the first line of the text is one: nobody should have to write a thing twice."""
    title = clean_line(draft.title, TITLE)
    if title:
        return title
    first = clean_text(draft.body, BODY).partition("\n")[0]
    if not first:
        raise Refused("matter.title_missing")
    return first[:40]


def _happened(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if not EARLIEST <= at.date() < LATEST:
        raise Refused("value.date_out_of_range", day=at.date(), earliest=EARLIEST, latest=now.date())
    if at > now + CLOCK_SKEW:
        raise Refused("matter.happened_in_future", at=moment_words(at, now))
    return min(at, now)


def checked_party(party: PartyDraft) -> PartyDraft:
    if party.role not in ROLES:
        raise Refused("value.unknown_choice", text=party.role[:40])
    name = clean_line(party.name, NAME)
    if name and not any(sign.isalpha() for sign in name):
        raise Refused("matter.name_is_a_number", name=name)
    return PartyDraft(party.role, name, clean_line(party.phone, PHONE))
