"""Filters kept under a name: the row above a board, and the page on which they are put in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters.models import SavedFilter
from yicun.matters.queries.boards import board_for, counted, shown_count
from yicun.matters.rules.bulk import MOST_FILTERS, account_of
from yicun.matters.terms import Board
from yicun.territory import queries as territory


@dataclass(frozen=True, slots=True)
class Chip:
    """`count` is empty where nobody works by a number: on the list of everything."""

    id: UUID
    name: str
    board: str
    query: str
    count: str
    is_own: bool
    is_shared: bool
    owner: str


def own_filters(actor: Actor) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(account_id=account_of(actor)).order_by("position")


def chips_for(actor: Actor, now: datetime | None = None) -> list[Chip]:
    """One's own in their order, then what others shared with the unit, by name.

    `now`: counted as of then, all in one query; without it only named, for above a board their counts would cost
    more than the board.
    """
    seen = SavedFilter.objects.filter(Q(account_id=actor.account_id) | Q(unit_id__in=actor.unit_ids))
    saved = sorted(seen, key=lambda one: _order(one, actor))[: 2 * MOST_FILTERS]
    asked = {str(one.pk): _found(one, actor, now) for one in saved if now and one.board != Board.ALL}
    counts = counted({key: [found] for key, found in asked.items() if found is not None})
    return [_chip(one, actor, counts.get(str(one.pk))) for one in saved]


def _order(saved: SavedFilter, actor: Actor) -> tuple[bool, int, str]:
    is_own = saved.account_id == actor.account_id
    return not is_own, saved.position if is_own else 0, saved.name


def _found(saved: SavedFilter, actor: Actor, now: datetime) -> QuerySet[Any] | None:
    """None where a choice or a place has gone since it was saved: the board then says so itself."""
    filters: dict[str, Any] = dict(saved.filters)
    text = str(filters.pop("q", ""))
    try:
        if "area" in filters:
            filters["area"] = territory.area(int(filters["area"])).range
        found = board_for(actor, saved.board, filters, now, text)
        # For counting: what is mine would be gathered for the sake of its order.
        return found.order_by() if saved.board == Board.MINE else found
    except (Refused, ValueError, LookupError):
        return None


def _chip(saved: SavedFilter, actor: Actor, count: int | None) -> Chip:
    return Chip(
        id=saved.pk,
        name=saved.name,
        board=str(Board(saved.board).label),
        query=urlencode({"board": saved.board, **saved.filters}),
        count="" if count is None else shown_count(count),
        is_own=saved.account_id == actor.account_id,
        is_shared=saved.unit_id is not None,
        owner=saved.owner_label,
    )
