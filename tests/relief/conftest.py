"""The task lists as the cast uses them: every call in the scope of whoever makes it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cast import NOW, Cast
from tests.matters.conftest import Loop, loop
from tests.matters.visits import now_loop, signed_in
from yicun.base.tenancy import scoped
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.relief import queries, services
from yicun.relief.models import Demand
from yicun.relief.services import Request

__all__ = ["loop", "now_loop", "signed_in"]
AUTHORITY = "泰公综〔2026〕18号《关于开展冬季消防宣传的通知》"


@dataclass
class Desk:
    """Who asks, who keeps the gate, who is asked."""

    cast: Cast
    loop: Loop
    now: Any = NOW

    @property
    def today(self) -> Any:
        return self.now.astimezone(SHANGHAI).date()

    def request(self, **changed: Any) -> Request:
        values: dict[str, Any] = {
            "list_name": "directive",
            "title": "冬季消防宣传进村",
            "deliverable": "每村开一次会，讲清用火用电",
            "authority_kind": "document",
            "authority": AUTHORITY,
            "units": (self.cast.unit("zhukou_station"), self.cast.unit("shancheng_station")),
            "starts_on": self.today,
            "expires_on": self.today + timedelta(days=60),
            "minutes": 90,
        }
        return Request(**(values | changed))

    def propose(self, username: str = "zhao_min", **changed: Any) -> Demand:
        actor = self.cast.actor(username)
        with scoped(actor):
            return services.propose(request=self.request(**changed), actor=actor, now=self.now)

    def do(self, username: str, action: str, demand: Demand | UUID, **given: Any) -> Demand:
        actor = self.cast.actor(username)
        key = demand if isinstance(demand, UUID) else demand.pk
        with scoped(actor):
            return services.take_step(action=action, demand_id=key, given=given, actor=actor, now=self.now)

    def refusal(self, username: str, action: str, demand: Demand | UUID, **given: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.do(username, action, demand, **given)
        return refused.value.code

    def refused_proposal(self, username: str = "zhao_min", **changed: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.propose(username, **changed)
        return refused.value.code

    def running(self, username: str = "zhao_min", **changed: Any) -> Demand:
        return self.do("ye_qingfang", "admit", self.propose(username, **changed))

    def detail(self, username: str, demand: Demand) -> queries.Detail:
        actor = self.cast.actor(username)
        with scoped(actor):
            return queries.detail_of(demand.pk, actor, self.now)

    def owed(self, username: str) -> list[str]:
        actor = self.cast.actor(username)
        with scoped(actor):
            return [row.title for row in queries.owed_by(actor, self.now)]


@pytest.fixture
def desk(loop: Loop) -> Desk:
    return Desk(loop.cast, loop)


@pytest.fixture
def now_desk(now_loop: Loop) -> Desk:
    """At the real time: pages read the clock themselves."""
    return Desk(now_loop.cast, now_loop, now_loop.now)
