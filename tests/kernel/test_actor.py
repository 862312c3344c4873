from uuid import UUID

import pytest

from yicun.kernel.actor import Actor, ActorKind, Post, public_actor, service_actor, system_actor

STATION = Post("community_officer", 11, ((350429_001_000_000, 350429_001_999_999),))
VILLAGE = Post("village_officer", 12, ((350429_102_201_000, 350429_102_201_999),))
PARTNER = Post("partner", 31, ())
OFFICER = Actor(
    ActorKind.MEMBER,
    "林晓峰",
    account_id=UUID(int=1),
    member_id=UUID(int=2),
    posts=(VILLAGE, STATION, PARTNER, Post("fire_officer", 11, STATION.ranges)),
    codes=(350429_102_201_000,),
)


def test_an_officer_holds_several_posts_at_once() -> None:
    assert OFFICER.unit_id == 12
    assert OFFICER.unit_ids == (12, 11, 31)
    assert OFFICER.roles == {"village_officer", "community_officer", "partner", "fire_officer"}
    assert OFFICER.widest == (350429_001_000_000, 350429_001_999_999)


ROLES = [
    (350429_102_201_005, (), {"village_officer"}),
    (350429_001_003_000, (), {"community_officer", "fire_officer"}),
    (350429_001_999_999, (), {"community_officer", "fire_officer"}),
    (350429_002_000_000, (), set()),
    (350429_002_000_000, (31, 99), {"partner"}),
    (350429_102_201_000, (11,), {"village_officer", "community_officer", "fire_officer"}),
]


@pytest.mark.parametrize(("area_code", "unit_ids", "roles"), ROLES)
def test_roles_reach_as_far_as_the_post(area_code: int, unit_ids: tuple[int, ...], roles: set[str]) -> None:
    assert OFFICER.roles_for(area_code, unit_ids) == roles


@pytest.mark.parametrize(
    ("actor", "kind"),
    [(system_actor("夜间检查", 1, 9), ActorKind.SYSTEM), (service_actor("热线", 1, 9), ActorKind.SERVICE)],
)
def test_the_system_and_services_act_for_a_whole_county_without_a_unit(actor: Actor, kind: ActorKind) -> None:
    assert actor.kind is kind
    assert (actor.widest, actor.unit_id, actor.unit_ids) == ((1, 9), None, ())
    assert actor.roles == actor.roles_for(9) == {kind.value}
    assert (actor.account_id, actor.member_id, actor.codes) == (None, None, ())


def test_the_public_sees_nothing() -> None:
    actor = public_actor()
    assert (actor.label, actor.widest) == ("群众", None)
    assert actor.roles == {"public"}
    assert actor.kind is ActorKind.PUBLIC
    assert actor.roles_for(350429_001_000_000, (11,)) == set()
