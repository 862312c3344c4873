"""The ladder of supervision and the breaker of ties, as rules."""

from datetime import UTC, datetime, timedelta

import pytest

from yicun.kernel.refusals import Refused
from yicun.matters.rules.oversight import Rung, breaks_tie, check_return, height_at

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


@pytest.mark.parametrize(
    ("bounces", "hats", "expected"),
    [
        (0, {"desk"}, False),
        (1, {"desk"}, False),
        (1, {"tie_breaker"}, False),
        (2, {"tie_breaker"}, True),
        (2, {"desk", "tie_breaker"}, True),
        (5, {"tie_breaker"}, True),
        (2, {"desk"}, "bounce.needs_tie_breaker"),
        (3, set(), "bounce.needs_tie_breaker"),
    ],
)
def test_third_assignment_is_a_ruling(bounces: int, hats: set[str], expected: bool | str) -> None:
    if isinstance(expected, str):
        with pytest.raises(Refused) as refused:
            breaks_tie(bounces, frozenset(hats))
        assert (refused.value.code, refused.value.facts) == (expected, {"count": bounces})
    else:
        assert breaks_tie(bounces, frozenset(hats)) is expected


def test_ruling_cannot_be_returned() -> None:
    check_return(is_tie_broken=False)
    with pytest.raises(Refused) as refused:
        check_return(is_tie_broken=True)
    assert refused.value.code == "bounce.final"
