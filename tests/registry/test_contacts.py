from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from tests.cast import NOW, SYSTEM, TODAY, ZHUKOU_VILLAGE, Cast
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.registry import queries
from yicun.registry.models import Premises
from yicun.registry.rules import check_contact, check_purpose
from yicun.registry.services import add_place, forget_contacts, read_contact, retire_place, set_contact

YEAR = TODAY + timedelta(days=365)


@pytest.fixture
def shop(cast: Cast) -> UUID:
    with scoped(SYSTEM):
        return add_place(
            kind="shop",
            name="朱口供销社",
            area_code=ZHUKOU_VILLAGE,
            business="small_shop",
            on=TODAY,
            actor=SYSTEM,
            now=NOW,
        )


def kept(actor: Actor, place_id: UUID, **cells: Any) -> None:
    plain = {"name": "江春梅", "phone": "13900000001", "on": TODAY, "expires_on": YEAR}
    with scoped(actor):
        set_contact(place_id=place_id, **{**plain, **cells}, actor=actor, now=NOW)


def read(actor: Actor, place_id: UUID, purpose: str = "inspection", on: date = TODAY) -> dict[str, str]:
    with scoped(actor):
        return read_contact(place_id=place_id, purpose=purpose, on=on, actor=actor, now=NOW)


def test_a_contact_is_shown_masked_and_read_for_a_purpose(cast: Cast, shop: UUID) -> None:
    officer = cast.actor("wang_jianguo")
    kept(officer, shop)
    with scoped(officer):
        found = queries.premises(shop, officer)
        stored = Premises.objects.get(pk=shop).contact_sealed
    assert found is not None
    assert (found.contact_masked, found.contact_expires_on) == ("江** 139****0001", YEAR)
    assert stored is not None
    assert "江春梅".encode() not in bytes(stored)
    assert read(officer, shop) == {"name": "江春梅", "phone": "13900000001"}
    with scoped(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_label, facts->>'purpose' FROM base_auditentry WHERE verb = 'read_contact'"
        )
        assert cursor.fetchall() == [("王建国（社区民警）", "inspection")]


def test_a_stranger_neither_reads_nor_sets_a_contact(cast: Cast, shop: UUID) -> None:
    kept(SYSTEM, shop)
    stranger = cast.actor("luo_xiaomei")
    for call in (lambda: read(stranger, shop), lambda: kept(stranger, shop)):
        with pytest.raises(Refused, match="place.unknown"):
            call()


def test_a_contact_is_gone_after_its_time(cast: Cast, shop: UUID) -> None:
    kept(SYSTEM, shop)
    with pytest.raises(Refused, match="contact.missing"):
        read(SYSTEM, shop, on=YEAR)
    with scoped(SYSTEM):
        gone = [forget_contacts(on=day, actor=SYSTEM, now=NOW) for day in (TODAY, YEAR, YEAR)]
    assert gone == [0, 1, 0]
    with pytest.raises(Refused, match="contact.missing"):
        read(SYSTEM, shop)


def test_a_place_without_business_keeps_no_contact(cast: Cast, shop: UUID) -> None:
    with scoped(SYSTEM):
        bridge = add_place(
            kind="bridge", name="廊桥", area_code=ZHUKOU_VILLAGE, on=TODAY, actor=SYSTEM, now=NOW
        )
    with pytest.raises(Refused, match="contact.no_premises"):
        kept(SYSTEM, bridge)
    with scoped(SYSTEM):
        retire_place(place_id=shop, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="place.retired"):
        kept(SYSTEM, shop)


@pytest.mark.parametrize(
    "name, expires_on, code",
    [
        ("江春梅", YEAR, None),
        ("江春梅", TODAY + timedelta(days=731), None),
        ("江春梅", TODAY + timedelta(days=732), "contact.expiry_wrong"),
        ("江春梅", TODAY, "contact.expiry_wrong"),
        ("", YEAR, "contact.name_missing"),
    ],
)
def test_a_contact_has_a_name_and_an_end(name: str, expires_on: date, code: str | None) -> None:
    if code is None:
        check_contact(name, TODAY, expires_on)
        return
    with pytest.raises(Refused) as refused:
        check_contact(name, TODAY, expires_on)
    assert refused.value.code == code


def test_a_purpose_is_stated() -> None:
    check_purpose("emergency")
    with pytest.raises(Refused, match="contact.purpose_unknown"):
        check_purpose("curiosity")


def test_half_a_contact_is_refused_by_the_database(cast: Cast, shop: UUID) -> None:
    with scoped(SYSTEM), pytest.raises(IntegrityError, match="premises_contact_whole"), transaction.atomic():
        Premises.objects.filter(pk=shop).update(contact_masked="江**")
