"""The line on top of the home page: the day by both calendars, and where there is market tomorrow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lunar_python import Solar

from yicun.base.pages import today
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.portal.terms import GREETINGS, LUNAR, WEEKDAYS
from yicun.territory import queries as territory


@dataclass(frozen=True, slots=True)
class Greeting:
    words: str
    weekday: str
    lunar: str
    markets_today: list[str]
    markets_tomorrow: list[str]


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
