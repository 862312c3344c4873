"""Many matters at once for programs: prepare, confirm, follow, take back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from yicun.base.pages import Request
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.queries import bulk as found
from yicun.matters.services import bulk as batches

MOMENTS = ("confirmed_at", "finished_at", "undone_at")


class BulkIn(Schema):
    model_config = ConfigDict(extra="forbid")

    matter_ids: list[UUID]


class DeedIn(Schema):
    """What every matter of the batch is told."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""
    reason: str = ""
    urgency: str = ""
    unit_id: int | None = None


class ReasonOut(Schema):
    count: int
    sentence: str


class OutlookOut(Schema):
    action: str
    able: int
    refused: list[ReasonOut]


class PreparedOut(Schema):
    id: UUID
    chosen: int
    offers: list[OutlookOut]


class BulkOut(Schema):
    id: UUID
    action: str
    chosen: int
    done: int
    refused: int
    waiting: int
    undone: int
    kept: int
    confirmed_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    reasons: list[ReasonOut]


bulks = Router(tags=["matters"])


@bulks.post("", response={201: PreparedOut})
def prepare_bulk(request: Request, sent: BulkIn) -> Status[Any]:
    """Nothing is done yet: what each step on offer could do with the matters as they are now."""
    actor = request.actor
    prepared = services.prepare_bulk(matter_ids=sent.matter_ids, filters={}, actor=actor, now=timezone.now())
    offers = [
        {"action": action.value, "able": one.able, "refused": _reasons(one.refused)}
        for action, one in batches.outlooks(prepared, actor=actor).items()
    ]
    return Status(201, {"id": prepared.pk, "chosen": prepared.chosen, "offers": offers})


@bulks.get("/{bulk_id}", response=BulkOut)
def read_bulk(request: Request, bulk_id: UUID) -> dict[str, Any]:
    return _read(request, bulk_id)


@bulks.post("/{bulk_id}/undo", response=BulkOut)
def undo_bulk(request: Request, bulk_id: UUID) -> dict[str, Any]:
    services.undo_bulk(bulk_id=bulk_id, actor=request.actor, now=timezone.now())
    return _read(request, bulk_id)


@bulks.post("/{bulk_id}/{action}", response=BulkOut)
def confirm_bulk(request: Request, bulk_id: UUID, action: str, sent: DeedIn) -> dict[str, Any]:
    """Few are done when the answer comes; of many it says that they wait, and a later read how far they are."""
    given = {name: value for name, value in sent.dict().items() if value not in ("", None)}
    services.confirm_bulk(
        bulk_id=bulk_id, action=action, given=given, actor=request.actor, now=timezone.now()
    )
    return _read(request, bulk_id)


def _read(request: Request, bulk_id: UUID) -> dict[str, Any]:
    progress = found.progress_of(found.bulk_of(bulk_id, request.actor))
    counts = {name: getattr(progress, name) for name in ("done", "refused", "waiting", "undone", "kept")}
    told = {name: getattr(progress.bulk, name) for name in ("id", "action", "chosen", *MOMENTS)}
    return {**told, **counts, "reasons": _reasons(found.refusals_of(progress.bulk))}


def _reasons(refused: Mapping[UUID, Refused]) -> list[dict[str, Any]]:
    return [{"count": count, "sentence": said} for count, said in found.sentences_of(refused)]
