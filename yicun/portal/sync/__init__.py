"""What phones send when the signal is back: each operation stored once, answered one by one.

Operations of one device are taken one request at a time. What an operation does and the receipt that answers its
repetition are one transaction, so a cut connection is harmless: the same operation sent again is a duplicate.
Photos come first, in pieces; one that has not arrived whole keeps its operation from being acknowledged.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db import connection, transaction

from yicun.base import tenancy
from yicun.base.models import SyncReceipt
from yicun.base.pages import today
from yicun.force import queries as force
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters import services as matters
from yicun.portal.sync.deeds import FORM_FIELD, RECORD, do, draft_of
from yicun.portal.sync.operations import Answer, Operation, account_of, refusal, unreadable, untimely

__all__ = ["FORM_FIELD", "RECORD", "Answer", "Operation", "held", "take_in", "unreadable"]

MOST = 500


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
            answers[operation.id] = refusal(operation, Refused("sync.id_reused"))
            continue
        receipt, wrong = known.get(operation.id), untimely(operation, now)
        if receipt is not None:
            answers[operation.id] = _repeated(operation, receipt.body_hash, receipt)
        elif wrong is not None:
            answers[operation.id] = refusal(operation, wrong)
        else:
            fresh.append(operation)
    for on, same_day in groupby(fresh, key=lambda op: today(op.recorded_at)):
        answers.update(_day(list(same_day), actor, on, now))
    tenancy.set_scope(actor)
    _keep(device, fresh, answers, actor, now)
    return [_in_its_place(operation, firsts[operation.id], answers[operation.id]) for operation in operations]


def _in_its_place(operation: Operation, first: Operation, answer: Answer) -> Answer:
    """The second of two with one id in one request is answered as if it had come a moment later."""
    if operation is first or answer.answer != "done":
        return answer
    if operation.body_hash != first.body_hash:
        return refusal(operation, Refused("sync.id_reused"))
    return replace(answer, answer="duplicate")


def held(*, device: UUID, operations: Sequence[UUID], actor: Actor) -> list[SyncReceipt]:
    """What of these the server holds: a phone lets go of a thing only when it is in this list."""
    if len(operations) > MOST:
        raise Refused("sync.too_many", most=MOST)
    kept = SyncReceipt.objects.filter(device=device, operation__in=operations, account_id=account_of(actor))
    return list(kept.order_by("received_at", "operation"))


def _one_request_at_a_time(device: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [device.int >> 65])


def _taken_by_others(device: UUID, operations: Sequence[Operation], actor: Actor) -> set[UUID]:
    """On a shared device another account may have sent the same operation: its receipt is not visible here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipts_of_others(%s, %s, %s)", [device, [op.id for op in operations], account_of(actor)]
        )
        return {row[0] for row in cursor.fetchall()}


def _repeated(operation: Operation, body_hash: str, receipt: SyncReceipt) -> Answer:
    if operation.body_hash != body_hash:
        return refusal(operation, Refused("sync.id_reused"))
    if receipt.answer == "done":
        return Answer(str(operation.id), "duplicate", ref=receipt.ref)
    return Answer(str(operation.id), receipt.answer, receipt.code, receipt.sentence, receipt.ref)


def _day(operations: list[Operation], actor: Actor, on: date, now: datetime) -> dict[UUID, Answer]:
    """Rights are those of the day the officer wrote it down."""
    then = force.actor_for(account_of(actor), on)
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
            drafts = [draft_of(op) for op in operations]
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
            return Answer(str(operation.id), "done", ref=do(operation, actor, now))
    except Refused as refused:
        return refusal(operation, refused)


def _check_post(actor: Actor) -> None:
    if not actor.posts:
        raise Refused("account.no_posting")


def _keep(
    device: UUID, operations: list[Operation], answers: dict[UUID, Answer], actor: Actor, now: datetime
) -> None:
    """A refusal is not kept: mended rights or a mended record may let the same operation pass later."""
    SyncReceipt.objects.bulk_create(
        SyncReceipt(
            device=device,
            operation=operation.id,
            account_id=account_of(actor),
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
