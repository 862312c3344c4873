"""The county and the fixed cast: the same few invented people in every test, demo, picture and page of the docs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from yicun.base.models import Account
from yicun.base.tenancy import scoped
from yicun.force import queries as force
from yicun.force.services import cast_people, load_cast
from yicun.kernel.actor import Actor, system_actor
from yicun.kernel.ids import uuid7
from yicun.territory import queries as territory
from yicun.territory.services import PACKAGED, load_reference

COUNTY = 350429000000000
SHANCHENG = 350429100000000
ZHUKOU = 350429101000000
XIAQU = 350429103000000
SHANGQING = 350429201000000
ZHUKOU_VILLAGE = 350429101208000
YINSHAN_VILLAGE = 350429101201000
LONGHU_VILLAGE = 350429101218000
CHENGDONG = 350429100001000

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SYSTEM = system_actor("tests", COUNTY, COUNTY + 10**9 - 1)


@dataclass(frozen=True)
class Cast:
    """Everybody by username."""

    accounts: dict[str, UUID]
    members: dict[str, UUID]

    def actor(self, username: str, on: date = TODAY) -> Actor:
        return force.actor_for(self.accounts[username], on)

    def unit(self, code: str) -> int:
        return territory.unit_by_code(code).id


@pytest.fixture
def county(database: None) -> None:
    """Areas, units, jurisdictions and market days, as shipped."""
    load_reference(folder=PACKAGED, actor=SYSTEM, now=NOW)


@pytest.fixture
def cast(county: None) -> Cast:
    people = cast_people()
    accounts = [
        Account(id=uuid7(), username=one.username, label=one.name, password="!", created_at=NOW)
        for one in people
    ]
    Account.objects.bulk_create(accounts)
    ids = {account.username: account.id for account in accounts}
    with scoped(SYSTEM):
        members = load_cast(people=people, account_ids=ids, actor=SYSTEM, now=NOW)
    return Cast(ids, members)
