"""What a demand must bring to the gate, and which running ones it resembles."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line, clean_text, date_within, likeness
from yicun.relief.terms import EXACT, AuthorityKind, Cadence, DefenceLine, ListName

TITLE, DELIVERABLE, AUTHORITY = 80, 2_000, 200
LONGEST = timedelta(days=366)
# What lies further back was not asked through the gate, so nobody owes it.
LOOKING_BACK = timedelta(days=92)
MOST_MINUTES = 2_400
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
ALIKE = 0.5
SHORTEST_AUTHORITY = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A demand as somebody wrote it down."""

    list_name: str
    title: str
    deliverable: str
    authority_kind: str
    authority: str
    units: tuple[int, ...]
    starts_on: date
    expires_on: date
    minutes: int
    cadence: str = Cadence.ONCE.value
    roles: tuple[str, ...] = ()
    defence: str = ""
    counted: Mapping[str, Any] = field(default_factory=dict)
    counted_area: int | None = None
    is_no_duplicate: bool = False
    id: UUID = field(default_factory=uuid7)


def checked_words(request: Request, *, known_roles: Iterable[str]) -> dict[str, Any]:
    """The cleaned words of a demand, or the first thing that is wrong with them."""
    for value, known in (
        (request.list_name, (ListName.PRESCRIBED.value, ListName.DIRECTIVE.value)),
        (request.cadence, Cadence.values),
        (request.authority_kind, AuthorityKind.values),
        (request.defence, ("", *DefenceLine.values)),
    ):
        if value not in known:
            raise Refused("value.unknown_choice", text=str(value)[:40])
    wrong = sorted(set(request.roles) - set(known_roles))
    if wrong:
        raise Refused("value.unknown_choice", text=wrong[0][:40])
    if not 1 <= request.minutes <= MOST_MINUTES:
        raise Refused("demand.minutes_wrong", most=MOST_MINUTES)
    return {
        "title": clean_line(request.title, TITLE),
        "deliverable": clean_text(request.deliverable, DELIVERABLE),
        "authority": checked_authority(request.authority),
    }


def checked_authority(typed: str) -> str:
    authority = clean_line(typed, AUTHORITY)
    if not authority:
        raise Refused("demand.no_authority")
    if len(authority) < SHORTEST_AUTHORITY or not re.search(EXACT, authority):
        raise Refused("demand.authority_too_vague", authority=authority[:40])
    return authority


def check_period(list_name: str, starts_on: date, expires_on: date, on: date) -> None:
    """What is directed lasts a year at most; what the law prescribes lasts until it is withdrawn or renewed."""
    for day in (starts_on, expires_on):
        date_within(day, earliest=EARLIEST, latest=LATEST)
    if expires_on < starts_on:
        raise Refused("demand.period_wrong")
    if expires_on < on:
        raise Refused("demand.over_already", day=expires_on.isoformat())
    if starts_on < on - LOOKING_BACK:
        raise Refused("demand.starts_too_early", earliest=(on - LOOKING_BACK).isoformat())
    latest = starts_on + LONGEST
    if list_name == ListName.DIRECTIVE and expires_on > latest:
        raise Refused("demand.too_long", list=ListName.DIRECTIVE.label, latest=latest.isoformat())


def check_renewal(list_name: str, before: date, expires_on: date, on: date) -> None:
    if expires_on <= before:
        raise Refused("demand.renewed_backwards", day=before.isoformat())
    check_period(list_name, on, expires_on, on)


def likely_same(title: str, deliverable: str, running: Iterable[tuple[UUID, str, str]]) -> list[UUID]:
    """Running demands that ask for much the same, the most alike first; by title, or by what exactly is asked."""
    scored = [
        (max(likeness(title, other), likeness(f"{title}{deliverable}", f"{other}{what}")), key)
        for key, other, what in running
    ]
    return [key for score, key in sorted(scored, reverse=True) if score >= ALIKE]
