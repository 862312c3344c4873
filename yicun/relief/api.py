"""Demands for programs: list, read, propose, take a step."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from yicun.base.pages import Request, today
from yicun.relief import queries, services
from yicun.relief.terms import ListName

MOST_PAGES = 9_999


class CountedIn(Schema):
    model_config = ConfigDict(extra="forbid")

    kinds: list[str] = []
    channels: list[str] = []
    categories: list[str] = []


class DemandIn(Schema):
    """`authority` is what a demand cannot do without; a campaign has a line of `defence` and says what it counts."""

    model_config = ConfigDict(extra="forbid")

    list_name: str
    title: str
    deliverable: str
    authority_kind: str
    authority: str = ""
    units: list[int]
    starts_on: date
    expires_on: date
    minutes: int
    cadence: str = "once"
    roles: list[str] = []
    defence: str = ""
    counted: CountedIn | None = None
    counted_area: int | None = None
    is_no_duplicate: bool = False


class DemandOut(Schema):
    id: UUID
    list_name: str
    title: str
    deliverable: str
    authority_kind: str
    authority: str
    handling_unit_id: int
    roles: list[str]
    cadence: str
    starts_on: date
    expires_on: date
    minutes: int
    defence: str
    state: str
    proposer_label: str
    proposed_at: datetime
    gate_label: str
    gate_reason: str
    ended_at: datetime | None
    version: int


class RowOut(Schema):
    id: UUID
    title: str
    issuer: str
    authority: str
    state: str
    addressees: str
    owner: str
    standing: str
    due_on: date | None
    expires_on: date
    is_owed: bool
    is_late: bool


class RowsOut(Schema):
    items: list[RowOut]
    has_more: bool


class MetOut(Schema):
    unit: str
    period: str
    done_on: date
    doer: str
    source: str
    matter_id: UUID | None
    note: str
    is_late: bool


class StepOut(Schema):
    action: str
    label: str
    needs: list[str]


class DetailOut(Schema):
    demand: DemandOut
    met: list[MetOut]
    steps: list[StepOut]


class StepIn(Schema):
    """`version`: the version that was on the screen; a demand changed since is refused."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    text: str = ""
    reason: str = ""
    deliverable: str = ""
    authority: str = ""
    expires_on: date | None = None
    period_on: date | None = None
    unit_id: int | None = None
    member_id: UUID | None = None
    matter_id: UUID | None = None
    stage: str = ""
    kinds: list[str] = []
    channels: list[str] = []
    categories: list[str] = []
    area: int | None = None


router = Router(tags=["relief"])


@router.get("/demands", response=RowsOut)
def list_demands(
    request: Request, list_name: str = ListName.DIRECTIVE.value, is_ended: bool = False, page: int = 1
) -> dict[str, Any]:
    """What ends soonest first, thirty at a time."""
    number = max(1, min(page, MOST_PAGES))
    rows, has_more = queries.page_of(
        request.actor, list_name, today(timezone.now()), is_ended=is_ended, page=number
    )
    return {"items": rows, "has_more": has_more}


@router.post("/demands", response={201: DemandOut})
def propose(request: Request, sent: DemandIn) -> Status[Any]:
    given = sent.dict(exclude={"counted", "units", "roles"})
    counted = sent.counted.dict() if sent.counted else {}
    wanted = services.Request(**given, units=tuple(sent.units), roles=tuple(sent.roles), counted=counted)
    return Status(201, services.propose(request=wanted, actor=request.actor, now=timezone.now()))


@router.get("/demands/{demand_id}", response=DetailOut)
def read(request: Request, demand_id: UUID) -> Any:
    return queries.detail_of(demand_id, request.actor, timezone.now())


@router.post("/demands/{demand_id}/{action}", response=DemandOut)
def take_step(request: Request, demand_id: UUID, action: str, sent: StepIn) -> Any:
    return services.take_step(
        action=action,
        demand_id=demand_id,
        given=sent.dict(exclude={"version"}),
        actor=request.actor,
        now=timezone.now(),
        version=sent.version,
    )
