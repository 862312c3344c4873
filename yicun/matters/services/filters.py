"""A board with its filters and words, kept under a name: one's own, or shared with the unit."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line
from yicun.matters.models import SavedFilter
from yicun.matters.queries.saved import own_filters
from yicun.matters.rules import bulk as rules
from yicun.matters.terms import Board
from yicun.matters.terms.bulk import FILTER_NAME

LONGEST_NAME, LONGEST_VALUE = 20, 60
SUBJECT = "matters.filter"


def save_filter(
    *,
    name: str,
    board: str,
    filters: Mapping[str, str],
    actor: Actor,
    now: datetime,
    is_shared: bool = False,
) -> SavedFilter:
    """At the end of one's own row. A shared one shows in everybody's row of the unit."""
    named = _name(name)
    kept = _kept(board, filters)
    rules.check_filter_words([named, kept.get("q", "")])
    unit_id = rules.shared_unit(actor) if is_shared else None
    if is_shared and unit_id is None:
        raise Refused("saved_filter.share_forbidden")
    last = own_filters(actor).aggregate(last=Max("position"))["last"] or 0
    if last >= rules.MOST_FILTERS:
        raise Refused("saved_filter.too_many", most=rules.MOST_FILTERS)
    saved = SavedFilter(
        account_id=rules.account_of(actor),
        owner_label=actor.label,
        unit_id=unit_id,
        name=named,
        board=board,
        filters=kept,
        position=last + 1,
        changed_at=now,
    )
    with transaction.atomic():
        _stored(saved, is_new=True)
        facts = {"name": named, "board": board, "filters": kept, "is_shared": is_shared}
        audit.record(
            verb="save_filter", subject=SUBJECT, subject_id=saved.pk, actor=actor, now=now, facts=facts
        )
    return saved


def rename_filter(*, filter_id: UUID, name: str, actor: Actor, now: datetime) -> SavedFilter:
    saved = _own(filter_id, actor)
    before, saved.name, saved.changed_at = saved.name, _name(name), now
    rules.check_filter_words([saved.name])
    with transaction.atomic():
        _stored(saved)
        facts = {"before": before, "name": saved.name}
        audit.record(
            verb="rename_filter", subject=SUBJECT, subject_id=saved.pk, actor=actor, now=now, facts=facts
        )
    return saved


def move_filter(*, filter_id: UUID, actor: Actor, now: datetime) -> SavedFilter:
    """One place further to the front; the first one stays."""
    saved = _own(filter_id, actor)
    with transaction.atomic():
        before = own_filters(actor).filter(position=saved.position - 1)
        if before.update(position=saved.position):
            saved.position -= 1
            SavedFilter.objects.filter(pk=saved.pk).update(position=saved.position, changed_at=now)
            _check_now()
        facts = {"position": saved.position}
        audit.record(
            verb="move_filter", subject=SUBJECT, subject_id=saved.pk, actor=actor, now=now, facts=facts
        )
    return saved


def remove_filter(*, filter_id: UUID, actor: Actor, now: datetime) -> SavedFilter:
    """Those behind it move up, so that twenty always means twenty."""
    saved = _own(filter_id, actor)
    with transaction.atomic():
        own_filters(actor).filter(pk=saved.pk).delete()
        own_filters(actor).filter(position__gt=saved.position).update(position=F("position") - 1)
        facts = {"name": saved.name}
        audit.record(
            verb="remove_filter", subject=SUBJECT, subject_id=filter_id, actor=actor, now=now, facts=facts
        )
    return saved


def _own(filter_id: UUID, actor: Actor) -> SavedFilter:
    """Held until the change is made: two presses at once move it twice, or find it gone."""
    saved = own_filters(actor).filter(pk=filter_id).first()
    if saved is None:
        raise Refused("record.not_found")
    return saved


def _name(text: str) -> str:
    named = clean_line(text, LONGEST_NAME)
    if not named:
        raise Refused("value.required", label=FILTER_NAME)
    return named


def _kept(board: str, filters: Mapping[str, str]) -> dict[str, str]:
    if board not in Board.values:
        raise Refused("value.unknown_choice", text=board[:40])
    unknown = sorted(set(filters) - rules.NAMED_BY)
    if unknown:
        raise Refused("list.filter_unknown", field=unknown[0][:40])
    cleaned = {name: clean_line(value, LONGEST_VALUE) for name, value in filters.items() if name != "board"}
    return {name: value for name, value in cleaned.items() if value}


def _stored(saved: SavedFilter, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            saved.save(force_insert=is_new, force_update=not is_new)
            _check_now()
    except IntegrityError as broken:
        constraint = getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "")
        if constraint == "saved_filter_name_once":
            raise Refused("saved_filter.name_taken", name=saved.name) from broken
        # Somebody of the same account saved another one at this moment.
        raise Refused("server.busy") from broken


def _check_now() -> None:
    """Places may cross while they are exchanged; a clash is told here and not when everything is over."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS saved_filter_place_once IMMEDIATE")
        cursor.execute("SET CONSTRAINTS saved_filter_place_once DEFERRED")
