"""Clock ticks of the loop."""

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from yicun.base.tenancy import scoped
from yicun.force import queries as force
from yicun.kernel.actor import system_actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters import services
from yicun.matters.services import bulk, undoing
from yicun.matters.terms import SWEEPER
from yicun.territory import queries as territory


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="supervise")
def supervise(timestamp: int) -> None:
    """A few hundred matters per transaction, until nothing is late beyond its rung."""
    now = timezone.now()
    actor = system_actor(SWEEPER, *territory.area(territory.home_county()).range)
    moved = 1
    while moved:
        with scoped(actor):
            moved = services.supervise(actor=actor, now=now)


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="forget_parties")
def forget_parties(timestamp: int) -> None:
    """Names and telephones go when their time is up."""
    now = timezone.now()
    actor = system_actor(SWEEPER, *territory.area(territory.home_county()).range)
    gone = 1
    while gone:
        with scoped(actor):
            gone = services.forget_parties(actor=actor, now=now)


@app.task
def carry_out(bulk_id: str, account_id: str) -> None:
    """A batch, some hundred matters per transaction, with the rights held while it runs. A second run finds it done."""
    _in_batches(bulk.carry_out, UUID(bulk_id), UUID(account_id))


@app.task
def carry_back(bulk_id: str, account_id: str) -> None:
    _in_batches(undoing.carry_back, UUID(bulk_id), UUID(account_id))


def _in_batches(carry: Callable[..., int], bulk_id: UUID, account_id: UUID) -> None:
    moved = 1
    while moved:
        now = timezone.now()
        actor = force.actor_for(account_id, now.astimezone(SHANGHAI).date())
        with scoped(actor):
            moved = carry(bulk_id=bulk_id, actor=actor, now=now)
