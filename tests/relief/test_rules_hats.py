"""Who is what to a demand before any row is read."""

import pytest

from yicun.kernel.actor import Actor, ActorKind
from yicun.relief.rules.hats import Hat, Standing, hats

DEMAND = Standing(area_code=350429000000000, issuer_unit_id=2, asked=(8,))


@pytest.mark.parametrize(
    ("kind", "worn"),
    [
        (ActorKind.SYSTEM, {Hat.CLOCK.value}),
        (ActorKind.SERVICE, set()),
        (ActorKind.PUBLIC, set()),
    ],
)
def test_only_people_and_the_clock_do_anything_with_a_demand(kind: ActorKind, worn: set[str]) -> None:
    assert hats(Actor(kind=kind, label="x"), DEMAND) == worn
