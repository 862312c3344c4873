"""Meetings for programs: list, read, record, decide."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from yicun.base.pages import Request
from yicun.orglife import queries, services
from yicun.orglife.rules import Draft

MOST_PAGES = 9_999


class MeetingIn(Schema):
    """`offices`: who took part from outside, by the name of the office alone."""

    model_config = ConfigDict(extra="forbid")

    system_code: str
    held_on: date
    minutes_spent: int
    people: int
    place: str = ""
    unit_ids: list[int] = []
    offices: list[str] = []
    agenda: list[str] = []
    text: str = ""
    demand_id: UUID | None = None


class MeetingOut(Schema):
    id: UUID
    system_code: str
    system_name: str
    held_on: date
    place: str
    minutes_spent: int
    people: int
    handling_unit_id: int
    text: str
    recorder_label: str
    recorded_at: datetime
    version: int


class MeetingsOut(Schema):
    items: list[MeetingOut]
    has_more: bool


class DecisionIn(Schema):
    model_config = ConfigDict(extra="forbid")

    text: str
    kind: str = "information"
    unit_id: int
    due_on: date
    area_code: int | None = None


class DecidedOut(Schema):
    matter_id: UUID
    position: int
    text: str
    unit_id: int
    due_on: date


class DecisionOut(Schema):
    decision: DecidedOut
    number: str
    state: str
    is_open: bool
    is_late: bool


class DetailOut(Schema):
    meeting: MeetingOut
    attendance: list[str]
    decisions: list[DecisionOut]


router = Router(tags=["orglife"])


@router.get("/meetings", response=MeetingsOut)
def list_meetings(request: Request, page: int = 1) -> dict[str, Any]:
    """Newest first, thirty at a time."""
    held, has_more = queries.page_of(request.actor, max(1, min(page, MOST_PAGES)))
    return {"items": held, "has_more": has_more}


@router.post("/meetings", response={201: MeetingOut})
def hold(request: Request, sent: MeetingIn) -> Status[Any]:
    given = sent.dict()
    draft = Draft(**given | {name: tuple(given[name]) for name in ("unit_ids", "offices", "agenda")})
    return Status(201, services.hold(draft=draft, actor=request.actor, now=timezone.now()))


@router.get("/meetings/{meeting_id}", response=DetailOut)
def read(request: Request, meeting_id: UUID) -> Any:
    return queries.detail_of(meeting_id, request.actor, timezone.now())


@router.post("/meetings/{meeting_id}/decisions", response={201: DecidedOut})
def decide(request: Request, meeting_id: UUID, sent: DecisionIn) -> Status[Any]:
    decided = services.decide(meeting_id=meeting_id, **sent.dict(), actor=request.actor, now=timezone.now())
    return Status(201, decided)
