"""The doors for phones (photos in pieces, then the queue), and places found while typing."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import Field, ValidationError, WithJsonSchema

from yicun.base import vault
from yicun.base.api import account_only, first_reason
from yicun.base.files import Stored
from yicun.base.pages import Request
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters.views.recording import LAST_AREA
from yicun.portal import sync
from yicun.territory import queries as territory

QUEUE_OF = "X-Queue-Of"
Offset = Annotated[int, Field(ge=0)]
LONGEST_ID = 60


class OperationIn(Schema):
    id: UUID
    name: str
    base: int | None = None
    recorded_at: datetime
    body: dict[str, Any]


# Each is read by itself, so that one spoilt operation does not hold up a whole queue.
Sent = Annotated[Any, WithJsonSchema(OperationIn.model_json_schema())]


class SyncIn(Schema):
    device: UUID
    operations: list[Sent]


class AnswerOut(Schema):
    id: str
    answer: str
    code: str
    sentence: str
    ref: str


class SyncOut(Schema):
    answers: list[AnswerOut]


class KnownOut(Schema):
    id: UUID
    ref: str


class UploadIn(Schema):
    name: str = Field(min_length=1, max_length=160)
    size: int


class FinishIn(Schema):
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class ReceivedOut(Schema):
    received: int


class StoredOut(Schema):
    sha256: str
    size: int
    mime: str


class PlaceOut(Schema):
    code: int
    name: str
    path: str


router = Router(tags=["portal"])


def queue_owner(request: Request) -> bool:
    """Signed in, and as the person whose queue the phone is sending, should it say whose."""
    if not account_only(request):
        return False
    said = request.headers.get(QUEUE_OF, "")
    if said and said != str(request.actor.account_id):
        raise Refused("sync.other_account")
    return True


@router.put("/uploads/{upload_id}", response=ReceivedOut, auth=queue_owner)
def begin_upload(request: Request, upload_id: UUID, told: UploadIn) -> dict[str, int]:
    """Announces a file, or comes back to it: the phone goes on from the bytes that have arrived."""
    received = vault.begin_upload(upload_id=upload_id, owner=_owner(request), name=told.name, size=told.size)
    return {"received": received}


@router.put("/uploads/{upload_id}/pieces/{offset}", response=ReceivedOut, auth=queue_owner)
def add_piece(
    request: Request, upload_id: UUID, offset: Path[Offset], sha256: str | None = None
) -> dict[str, int]:
    """The body is the bytes themselves; the same piece sent again changes nothing."""
    if int(request.headers.get("Content-Length") or 0) > vault.MOST_PIECE_MB << 20:
        raise Refused("upload.piece_too_large", limit=f"{vault.MOST_PIECE_MB} MB")
    received = vault.add_piece(
        upload_id=upload_id, owner=_owner(request), offset=offset, data=request.body, sha256=sha256
    )
    return {"received": received}


@router.post("/uploads/{upload_id}/finish", response=StoredOut, auth=queue_owner)
def finish_upload(request: Request, upload_id: UUID, told: FinishIn) -> Stored:
    """The whole file against its hash; a photo is drawn anew, so what is stored has a hash of its own."""
    return vault.finish_upload(upload_id=upload_id, owner=_owner(request), sha256=told.sha256)


@router.get("/sync", response=list[KnownOut], auth=queue_owner)
def known(request: Request, device: UUID, ids: Query[list[UUID]]) -> list[dict[str, Any]]:
    """Which of these operations the server holds, in a request later than the one that stored them."""
    receipts = sync.held(device=device, operations=ids, actor=request.actor)
    return [{"id": receipt.operation, "ref": receipt.ref} for receipt in receipts]


@router.post("/sync", response=SyncOut, auth=queue_owner)
def take_in(request: Request, sent: SyncIn) -> dict[str, Any]:
    """Open to whoever lost his post since: each operation is judged by the day it was written down."""
    read = [_read(one) for one in sent.operations]
    whole = [one for one in read if isinstance(one, sync.Operation)]
    answers = sync.take_in(device=sent.device, operations=whole, actor=request.actor, now=timezone.now())
    if not request.has_token:
        _remember_place(request, whole, answers)
    told = iter(answers)
    return {"answers": [next(told) if isinstance(one, sync.Operation) else one for one in read]}


@router.get("/places", response=list[PlaceOut])
def places(request: Request, q: str = "", limit: int = 10) -> list[dict[str, Any]]:
    found = territory.find_areas(q, limit=max(1, min(limit, 30))) if q.strip() else []
    return [{"code": row.code, "name": row.name, "path": territory.path_of(row.code)} for row in found]


def _remember_place(request: Request, operations: list[sync.Operation], answers: list[sync.Answer]) -> None:
    """The next form begins where the last matter was, as after a form that was posted."""
    for operation, answer in zip(operations, answers, strict=True):
        area = str(operation.body.get(sync.FORM_FIELD, ""))
        if operation.name == sync.RECORD and answer.answer == "done" and area.isdigit():
            request.session[LAST_AREA] = int(area)


def _owner(request: Request) -> UUID:
    if request.actor.account_id is None:
        raise Refused("account.not_signed_in")
    return request.actor.account_id


def _read(sent: Any) -> sync.Operation | sync.Answer:
    """The operation, or the answer that it cannot be read."""
    try:
        one = OperationIn.model_validate(sent)
        return sync.Operation(one.id, one.name, one.base, _aware(one.recorded_at), one.body)
    except ValidationError as wrong:
        told = sent.get("id") if isinstance(sent, dict) else ""
        reason = first_reason([dict(error) for error in wrong.errors()])
        return sync.unreadable(str(told)[:LONGEST_ID], reason)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
