"""What the home page is put together from: the day, figures in the order of one's work, and notices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from lunar_python import Solar

from yicun.base.models import Notice
from yicun.base.pages import today
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters import queries as matters
from yicun.matters.rules.hats import DESK_ROLES, LEADERS, SUPERVISOR_ROLES
from yicun.matters.terms import Board
from yicun.portal.terms import GREETINGS, LUNAR, NOTICE_OTHER, NOTICES, TILE_NOTES, WEEKDAYS
from yicun.territory import queries as territory

CHIEF_FIRST = (Board.OVERDUE, Board.SUPERVISED, Board.SENT_BACK, Board.UNTOUCHED, Board.MINE)
DESK_FIRST = (Board.UNTOUCHED, Board.SENT_BACK, Board.OVERDUE, Board.MINE, Board.SUPERVISED)
HANDLER_FIRST = (Board.MINE, Board.SENT_BACK, Board.OVERDUE, Board.SUPERVISED, Board.UNTOUCHED)
TONES = {Board.OVERDUE: "fire", Board.SENT_BACK: "warn", Board.SUPERVISED: "warn"}


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    url: str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class NoticeCard:
    id: UUID
    label: str
    changed_at: datetime
    is_read: bool
    read_by: str
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Greeting:
    words: str
    weekday: str
    lunar: str
    markets_today: list[str]
    markets_tomorrow: list[str]


def tiles_for(actor: Actor, counts: dict[str, int]) -> list[Tile]:
    """Whoever leads sees first what went wrong; the desk what nobody touched; everybody else what is his."""
    return [
        Tile(
            label=str(board.label),
            value=matters.shown_count(counts[board]),
            url=f"{reverse('matters:board')}?board={board.value}",
            note=TILE_NOTES.get(board, "") if counts[board] else "",
            tone=TONES.get(board, "neutral"),
        )
        for board in _order(actor.roles)
    ]


def notice_cards(notices: Iterable[Notice]) -> list[NoticeCard]:
    return [
        NoticeCard(
            id=notice.pk,
            label=NOTICES.get(notice.kind, NOTICE_OTHER),
            changed_at=notice.changed_at,
            is_read=notice.read_at is not None,
            read_by=notice.read_by,
            lines=list(reversed(notice.lines)),
        )
        for notice in notices
    ]


def _order(roles: frozenset[str]) -> tuple[Board, ...]:
    if roles & (LEADERS | SUPERVISOR_ROLES - {"command_centre"}):
        return CHIEF_FIRST
    return DESK_FIRST if roles & DESK_ROLES else HANDLER_FIRST


def greeting_for(actor: Actor, now: datetime) -> Greeting:
    on = today(now)
    hour = now.astimezone(SHANGHAI).hour
    lunar = Solar.fromYmd(on.year, on.month, on.day).getLunar()
    return Greeting(
        words=next(words for until, words in GREETINGS if hour < until),
        weekday=WEEKDAYS[on.weekday()],
        lunar=LUNAR.format(month=lunar.getMonthInChinese(), day=lunar.getDayInChinese()),
        markets_today=_markets(actor, now),
        markets_tomorrow=_markets(actor, now + timedelta(days=1)),
    )


def _markets(actor: Actor, at: datetime) -> list[str]:
    """Of the towns in the actor's areas, or around the villages he serves."""
    reach = [area for post in actor.posts for area in post.ranges]
    return [
        town.name
        for town in territory.markets_on(today(at))
        if any(lo <= town.range[1] and town.code <= hi for lo, hi in reach)
    ]
