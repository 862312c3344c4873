"""What phones send when the signal is back: each operation stored once, answered one by one.

Operations of one device are taken one request at a time. What an operation does and the receipt that answers its
repetition are one transaction, so a cut connection is harmless: the same operation sent again is a duplicate.
Photos come first, in pieces; one that has not arrived whole keeps its operation from being acknowledged.
"""

import hashlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yicun.base import tenancy, vault
from yicun.base.crypto import canonical_json
from yicun.base.models import SyncReceipt
from yicun.base.pages import today
from yicun.force import queries as force
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused, sentence
from yicun.matters import queries as matters_read
from yicun.matters import services as matters
from yicun.matters.forms import RecordForm
from yicun.matters.rules.drafting import Draft

RECORD = "matters.record"
STEP = "matters."
MOST = 500
MOST_PHOTOS = 9
FORM_FIELD = "area"
OLDEST = timedelta(days=30)
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Operation:
    """`base`: the version the phone knew; `recorded_at`: the phone's own time."""

    id: UUID
    name: str
    base: int | None
    recorded_at: datetime
    body: Mapping[str, Any]

    @property
    def body_hash(self) -> str:
        return hashlib.sha256(canonical_json([self.name, self.base, dict(self.body)])).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """`id` as it was sent, so that a program finds its operation again even when nobody could read it."""

    id: str
    answer: str
    code: str = ""
    sentence: str = ""
    ref: str = ""


def take_in(*, device: UUID, operations: Sequence[Operation], actor: Actor, now: datetime) -> list[Answer]:
    """One answer per operation, in their order."""
    if len(operations) > MOST:
        raise Refused("sync.too_many", most=MOST)
    _one_request_at_a_time(device)
    known = {
        receipt.operation: receipt
        for receipt in SyncReceipt.objects.filter(device=device, operation__in=[op.id for op in operations])
    }
    answers: dict[UUID, Answer] = {}
    firsts: dict[UUID, Operation] = {}
    fresh: list[Operation] = []
    taken = _taken_by_others(device, operations, actor)
    for operation in operations:
        if operation is not firsts.setdefault(operation.id, operation):
            continue
        if operation.id in taken:
            answers[operation.id] = _refused(operation, Refused("sync.id_reused"))
            continue
        receipt, wrong = known.get(operation.id), _untimely(operation, now)
        if receipt is not None:
            answers[operation.id] = _repeated(operation, receipt.body_hash, receipt)
        elif wrong is not None:
            answers[operation.id] = _refused(operation, wrong)
        else:
            fresh.append(operation)
    for on, same_day in groupby(fresh, key=lambda op: today(op.recorded_at)):
        answers.update(_day(list(same_day), actor, on, now))
    tenancy.set_scope(actor)
    _keep(device, fresh, answers, actor, now)
    return [_in_its_place(operation, firsts[operation.id], answers[operation.id]) for operation in operations]


def unreadable(told: str, reason: str) -> Answer:
    refused = Refused("request.malformed", reason=reason)
    return Answer(told, "refused", refused.code, sentence(refused))


def _in_its_place(operation: Operation, first: Operation, answer: Answer) -> Answer:
    """The second of two with one id in one request is answered as if it had come a moment later."""
    if operation is first or answer.answer != "done":
        return answer
    if operation.body_hash != first.body_hash:
        return _refused(operation, Refused("sync.id_reused"))
    return replace(answer, answer="duplicate")


def held(*, device: UUID, operations: Sequence[UUID], actor: Actor) -> list[SyncReceipt]:
    """What of these the server holds: a phone lets go of a thing only when it is in this list."""
    if len(operations) > MOST:
        raise Refused("sync.too_many", most=MOST)
    kept = SyncReceipt.objects.filter(device=device, operation__in=operations, account_id=_account(actor))
    return list(kept.order_by("received_at", "operation"))


def _one_request_at_a_time(device: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [device.int >> 65])


def _taken_by_others(device: UUID, operations: Sequence[Operation], actor: Actor) -> set[UUID]:
    """On a shared device another account may have sent the same operation: its receipt is not visible here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipts_of_others(%s, %s, %s)", [device, [op.id for op in operations], _account(actor)]
        )
        return {row[0] for row in cursor.fetchall()}


def _repeated(operation: Operation, body_hash: str, receipt: SyncReceipt) -> Answer:
    if operation.body_hash != body_hash:
        return _refused(operation, Refused("sync.id_reused"))
    if receipt.answer == "done":
        return Answer(str(operation.id), "duplicate", ref=receipt.ref)
    return Answer(str(operation.id), receipt.answer, receipt.code, receipt.sentence, receipt.ref)


def _day(operations: list[Operation], actor: Actor, on: date, now: datetime) -> dict[UUID, Answer]:
    """Rights are those of the day the officer wrote it down."""
    then = force.actor_for(_account(actor), on)
    tenancy.set_scope(then)
    answers: dict[UUID, Answer] = {}
    for is_light, run in groupby(operations, key=lambda op: op.name == RECORD and not op.body.get("photos")):
        same = list(run)
        if is_light and len(same) > 1:
            answers.update(_record_together(same, then, now))
        else:
            answers.update({op.id: _one(op, then, now) for op in same})
    return answers


def _record_together(operations: list[Operation], actor: Actor, now: datetime) -> dict[UUID, Answer]:
    """Many records in a few statements; when one of them is refused, each is tried by itself."""
    try:
        with transaction.atomic():
            _check_post(actor)
            drafts = [_draft(op) for op in operations]
            stored = matters.record_all(drafts=drafts, actor=actor, now=now)
            return {
                op.id: Answer(str(op.id), "done", ref=m.number)
                for op, m in zip(operations, stored, strict=True)
            }
    except Refused:
        return {op.id: _one(op, actor, now) for op in operations}


def _one(operation: Operation, actor: Actor, now: datetime) -> Answer:
    try:
        with transaction.atomic():
            _check_post(actor)
            return Answer(str(operation.id), "done", ref=_do(operation, actor, now))
    except Refused as refused:
        return _refused(operation, refused)


def _check_post(actor: Actor) -> None:
    if not actor.posts:
        raise Refused("account.no_posting")


def _untimely(operation: Operation, now: datetime) -> Refused | None:
    """Asked before anything else: the day of the far past or future is no day that anybody had a post on."""
    if operation.recorded_at > now + AHEAD:
        return Refused("sync.from_the_future")
    if operation.recorded_at < now - OLDEST:
        return Refused("sync.too_old", days=OLDEST.days)
    return None


def _do(operation: Operation, actor: Actor, now: datetime) -> str:
    if operation.name == RECORD:
        return _record(operation, actor, now)
    if not operation.name.startswith(STEP):
        raise Refused("sync.operation_unknown", name=operation.name[:60])
    body = dict(operation.body)
    matter_id, version = _matter_id(body.pop("id", None)), operation.base
    for name, content in read_photos(body.pop("photos", None) or [], actor):
        version = matters.attach(
            matter_id=matter_id, file=content, name=name, actor=actor, now=now, version=version
        ).version
    matter = matters.take_step(
        action=operation.name.removeprefix(STEP),
        matter_id=matter_id,
        given=body,
        actor=actor,
        now=now,
        version=version,
    )
    return matter.number


def _record(operation: Operation, actor: Actor, now: datetime) -> str:
    """The matter with its photos, or nothing of it."""
    photos = read_photos(operation.body.get("photos") or [], actor)
    matter = matters.record(draft=_draft(operation), actor=actor, now=now)
    for name, content in photos:
        matters.attach(matter_id=matter.pk, file=content, name=name, actor=actor, now=now)
    return matter.number


def read_photos(sent: Any, actor: Actor) -> list[tuple[str, vault.Content]]:
    """Name and content of each; anything else is refused, so that no photo is dropped in silence."""
    if not isinstance(sent, list) or len(sent) > MOST_PHOTOS:
        raise Refused("sync.photos_malformed", most=MOST_PHOTOS)
    try:
        read = [(str(one["name"])[:160], _photo(one, actor)) for one in sent]
    except (KeyError, TypeError, ValueError) as wrong:
        raise Refused("sync.photos_malformed", most=MOST_PHOTOS) from wrong
    photos = [(name, content) for name, content in read if content is not None]
    if len(photos) < len(read):
        raise Refused("sync.photos_to_come", missing=len(read) - len(photos), count=len(read))
    return photos


def _photo(one: Mapping[str, Any], actor: Actor) -> vault.Content | None:
    """Uploaded in pieces before (`upload`), or in one piece with the operation (`data`)."""
    if "upload" in one:
        return vault.uploaded(upload_id=UUID(str(one["upload"])), owner=_account(actor))
    return BytesIO(b64decode(one["data"], validate=True))


def _draft(operation: Operation) -> Draft:
    """A program names the fields of a matter; a phone sends the fields of the form as they were typed."""
    body = {name: value for name, value in operation.body.items() if name != "photos"}
    if FORM_FIELD not in body:
        return matters_read.read_draft(_body(operation, body), matter_id=operation.id)
    form = RecordForm({**body, "id": str(operation.id)}, places_url="")
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Refused("sync.form_invalid", label=str(form.fields[name].label), reason=str(errors[0]))
    draft = form.draft()
    return draft if draft.happened_at else replace(draft, happened_at=operation.recorded_at)


def _body(operation: Operation, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the officer saw happened when he wrote it down, unless he says otherwise."""
    return {"happened_at": operation.recorded_at.isoformat(), **body}


def _account(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise Refused("account.not_signed_in")
    return actor.account_id


def _matter_id(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as wrong:
        raise Refused("record.not_found") from wrong


def _refused(operation: Operation, refused: Refused) -> Answer:
    answer = "conflict" if refused.code == "matter.changed" else "refused"
    return Answer(str(operation.id), answer, refused.code, sentence(refused))


def _keep(
    device: UUID, operations: list[Operation], answers: dict[UUID, Answer], actor: Actor, now: datetime
) -> None:
    """A refusal is not kept: mended rights or a mended record may let the same operation pass later."""
    SyncReceipt.objects.bulk_create(
        SyncReceipt(
            device=device,
            operation=operation.id,
            account_id=_account(actor),
            name=operation.name[:60],
            body_hash=operation.body_hash,
            answer=answers[operation.id].answer,
            ref=answers[operation.id].ref,
            recorded_at=operation.recorded_at,
            received_at=now,
        )
        for operation in operations
        if answers[operation.id].answer == "done"
    )
