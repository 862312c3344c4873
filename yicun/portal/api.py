"""The sync door for phones, and places found while typing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema

from yicun.base.api import account_only
from yicun.base.pages import Request
from yicun.kernel.clocks import SHANGHAI
from yicun.portal import sync
from yicun.territory import queries as territory


class OperationIn(Schema):
    id: UUID
    name: str
    base: int | None = None
    recorded_at: datetime
    body: dict[str, Any]


class SyncIn(Schema):
    device: UUID
    operations: list[OperationIn]


class AnswerOut(Schema):
    id: UUID
    answer: str
    code: str
    sentence: str
    ref: str


class SyncOut(Schema):
    answers: list[AnswerOut]


class PlaceOut(Schema):
    code: int
    name: str
    path: str


router = Router(tags=["portal"])


@router.post("/sync", response=SyncOut, auth=account_only)
def take_in(request: Request, sent: SyncIn) -> dict[str, Any]:
    """Open to whoever lost his post since: each operation is judged by the day it was written down."""
    operations = [
        sync.Operation(one.id, one.name, one.base, _aware(one.recorded_at), one.body)
        for one in sent.operations
    ]
    answers = sync.take_in(device=sent.device, operations=operations, actor=request.actor, now=timezone.now())
    return {"answers": answers}


@router.get("/places", response=list[PlaceOut])
def places(request: Request, q: str = "", limit: int = 10) -> list[dict[str, Any]]:
    found = territory.find_areas(q, limit=max(1, min(limit, 30))) if q.strip() else []
    return [{"code": row.code, "name": row.name, "path": territory.path_of(row.code)} for row in found]


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
