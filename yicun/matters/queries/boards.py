"""Boards: what is untouched, mine, overdue, sent back, supervised; and the pages of a filtered list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from yicun.base import sharing
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_line
from yicun.matters.models import CoHandler, Matter
from yicun.matters.models.matter import IS_IN_HAND, IS_SENT_BACK, IS_SUPERVISED, IS_UNTOUCHED
from yicun.matters.queries.access import open_for, visible_to
from yicun.matters.queries.search import LONGEST, matching, newest_matching
from yicun.matters.rules.hats import DESK_ROLES, HANDLER_ROLES, TIE_BREAKER_ROLES
from yicun.matters.rules.oversight import BOUNCES_BEFORE_TIE_BREAK
from yicun.matters.rules.paging import Cursor, read_cursor
from yicun.matters.terms import Board, Channel, Grade, Kind, Satisfaction, State, Urgency

CHOSEN = {
    "kind": Kind,
    "channel": Channel,
    "state": State,
    "urgency": Urgency,
    "grade": Grade,
    "satisfaction": Satisfaction,
}
FILTERS = (*CHOSEN, "handling_unit_id", "number", "source_key")
# Their conditions name open states. Saying "open" once more, PostgreSQL would take both for independent, expect a
# handful of rows and sort thousands instead of walking the index by due time until the page is full.
OPEN_BY_STATE = frozenset({Board.UNTOUCHED, Board.SENT_BACK, Board.ALL})
MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the cursor of the next page, empty on the last one."""

    matters: list[Matter]
    after: str


def condition_of(board: str, actor: Actor, now: datetime) -> Q:
    """What puts an open matter on the board. What waits at a desk is the work of those who serve that desk."""
    if board not in Board.values:
        raise Refused("value.unknown_choice", text=board[:40])
    conditions = {
        Board.UNTOUCHED: IS_UNTOUCHED,
        Board.MINE: reduce(or_, reasons_of_mine(actor)),
        Board.OVERDUE: Q(due_at__lte=now),
        Board.SENT_BACK: IS_SENT_BACK,
        Board.SUPERVISED: IS_SUPERVISED,
        Board.ALL: Q(),
    }
    return conditions[Board(board)]


def reasons_of_mine(actor: Actor) -> tuple[Q, ...]:
    """Why an open matter is this person's. Each has an index to walk; under one OR PostgreSQL would gather them all."""
    return (
        _in_hand(actor),
        _at_my_desk(actor),
        _for_my_ruling(actor),
        _asked_to_help(actor),
        _only_reported(actor),
    )


def _in_hand(actor: Actor) -> Q:
    """With my unit, and named for me or for nobody yet. What is deferred stays the work of its handler."""
    held = IS_IN_HAND & Q(handling_unit_id__in=actor.unit_ids)
    named = Q(handler_member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
    return held & (named | Q(handler_member_id__isnull=True))


def _at_my_desk(actor: Actor) -> Q:
    waiting = Q(state__in=[State.RECORDED, State.ACCEPTED, State.ASSESSED, State.FED_BACK, State.VERIFIED])
    return waiting & Q(desk_unit_id__in=[post.unit_id for post in actor.posts if post.role in DESK_ROLES])


def _for_my_ruling(actor: Actor) -> Q:
    """Passed around so often that only a tie-breaker may assign it."""
    if not actor.roles & TIE_BREAKER_ROLES:
        return Q(pk__in=[])
    return Q(state=State.ASSESSED, bounces__gte=BOUNCES_BEFORE_TIE_BREAK)


def _asked_to_help(actor: Actor) -> Q:
    """Other units' matters on which mine still owes its answer as co-handler."""
    owed = CoHandler.objects.filter(unit_id__in=actor.unit_ids, answered_at__isnull=True)
    return Q(sharing.is_any_of("pk", owed.values("matter_id")), state__in=[State.ASSIGNED, State.HANDLING])


def _only_reported(actor: Actor) -> Q:
    """Somebody who may only report follows what became of it."""
    if actor.account_id is None or actor.roles & HANDLER_ROLES:
        return Q(pk__in=[])
    return Q(recorded_by=actor.account_id)


def counts_for(actor: Actor, now: datetime) -> dict[str, int]:
    """Every board's number in one query, counted as far as one more than `MOST_COUNTED`: nobody works by more."""
    return counted({board.value: _whole(actor, board, now) for board in Board if board != Board.ALL})


def counted(lists: Mapping[str, Sequence[QuerySet[Matter]]]) -> dict[str, int]:
    """How many each list holds, as far as anybody looks; one query for all of them.

    A list may be put together from several queries, each of which has an index of its own to walk.
    """
    if not lists:
        return {}
    found = [_at_most(*parts) for parts in lists.values()]
    asked = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _ in found)  # noqa: S608 decision 0008
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", [value for _, given in found for value in given])
        return dict(zip(lists, cursor.fetchone(), strict=True))


def shown_count(count: int) -> str:
    return str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _whole(actor: Actor, board: str, now: datetime) -> list[QuerySet[Matter]]:
    """In the order of the board: PostgreSQL then walks the board's index and stops, instead of gathering its rows.

    What is mine has an index for each reason; there the order would make it gather them.
    """
    if board == Board.MINE:
        return [open_for(actor).filter(why) for why in reasons_of_mine(actor)]
    return [_seen(actor, board).filter(condition_of(board, actor, now)).order_by("due_at", "id")]


def _at_most(*found: QuerySet[Matter]) -> tuple[str, tuple[Any, ...]]:
    first, *others = (one.values("pk")[: MOST_COUNTED + 1] for one in found)
    try:
        return first.union(*others)[: MOST_COUNTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 1 WHERE false", ()


def _seen(actor: Actor, board: str) -> QuerySet[Matter]:
    return visible_to(actor) if board in OPEN_BY_STATE else open_for(actor)


def board_for(
    actor: Actor, board: str, filters: Mapping[str, Any], now: datetime, text: str = ""
) -> QuerySet[Matter]:
    """A board narrowed by filters. Work boards show the most pressing first, the whole list the newest first."""
    is_whole = board == Board.ALL
    found = _seen(actor, board).filter(condition_of(board, actor, now), **_chosen(filters))
    if filters.get("area"):
        found = found.filter(area_code__range=filters["area"])
    if text:
        found = matching(found, text)
    return found.order_by("-recorded_at", "-id") if is_whole else found.order_by("due_at", "id")


def _chosen(filters: Mapping[str, Any]) -> dict[str, Any]:
    """A misspelt choice would match nothing and look like good news."""
    chosen = {name: value for name, value in filters.items() if name in FILTERS and value not in ("", None)}
    for name, value in chosen.items():
        if name in CHOSEN and value not in CHOSEN[name].values:
            raise Refused("value.unknown_choice", text=str(value)[:40])
        if isinstance(value, str):
            chosen[name] = clean_line(value, LONGEST)
    return chosen


def page_for(
    actor: Actor, board: str, filters: Mapping[str, Any], now: datetime, text: str, after: str, limit: int
) -> Page:
    """One page of a board behind the cursor `after`, narrowed by filters and by words."""
    if not text or board != Board.ALL:
        return page_of(board_for(actor, board, filters, now, text), board, after, limit)
    cursor = read_cursor(after)
    found = _begun(board_for(actor, board, filters, now), cursor, board)
    return _cut(newest_matching(found, text, cursor.at if cursor else None, limit + 1), board, limit)


def page_of(found: QuerySet[Matter], board: str, after: str, limit: int) -> Page:
    """One page behind the cursor `after`; no page is counted, so the millionth row costs what the first does."""
    return _cut(list(_begun(found, read_cursor(after), board)[: limit + 1]), board, limit)


def _begun(found: QuerySet[Matter], cursor: Cursor | None, board: str) -> QuerySet[Matter]:
    return found if cursor is None else found.filter(_behind(cursor, board))


def _cut(rows: list[Matter], board: str, limit: int) -> Page:
    """One row more than the page has was asked for: it says that another page follows."""
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], Cursor(_key(last, board), last.pk).text if last else "")


def _key(matter: Matter, board: str) -> datetime | None:
    return matter.recorded_at if board == Board.ALL else matter.due_at


def _behind(cursor: Cursor, board: str) -> Q:
    """Rows after the cursor, in the board's order; matters without a deadline come last."""
    if board == Board.ALL:
        if cursor.at is None:
            raise Refused("list.cursor_malformed")
        return Q(recorded_at__lte=cursor.at) & (Q(recorded_at__lt=cursor.at) | Q(id__lt=cursor.id))
    if cursor.at is None:
        return Q(due_at__isnull=True, id__gt=cursor.id)
    return Q(due_at__gt=cursor.at) | Q(due_at=cursor.at, id__gt=cursor.id) | Q(due_at__isnull=True)
