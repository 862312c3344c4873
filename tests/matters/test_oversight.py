"""The ladder of supervision and the breaker of ties, as rules."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.refusals import Refused
from yicun.matters.rules.oversight import (
    Rung,
    breaks_tie,
    check_return,
    height_at,
    is_handler,
    is_same_person,
)

DUE = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
LADDER = [Rung("remind", 1, -24), Rung("yellow", 2, 0), Rung("red", 3, 48), Rung("leader", 4, 120)]


@pytest.mark.parametrize(
    ("hours", "height"),
    [(-25, 0), (-24, 1), (-1, 1), (0, 2), (47, 2), (48, 3), (119, 3), (120, 4), (9_999, 4)],
)
def test_matter_climbs_hour_by_hour(hours: int, height: int) -> None:
    assert height_at(LADDER, DUE, DUE + timedelta(hours=hours)) == height


def test_matter_without_deadline_stays_on_the_ground() -> None:
    assert height_at(LADDER, None, DUE) == 0
    assert height_at([], DUE, DUE) == 0


STATION, HOUSING = 7, 8


@pytest.mark.parametrize(
    ("bounces", "hats", "ruled", "expected"),
    [
        (0, {"desk"}, None, False),
        (1, {"desk"}, None, False),
        (1, {"tie_breaker"}, None, False),
        (2, {"tie_breaker"}, None, True),
        (2, {"desk", "tie_breaker"}, HOUSING, True),
        (5, {"tie_breaker"}, None, True),
        (2, {"desk"}, STATION, True),
        (2, {"desk"}, None, "bounce.needs_tie_breaker"),
        (2, {"desk"}, HOUSING, "bounce.needs_tie_breaker"),
        (3, set(), None, "bounce.needs_tie_breaker"),
    ],
)
def test_third_assignment_is_a_ruling_and_a_ruling_stands(
    bounces: int, hats: set[str], ruled: int | None, expected: bool | str
) -> None:
    if isinstance(expected, str):
        with pytest.raises(Refused) as refused:
            breaks_tie(bounces, frozenset(hats), unit_id=STATION, ruled_unit_id=ruled)
        assert (refused.value.code, refused.value.facts) == (expected, {"count": bounces})
    else:
        assert breaks_tie(bounces, frozenset(hats), unit_id=STATION, ruled_unit_id=ruled) is expected


ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("actor", "account_id", "label", "expected"),
    [
        (Actor(ActorKind.MEMBER, "王建国（所长）", ONE), ONE, "王建国（社区民警）", True),
        (Actor(ActorKind.MEMBER, "王建国（所长）", ONE), OTHER, "王建国（所长）", False),
        (Actor(ActorKind.MEMBER, "王建国（所长）", ONE), None, "王建国（所长）", False),
        (Actor(ActorKind.SYSTEM, "重放"), None, "重放", True),
        (Actor(ActorKind.SYSTEM, "重放"), None, "住建局", False),
        (Actor(ActorKind.SYSTEM, "重放"), ONE, "重放", False),
    ],
)
def test_person_is_known_by_the_account_and_a_program_by_its_name(
    actor: Actor, account_id: UUID | None, label: str, expected: bool
) -> None:
    assert is_same_person(actor, account_id, label) is expected


def test_handler_is_the_member_who_took_it() -> None:
    member = Actor(ActorKind.MEMBER, "王建国", ONE, OTHER)
    assert is_handler(member, OTHER)
    assert not is_handler(member, ONE)
    assert not is_handler(member, None)
    assert not is_handler(Actor(ActorKind.SYSTEM, "重放"), None)


def test_ruling_cannot_be_returned() -> None:
    check_return(is_tie_broken=False)
    with pytest.raises(Refused) as refused:
        check_return(is_tie_broken=True)
    assert refused.value.code == "bounce.final"
