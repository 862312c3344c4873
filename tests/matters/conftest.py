from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cast import NOW, SYSTEM, ZHUKOU_VILLAGE, Cast
from yicun.base import tenancy
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import Matter
from yicun.matters.rules.drafting import Draft


@dataclass
class Loop:
    """The loop as the cast walks it: every call is in the scope of whoever makes it, an hour after the last one."""

    cast: Cast
    now: Any = NOW

    def do(self, username: str, action: str, matter: Matter | UUID, **given: Any) -> Matter:
        actor = self.cast.actor(username)
        self.now += timedelta(hours=1)
        key = matter if isinstance(matter, UUID) else matter.pk
        with scoped(actor):
            return services.take_step(action=action, matter_id=key, given=given, actor=actor, now=self.now)

    def refusal(self, username: str, action: str, matter: Matter | UUID, **given: Any) -> str:
        """The code of the refusal that this step meets."""
        with pytest.raises(Refused) as refused:
            self.do(username, action, matter, **given)
        return refused.value.code

    def record(self, username: str, **draft: Any) -> Matter:
        actor = self.cast.actor(username)
        values: dict[str, Any] = {"kind": "help", "title": "老人走失", "area_code": ZHUKOU_VILLAGE} | draft
        with scoped(actor):
            return services.record(draft=Draft(**values), actor=actor, now=self.now)

    def reach(self, state: str, **draft: Any) -> Matter:
        """A matter brought to `state` the ordinary way, in the hands of Zhukou's community officer."""
        matter = self.record("li_xiuying", **draft)
        for reached, username, action, given in ORDINARY:
            if reached == "recorded":
                continue
            if matter.state == state:
                break
            matter = self.do(username, action, matter, **self.filled(given))
        assert matter.state == state
        return matter

    def filled(self, given: dict[str, Any]) -> dict[str, Any]:
        return {k: self.cast.unit(v) if k == "unit_id" else v for k, v in given.items()}

    def detail(self, username: str, matter: Matter) -> queries.Detail:
        actor = self.cast.actor(username)
        with scoped(actor):
            return queries.detail_of(matter.pk, actor)


ORDINARY: list[tuple[str, str, str, dict[str, Any]]] = [
    ("accepted", "lin_xiaowen", "accept", {}),
    ("assessed", "lin_xiaowen", "assess", {"urgency": "ordinary"}),
    ("assigned", "lin_xiaowen", "assign", {"unit_id": "zhukou_station"}),
    ("handling", "wang_jianguo", "take", {}),
    ("fed_back", "wang_jianguo", "feed_back", {"result": "已找到，送回家中"}),
    ("verified", "lin_xiaowen", "verify", {}),
    ("closed", "lin_xiaowen", "close", {"satisfaction": "satisfied"}),
]


@pytest.fixture
def loop(cast: Cast) -> Iterator[Loop]:
    with scoped(SYSTEM):
        services.load_reference(actor=SYSTEM, now=NOW)
    yield Loop(cast)
    tenancy.set_scope(SYSTEM)
