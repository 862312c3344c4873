"""The county and the fixed cast: the same few invented people in every test, demo, picture and page of the docs.

Loading them takes a while, so it is done once in each process, in a transaction that is taken back; the rows it made
are then stored as they are in every test that asks for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Model

from yicun.base.models import Account, Edition
from yicun.base.tenancy import scoped
from yicun.force import queries as force
from yicun.force.models import Member, Posting
from yicun.force.services import load_cast
from yicun.kernel.actor import Actor, system_actor
from yicun.kernel.ids import uuid7
from yicun.territory import queries as territory
from yicun.territory.models import Area, Jurisdiction, MarketDay, Unit
from yicun.territory.services import PACKAGED, load_reference

COUNTY = 350429000000000
SHANCHENG = 350429100000000
ZHUKOU = 350429101000000
XIAQU = 350429103000000
SHANGQING = 350429201000000
CHENGDONG = 350429100001000
YINSHAN_VILLAGE = 350429101201000
ZHUKOU_VILLAGE = 350429101208000
LONGHU_VILLAGE = 350429101218000

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


class Mould:
    """Rows made once by `make`, to be stored again and again under the same keys."""

    def __init__(self, make: Callable[[], object], *models: type[Model]) -> None:
        self._make = make
        self._models = models
        self._rows: list[list[Model]] = []

    def pour(self) -> list[list[Model]]:
        if not self._rows:
            with transaction.atomic():
                self._make()
                self._rows = [list(model._default_manager.order_by("pk")) for model in self._models]
                transaction.set_rollback(True)
        for model, rows in zip(self._models, self._rows, strict=True):
            model._default_manager.bulk_create(rows)
            if model._meta.auto_field is not None:
                _pass_by(model, max(row.pk for row in rows))
        return self._rows


def _pass_by(model: type[Model], number: int) -> None:
    """Let the table's sequence run beyond a number that was stored without asking it."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)", [number])


def _make_county() -> None:
    load_reference(folder=PACKAGED, actor=SYSTEM, now=NOW)


def _make_cast() -> None:
    people = force.cast_people()
    accounts = {
        one.username: Account(
            id=uuid7(), username=one.username, label=one.name, created_at=NOW, needs_second_factor=False
        )
        for one in people
    }
    for account in accounts.values():
        account.set_unusable_password()
    Account.objects.bulk_create(accounts.values())
    ids = {username: account.id for username, account in accounts.items()}
    with scoped(SYSTEM):
        load_cast(people=people, account_ids=ids, actor=SYSTEM, now=NOW)


_COUNTY = Mould(_make_county, Edition, Area, Unit, Jurisdiction, MarketDay)
_CAST = Mould(_make_cast, Account, Member, Posting)


@pytest.fixture
def county(database: None) -> None:
    """Areas, units, jurisdictions and market days, as shipped."""
    _COUNTY.pour()


@pytest.fixture
def cast(county: None) -> Cast:
    """The county with its people; nobody has a password."""
    accounts, members, _ = _CAST.pour()
    names = {account.pk: account.username for account in accounts if isinstance(account, Account)}
    found = [member for member in members if isinstance(member, Member)]
    by_name = {names[member.account_id]: member.id for member in found if member.account_id}
    return Cast(
        accounts={username: account_id for account_id, username in names.items()},
        members=by_name,
    )
