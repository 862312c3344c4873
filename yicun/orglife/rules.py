"""Who records a meeting, and what a meeting and a decision must say."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from yicun.kernel.actor import Actor
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line, clean_text, date_within
from yicun.orglife.terms import DECIDED_AS

HOLDER_ROLES = frozenset(
    {"chief", "instructor", "deputy", "desk", "command_centre", "bureau_chief", "activity_office"}
)
EARLIEST = date(2000, 1, 1)
MOST_MINUTES, MOST_PEOPLE, MOST_LINES = 1_440, 500, 40
NUMBER = re.compile(r"[A-Z]{2}\d{4}-\d{6}", re.ASCII)
PLACE, OFFICE, ITEM, TEXT, DECISION = 100, 60, 200, 20_000, 1_000
MOST_AHEAD = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Draft:
    """A meeting as somebody wrote it down. `unit_ids`: ours that took part; `offices`: others by their name."""

    system_code: str
    held_on: date
    minutes_spent: int
    people: int
    place: str = ""
    unit_ids: tuple[int, ...] = ()
    offices: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()
    text: str = ""
    demand_id: UUID | None = None
    id: UUID = field(default_factory=uuid7)


def checked(draft: Draft, *, systems: Collection[str], on: date) -> Draft:
    """The draft cleaned, or the first thing that is wrong with it."""
    if draft.system_code not in systems:
        raise Refused("meeting.system_unknown")
    date_within(draft.held_on, earliest=EARLIEST, latest=date(2099, 12, 31))
    if draft.held_on > on:
        raise Refused("meeting.in_future", day=draft.held_on.isoformat())
    if not 1 <= draft.minutes_spent <= MOST_MINUTES:
        raise Refused("meeting.time_wrong", most=MOST_MINUTES)
    if not 1 <= draft.people <= MOST_PEOPLE:
        raise Refused("meeting.people_wrong", most=MOST_PEOPLE)
    offices = tuple(filter(None, (clean_line(one, OFFICE) for one in draft.offices)))
    agenda = tuple(filter(None, (clean_line(one, ITEM) for one in draft.agenda)))
    if max(len(offices) + len(draft.unit_ids), len(agenda)) > MOST_LINES:
        raise Refused("meeting.too_many_lines", most=MOST_LINES)
    return replace(
        draft,
        place=clean_line(draft.place, PLACE),
        offices=offices,
        agenda=agenda,
        text=clean_text(draft.text, TEXT),
        unit_ids=tuple(dict.fromkeys(draft.unit_ids)),
    )


def checked_decision(text: str, kind: str, due_on: date | None, held_on: date) -> tuple[str, date]:
    text = clean_text(text, DECISION)
    if not text:
        raise Refused("decision.text_missing")
    if kind not in DECIDED_AS:
        raise Refused("value.unknown_choice", text=kind[:40])
    if due_on is None or not held_on <= due_on <= held_on + MOST_AHEAD:
        raise Refused("decision.due_wrong")
    return text, due_on


def details_of(kind: str) -> Mapping[str, str]:
    return DECIDED_AS[kind]


def holding_unit(actor: Actor) -> int:
    """In whose name the actor records."""
    found = next((post.unit_id for post in actor.posts if post.role in HOLDER_ROLES and post.unit_id), None)
    if found is None:
        raise Refused("meeting.not_host")
    return found


def may_hold(actor: Actor) -> bool:
    return any(post.role in HOLDER_ROLES and post.unit_id for post in actor.posts)


def check_host(actor: Actor, unit_id: int) -> None:
    if not any(post.role in HOLDER_ROLES and post.unit_id == unit_id for post in actor.posts):
        raise Refused("meeting.not_host")


def number_in(text: str) -> str:
    """The number of the matter that a line of the agenda is about; empty for a line about none."""
    found = NUMBER.search(text)
    return found.group() if found else ""


def hours(minutes_spent: int, people: int) -> str:
    """Hours of all who sat there together, to one place."""
    return f"{minutes_spent * people / 60:.1f}".removesuffix(".0")
