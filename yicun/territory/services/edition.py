"""The frame of every change of the reference data: who may, one at a time, a new edition at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from yicun.base.editions import renew
from yicun.kernel.actor import Actor, ActorKind
from yicun.territory.rules.units import check_planner


@contextmanager
def new_edition(actor: Actor) -> Iterator[None]:
    """Renewed before as well: that locks the edition's row, so changes queue up, and reads what others committed."""
    check_planner(actor.kind is ActorKind.SYSTEM, actor.roles)
    with transaction.atomic():
        renew("territory")
        yield
        renew("territory")
