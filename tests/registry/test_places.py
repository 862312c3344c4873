from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from tests.cast import CHENGDONG, COUNTY, NOW, SHANGQING, SYSTEM, TODAY, ZHUKOU, ZHUKOU_VILLAGE, Cast
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.registry import queries
from yicun.registry.models import Place, Premises
from yicun.registry.services import add_place, follow_jurisdictions, rename_place, retire_place
from yicun.registry.terms import AUDIT_VERBS
from yicun.territory.rules.jurisdictions import Move
from yicun.territory.services import set_jurisdictions

TOMORROW = TODAY + timedelta(days=1)


def added(
    name: str = "朱口供销社", area_code: int = ZHUKOU_VILLAGE + 1, actor: Actor = SYSTEM, **cells: Any
) -> UUID:
    plain = {"kind": "shop", "on": TODAY, "now": NOW, **cells}
    with scoped(actor):
        return add_place(name=name, area_code=area_code, actor=actor, **plain)


def names(actor: Actor, text: str = "", area: int | None = None) -> list[str]:
    with scoped(actor):
        return [row.name for row in queries.find_places(actor, text, area)]


def test_exact_name_is_found_however_many_names_hold_it(cast: Cast) -> None:
    chief = cast.actor("chen_zhiming")
    for name in ("东方便利店", "老便利店", "便利店", "便利店二号"):
        added(name=name)
    assert names(chief, "便利店") == ["便利店", "便利店二号", "东方便利店", "老便利店"]
    with scoped(chief):
        assert [row.name for row in queries.find_places(chief, "便利店", limit=1)] == ["便利店"]


def refused_code(actor: Actor, call: Any) -> str:
    with scoped(actor), pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_a_community_officer_adds_premises(cast: Cast) -> None:
    officer = cast.actor("wang_jianguo")
    place_id = added(
        actor=officer,
        address="中街 12 号",
        lon=117.26,
        lat=26.97,
        business="small_shop",
        licence="91350100M000100Y43",
    )
    with scoped(officer):
        found = queries.premises(place_id, officer)
    assert found is not None
    assert (found.business, found.licence, found.place.name) == (
        "small_shop",
        "91350100M000100Y43",
        "朱口供销社",
    )
    assert (found.place.area_code, found.place.handling_unit_id) == (
        ZHUKOU_VILLAGE + 1,
        cast.unit("zhukou_station"),
    )
    assert (found.place.address, found.place.lon, found.place.is_active) == ("中街 12 号", 117.26, True)


def test_a_place_without_a_business_is_no_premises(cast: Cast) -> None:
    place_id = added(kind="bridge", name="北溪廊桥")
    with scoped(SYSTEM):
        assert queries.premises(place_id, SYSTEM) is None
        assert queries.place(place_id, SYSTEM).kind == "bridge"


@pytest.mark.parametrize(
    "cells, code",
    [
        ({"kind": "castle"}, "place.kind_unknown"),
        ({"name": " "}, "place.name_missing"),
        ({"address": "街" * 201}, "place.address_wrong"),
        ({"lon": 117.2}, "place.position_wrong"),
        ({"business": "castle"}, "place.business_unknown"),
        ({"business": "small_shop", "licence": "1"}, "place.licence_wrong"),
        ({"area_code": 350429999000000}, "area.unknown"),
        ({"area_code": COUNTY}, "place.area_without_unit"),
        ({"on": date(1999, 1, 1)}, "place.area_without_unit"),
    ],
)
def test_a_place_that_cannot_be_is_refused(cast: Cast, cells: dict[str, Any], code: str) -> None:
    assert refused_code(SYSTEM, lambda: added(**cells)) == code
    with scoped(SYSTEM):
        assert Place.objects.count() == 0


def test_an_officer_adds_places_only_where_the_post_reaches(cast: Cast) -> None:
    officer = cast.actor("wang_jianguo")
    assert refused_code(officer, lambda: added(area_code=CHENGDONG, actor=officer)) == "place.out_of_reach"


def test_a_place_is_seen_by_its_station_and_nobody_elses(cast: Cast) -> None:
    place_id = added()
    seen = {
        name: names(cast.actor(name))
        for name in ("chen_zhiming", "zhao_min", "huang_defu", "qiu_wenbin", "xu_lixin")
    }
    assert seen == {
        "chen_zhiming": ["朱口供销社"],
        "zhao_min": ["朱口供销社"],
        "huang_defu": ["朱口供销社"],
        "qiu_wenbin": [],
        "xu_lixin": [],
    }
    stranger = cast.actor("qiu_wenbin")
    for unknown in (place_id, uuid7()):
        assert (
            refused_code(stranger, lambda wanted=unknown: queries.place(wanted, stranger)) == "place.unknown"
        )
        assert (
            refused_code(
                stranger,
                lambda wanted=unknown: rename_place(place_id=wanted, name="新名", actor=stranger, now=NOW),
            )
            == "place.unknown"
        )


@pytest.mark.parametrize("table", ["registry_place", "registry_premises"])
def test_the_database_itself_hides_places_of_others(cast: Cast, table: str) -> None:
    added(business="small_shop")
    counts = {}
    for name in ("chen_zhiming", "qiu_wenbin"):
        with scoped(cast.actor(name)), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[name] = cursor.fetchone()[0]
    assert counts == {"chen_zhiming": 1, "qiu_wenbin": 0}


def test_the_database_takes_no_place_from_a_stranger(cast: Cast) -> None:
    foreign = Place(
        kind="shop",
        name="店",
        initials="d",
        area_id=CHENGDONG,
        handling_unit_id=cast.unit("shancheng_station"),
    )
    with pytest.raises(Exception, match="row-level security"), scoped(cast.actor("wang_jianguo")):
        foreign.save(force_insert=True)


@pytest.mark.parametrize(
    "text, area, found",
    [
        ("", None, ["东岳庙", "朱口供销社", "朱口小学"]),
        ("朱口", None, ["朱口供销社", "朱口小学"]),
        ("朱口小学", None, ["朱口小学"]),
        ("zkx", None, ["朱口小学"]),
        ("ZK", None, ["朱口供销社", "朱口小学"]),
        ("东街", None, ["朱口小学"]),
        ("小学", None, ["朱口小学"]),
        ("", SHANGQING, ["东岳庙"]),
        ("朱口", SHANGQING, []),
        ("没有", None, []),
        ("%", None, []),
    ],
)
def test_places_are_found(cast: Cast, text: str, area: int | None, found: list[str]) -> None:
    added()
    added(name="朱口小学", kind="school", address="东街 3 号")
    added(name="东岳庙", kind="temple", area_code=SHANGQING + 201000)
    added(name="朱口旧店", kind="shop", actor=SYSTEM)
    with scoped(SYSTEM):
        old = Place.objects.get(name="朱口旧店")
        retire_place(place_id=old.id, actor=SYSTEM, now=NOW)
    assert names(cast.actor("chen_zhiming"), text, area) == found


def test_an_exact_name_comes_first(cast: Cast) -> None:
    for name in ("百味小吃朱口店", "朱口", "朱口供销社"):
        added(name=name)
    assert names(SYSTEM, "朱口") == ["朱口", "朱口供销社", "百味小吃朱口店"]


def test_a_place_is_renamed_and_retired_once(cast: Cast) -> None:
    chief = cast.actor("chen_zhiming")
    place_id = added()
    with scoped(chief):
        rename_place(place_id=place_id, name="朱口便民超市", actor=chief, now=NOW)
        assert [row.name for row in queries.find_places(chief, "zkbm")] == ["朱口便民超市"]
        retire_place(place_id=place_id, actor=chief, now=NOW)
        assert not queries.place(place_id, chief).is_active
    for call in (
        lambda: retire_place(place_id=place_id, actor=chief, now=NOW),
        lambda: rename_place(place_id=place_id, name="再改", actor=chief, now=NOW),
    ):
        assert refused_code(chief, call) == "place.retired"
    assert (
        refused_code(chief, lambda: rename_place(place_id=place_id, name="", actor=chief, now=NOW))
        == "place.name_missing"
    )


def test_places_follow_a_moved_jurisdiction(cast: Cast) -> None:
    place_id = added(name="东岳庙", area_code=SHANGQING + 201000, business="other")
    stays = added()
    moves = [Move(cast.unit("shancheng_station"), SHANGQING, SHANGQING + 999999)]
    set_jurisdictions(function="management", moves=moves, starts_on=TOMORROW, actor=SYSTEM, now=NOW)
    with scoped(SYSTEM):
        assert follow_jurisdictions(on=TODAY, actor=SYSTEM, now=NOW) == 0
        assert follow_jurisdictions(on=TOMORROW, actor=SYSTEM, now=NOW) == 1
        assert follow_jurisdictions(on=TOMORROW, actor=SYSTEM, now=NOW) == 0
        assert queries.place(place_id, SYSTEM).handling_unit_id == cast.unit("shancheng_station")
        assert Premises.objects.get(place_id=place_id).handling_unit_id == cast.unit("shancheng_station")
        assert queries.place(stays, SYSTEM).handling_unit_id == cast.unit("zhukou_station")


def broken_place(cast: Cast, **cells: Any) -> Place:
    plain = {
        "kind": "shop",
        "name": "店",
        "initials": "d",
        "area_id": ZHUKOU,
        "handling_unit_id": cast.unit("zhukou_station"),
    }
    return Place(**{**plain, **cells})


def broken_premises(cast: Cast, **cells: Any) -> Premises:
    place = Place.objects.get()
    scope = {"area_id": place.area_id, "handling_unit_id": place.handling_unit_id}
    return Premises(**{"place": place, "business": "other", **scope, **cells})


BROKEN = [
    ("place_name_not_blank", lambda cast: broken_place(cast, name="")),
    ("place_kind_known", lambda cast: broken_place(cast, kind="castle")),
    ("place_position_whole", lambda cast: broken_place(cast, lat=26.0)),
    ("premises_business_known", lambda cast: broken_premises(cast, business="castle")),
    ("premises_scope_of_place", lambda cast: broken_premises(cast, area_id=CHENGDONG)),
    (
        "premises_scope_of_place",
        lambda cast: broken_premises(cast, handling_unit_id=cast.unit("shancheng_station")),
    ),
]


@pytest.mark.parametrize(
    "name, row", BROKEN, ids=[f"{name}-{number}" for number, (name, _) in enumerate(BROKEN)]
)
def test_the_database_refuses(cast: Cast, name: str, row: Any) -> None:
    added()
    with scoped(SYSTEM), pytest.raises(IntegrityError, match=name), transaction.atomic():
        row(cast).save(force_insert=True)


def test_the_key_of_premises_rests_on_the_scope_of_their_place(database: None) -> None:
    """The primary key is refused first, so that this constraint can only be seen at work from below."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conindid::regclass::text FROM pg_constraint WHERE conname = 'premises_scope_of_place'"
        )
        assert cursor.fetchall() == [("place_with_its_scope",)]


def test_every_change_is_audited_under_its_verb(cast: Cast) -> None:
    place_id = added()
    with scoped(SYSTEM):
        rename_place(place_id=place_id, name="新名", actor=SYSTEM, now=NOW)
        retire_place(place_id=place_id, actor=SYSTEM, now=NOW)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT verb, area_code, unit_id FROM base_auditentry WHERE subject = 'registry.place' ORDER BY id"
            )
            rows = cursor.fetchall()
    station = cast.unit("zhukou_station")
    assert rows == [
        (verb, ZHUKOU_VILLAGE + 1, station) for verb in ("add_place", "rename_place", "retire_place")
    ]
    assert {verb for verb, _, _ in rows} < set(AUDIT_VERBS)
