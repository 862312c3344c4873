"""Matters for programs: list, read, record, take a step."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from yicun.base.pages import Request
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.api.bulk import bulks
from yicun.territory import queries as territory

MOST = 200
ASKED = frozenset(
    {"board", "cursor", "limit", "q", "kind", "channel", "state", "urgency", "grade", "satisfaction"}
    | {"handling_unit_id", "area_code", "number", "source_key"}
)


class PartyIn(Schema):
    model_config = ConfigDict(extra="forbid")

    role: str = "reporter"
    name: str = ""
    phone: str = ""


class MatterIn(Schema):
    """Without a title the first line of `body` is one; without a place it is the county's."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    title: str = ""
    body: str = ""
    channel: str = "doorstep"
    urgency: str = "ordinary"
    details: dict[str, Any] = {}
    area_code: int | None = None
    place_text: str = ""
    place_id: UUID | None = None
    lon: float | None = None
    lat: float | None = None
    happened_at: datetime | None = None
    source_key: str = ""
    parties: list[PartyIn] = []


class MatterOut(Schema):
    id: UUID
    number: str
    kind: str
    channel: str
    title: str
    body: str
    details: dict[str, Any]
    area_code: int
    place_text: str
    state: str
    urgency: str
    grade: str
    handling_unit_id: int
    handler_label: str
    recorder_label: str
    recorded_at: datetime
    happened_at: datetime
    due_at: datetime | None
    running_clock: str
    ended_at: datetime | None
    supervision: int
    bounces: int
    reworks: int
    answer: str
    satisfaction: str
    version: int


class MattersOut(Schema):
    items: list[MatterOut]
    after: str


class ClockOut(Schema):
    name: str
    article: str
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    is_paused: bool
    arithmetic: list[str]


class EntryOut(Schema):
    verb: str
    at: datetime
    actor_label: str
    text: str
    facts: dict[str, Any]


class StepOut(Schema):
    action: str
    label: str
    needs: list[str]


class MergedOut(Schema):
    """One matter that went into this one; `state_before`: where it stood."""

    matter_id: UUID
    number: str = Field(alias="matter.number")
    title: str = Field(alias="matter.title")
    into_id: UUID
    sameness: str
    state_before: str
    merged_at: datetime
    merged_by: str
    text: str


class DetailOut(Schema):
    """`survivor`: where a merged matter goes on, when that may be seen."""

    matter: MatterOut
    survivor: MatterOut | None
    merged: list[MergedOut]
    clocks: list[ClockOut]
    entries: list[EntryOut]
    steps: list[StepOut]


class StepIn(Schema):
    """`version`: the version that was on the screen; a matter changed since is refused."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    text: str = ""
    reason: str = ""
    result: str = ""
    urgency: str = ""
    grade: str = ""
    unit_id: int | None = None
    member_id: UUID | None = None
    into_id: UUID | None = None
    sameness: str = ""
    to_member_id: UUID | None = None
    amount: int | None = None
    pause_reason: str = ""
    satisfaction: str = ""
    ask: str = ""
    due_on: date | None = None
    is_led: bool = False


class PaperLineOut(Schema):
    round: int
    deed: str
    at: datetime
    by: str
    text: str


class PaperOut(Schema):
    """A request for a signature; `version` goes back with the decision, so that nobody signs what he did not see."""

    id: UUID
    version: int
    kind: str
    matter_id: UUID
    number: str
    title: str
    asked_by: str
    asked_at: datetime
    reason: str
    due_at: datetime | None
    is_late: bool
    state: str
    round: int
    signer: str
    in_name_of: str
    opinion: str
    decided_by: str
    decided_at: datetime | None
    lines: list[PaperLineOut]


class DecisionIn(Schema):
    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    opinion: str = ""
    member_id: UUID | None = None


router = Router(tags=["matters"])
router.add_router("/bulks", bulks)


@router.get("/workflows")
def workflows(request: Request) -> dict[str, Any]:
    return {"matter": queries.workflow_table()}


@router.get("/matters", response=MattersOut)
def list_matters(
    request: Request,
    board: str = "all",
    cursor: str = "",
    limit: int = 50,
    kind: str = "",
    channel: str = "",
    state: str = "",
    urgency: str = "",
    grade: str = "",
    satisfaction: str = "",
    handling_unit_id: int | None = None,
    area_code: int | None = None,
    number: str = "",
    source_key: str = "",
    q: str = "",
) -> dict[str, Any]:
    """Newest first; `after` of one answer is the `cursor` of the next. At most 200 at a time, whatever `limit` says."""
    _refuse_unknown(request.GET)
    filters = {
        "kind": kind,
        "channel": channel,
        "state": state,
        "urgency": urgency,
        "grade": grade,
        "satisfaction": satisfaction,
        "handling_unit_id": handling_unit_id,
        "number": number,
        "source_key": source_key,
        "area": None if area_code is None else territory.area(area_code).range,
    }
    most = max(1, min(limit, MOST))
    page = queries.page_for(request.actor, board, filters, timezone.now(), q, cursor, most)
    return {"items": page.matters, "after": page.after}


@router.post("/matters", response={201: MatterOut})
def record(request: Request, sent: MatterIn) -> Status[Any]:
    draft = queries.read_draft(sent.model_dump(mode="json", exclude_none=True))
    return Status(201, services.record(draft=draft, actor=request.actor, now=timezone.now()))


@router.get("/matters/{matter_id}", response=DetailOut)
def read(request: Request, matter_id: UUID) -> Any:
    return queries.detail_of(matter_id, request.actor)


@router.post("/matters/{matter_id}/{action}", response=MatterOut)
def take_step(request: Request, matter_id: UUID, action: str, sent: StepIn) -> Any:
    return services.take_step(
        action=action,
        matter_id=matter_id,
        given=sent.dict(exclude={"version"}),
        actor=request.actor,
        now=timezone.now(),
        version=sent.version,
    )


@router.get("/approvals", response=list[PaperOut])
def list_approvals(request: Request) -> Any:
    """What waits for the signature of whoever asks, the most urgent first."""
    return queries.waiting_for_signature(request.actor, timezone.now())


@router.post("/approvals/{approval_id}/{act}", response=MatterOut)
def decide(request: Request, approval_id: UUID, act: str, sent: DecisionIn) -> Any:
    """`act`: sign, send_back, forward or withdraw. The answer is the matter after it."""
    return services.decide(
        act=act,
        approval_id=approval_id,
        given=sent.dict(exclude={"version"}),
        actor=request.actor,
        now=timezone.now(),
        version=sent.version,
    )


def _refuse_unknown(asked: Iterable[str]) -> None:
    """A filter that is ignored would answer with rows that nobody asked for."""
    unknown = sorted(set(asked) - ASKED)
    if unknown:
        raise Refused("list.filter_unknown", field=unknown[0][:40])
