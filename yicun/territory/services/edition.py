"""The frame of every change of the reference data: who may, one at a time, a new stamp at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.ids import uuid7
from yicun.territory import queries
from yicun.territory.models import Edition
from yicun.territory.rules.units import check_planner


@contextmanager
def new_edition(actor: Actor) -> Iterator[None]:
    check_planner(actor.kind is ActorKind.SYSTEM, actor.roles)
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=1)
        queries.forget()
        yield
        Edition.objects.filter(pk=1).update(stamp=uuid7())
        queries.forget()
