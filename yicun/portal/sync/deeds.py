"""One operation done: a record with its photos, or a step."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from yicun.base import vault
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters import queries as matters_read
from yicun.matters import services as matters
from yicun.matters.forms import RecordForm
from yicun.matters.rules.drafting import Draft
from yicun.portal.sync.operations import Operation, account_of

RECORD = "matters.record"
STEP = "matters."
MOST_PHOTOS = 9
FORM_FIELD = "area"


def do(operation: Operation, actor: Actor, now: datetime) -> str:
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
    matter = matters.record(draft=draft_of(operation), actor=actor, now=now)
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
        return vault.uploaded(upload_id=UUID(str(one["upload"])), owner=account_of(actor))
    return BytesIO(b64decode(one["data"], validate=True))


def draft_of(operation: Operation) -> Draft:
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


def _matter_id(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as wrong:
        raise Refused("record.not_found") from wrong
