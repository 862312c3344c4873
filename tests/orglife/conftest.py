"""Meetings as the cast holds them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOW, SYSTEM, Cast
from tests.matters.conftest import Loop, loop
from tests.matters.visits import now_loop, signed_in
from yicun.base.tenancy import scoped
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.orglife import queries, services
from yicun.orglife.models import Decision, Meeting
from yicun.orglife.rules import Draft

__all__ = ["loop", "now_loop", "signed_in"]


@dataclass
class Room:
    """Where meetings are held and written down."""

    cast: Cast
    loop: Loop
    now: Any = NOW

    @property
    def today(self) -> Any:
        return self.now.astimezone(SHANGHAI).date()

    def hold(self, username: str = "chen_zhiming", **changed: Any) -> Meeting:
        actor = self.cast.actor(username)
        values: dict[str, Any] = {
            "system_code": "alarm_briefing",
            "held_on": self.today,
            "minutes_spent": 60,
            "people": 6,
        }
        with scoped(actor):
            return services.hold(draft=Draft(**(values | changed)), actor=actor, now=self.now)

    def decide(self, meeting: Meeting, username: str = "chen_zhiming", **changed: Any) -> Decision:
        actor = self.cast.actor(username)
        given: dict[str, Any] = {
            "text": "下周三前查完朱口村的电线",
            "kind": "hazard",
            "unit_id": self.cast.unit("zhukou_station"),
            "due_on": self.today + timedelta(days=9),
        }
        with scoped(actor):
            return services.decide(meeting_id=meeting.pk, **(given | changed), actor=actor, now=self.now)

    def refusal(self, deed: str, *given: Any, **more: Any) -> str:
        with pytest.raises(Refused) as refused:
            getattr(self, deed)(*given, **more)
        return refused.value.code

    def detail(self, username: str, meeting: Meeting) -> queries.Detail:
        actor = self.cast.actor(username)
        with scoped(actor):
            return queries.detail_of(meeting.pk, actor, self.now)

    def standing(self, username: str) -> dict[str, str]:
        actor = self.cast.actor(username)
        with scoped(actor):
            return {row.code: row.words for row in queries.standing_of(actor, self.now)}


@pytest.fixture
def room(loop: Loop) -> Room:
    with scoped(SYSTEM):
        services.load_systems(actor=SYSTEM, now=NOW)
    return Room(loop.cast, loop)


@pytest.fixture
def now_room(now_loop: Loop) -> Room:
    """At the real time: pages read the clock themselves."""
    with scoped(SYSTEM):
        services.load_systems(actor=SYSTEM, now=NOW)
    return Room(now_loop.cast, now_loop, now_loop.now)
