"""Who is what to a matter."""

from uuid import UUID, uuid4

import pytest

from yicun.kernel.actor import Actor, ActorKind, Post, public_actor, service_actor, system_actor
from yicun.matters.rules.hats import Hat, Standing, hats

HERE, ELSEWHERE = 350429101208000, 350429100001000
COUNTY = (350429000000000, 350429999999999)
VILLAGE = (HERE, HERE + 999)
STATION, PARTNER, OTHER, DESK = 1, 2, 3, 1
ME, SOMEBODY, ACCOUNT = uuid4(), uuid4(), uuid4()


def member(*posts: Post) -> Actor:
    return Actor(ActorKind.MEMBER, "某人", account_id=ACCOUNT, member_id=ME, posts=posts)


def standing(
    *,
    handling: int = OTHER,
    handler: UUID | None = None,
    recorded_by: UUID | None = None,
    co: tuple[int, ...] = (),
    area: int = HERE,
    desk: int = DESK,
) -> Standing:
    return Standing(area, desk, handling, handler, recorded_by, co)


ROLES_TOWARDS_THE_PLACE = [
    ("chief", "desk approver supervisor"),
    ("instructor", "desk approver supervisor"),
    ("deputy", "desk approver supervisor"),
    ("desk", "desk"),
    ("command_centre", "desk approver supervisor tie_breaker"),
    ("bureau_chief", "approver supervisor"),
    ("activity_office", "supervisor"),
    ("governance_centre", "tie_breaker"),
    ("community_officer", ""),
    ("partner_lead", ""),
    ("auditor", ""),
]


@pytest.mark.parametrize(("role", "expected"), ROLES_TOWARDS_THE_PLACE)
def test_role_becomes_a_hat_where_the_posting_reaches_the_matter(role: str, expected: str) -> None:
    by_place = member(Post(role, 9, (COUNTY,)))
    by_desk = member(Post(role, DESK, ()))
    assert hats(by_place, standing()) == set(expected.split())
    assert hats(by_desk, standing()) == set(expected.split())


@pytest.mark.parametrize(("role", "_expected"), ROLES_TOWARDS_THE_PLACE)
def test_role_is_no_hat_where_the_posting_does_not_reach(role: str, _expected: str) -> None:
    far_away = member(Post(role, 9, ((ELSEWHERE, ELSEWHERE + 999),)))
    assert hats(far_away, standing()) == frozenset()


# role in the handling unit: handler while nobody is named, while I am named, while somebody else is named
HANDLERS = [
    ("chief", True, True, True),
    ("instructor", True, True, True),
    ("deputy", True, True, True),
    ("desk", True, True, True),
    ("partner_lead", True, True, True),
    ("command_centre", True, True, True),
    ("governance_centre", True, True, True),
    ("community_officer", True, True, False),
    ("village_officer", True, True, False),
    ("case_officer", True, True, False),
    ("patrol_officer", True, True, False),
    ("fire_officer", True, True, False),
    ("household_officer", True, True, False),
    ("auxiliary", True, True, False),
    ("partner_staff", True, True, False),
    ("auditor", False, False, False),
    ("grid_member", False, False, False),
    ("bureau_chief", False, False, False),
    ("planner", False, False, False),
]


@pytest.mark.parametrize(("role", "open_to_unit", "named", "somebody_else"), HANDLERS)
def test_member_of_the_handling_unit_handles(
    role: str, open_to_unit: bool, named: bool, somebody_else: bool
) -> None:
    one = member(Post(role, PARTNER, ()))
    found = [
        Hat.HANDLER in hats(one, standing(handling=PARTNER, handler=handler))
        for handler in (None, ME, SOMEBODY)
    ]
    assert found == [open_to_unit, named, somebody_else]


def test_chief_contracted_to_a_village_elsewhere_is_an_officer_there() -> None:
    chief = member(
        Post("chief", STATION, ((ELSEWHERE, ELSEWHERE + 999),)), Post("village_officer", OTHER, (VILLAGE,))
    )
    there = hats(chief, standing(desk=OTHER, handling=OTHER))
    at_home = hats(chief, standing(area=ELSEWHERE, handling=STATION))
    assert there == {"handler"}
    assert at_home == {"desk", "approver", "supervisor", "handler"}


def test_unit_beside_the_lead_wears_the_co_handlers_hat() -> None:
    partner = member(Post("partner_staff", PARTNER, ()))
    assert hats(partner, standing(co=(PARTNER,))) == {"co_handler"}
    assert hats(partner, standing(co=(STATION,))) == frozenset()


def test_recorder_is_known_by_account() -> None:
    officer = member(Post("community_officer", 9, ()))
    assert hats(officer, standing(recorded_by=ACCOUNT)) == {"recorder"}
    assert hats(officer, standing(recorded_by=SOMEBODY)) == frozenset()


def test_public_without_account_recorded_nothing() -> None:
    assert hats(public_actor(), standing(recorded_by=None)) == frozenset()


def test_product_and_other_systems_wear_every_hat() -> None:
    for actor in (system_actor("sweep", *COUNTY), service_actor("12345", *COUNTY)):
        assert hats(actor, standing()) == {hat.value for hat in Hat}
