"""Clock ticks of the loop."""

from django.utils import timezone
from procrastinate.contrib.django import app

from yicun.base.tenancy import scoped
from yicun.kernel.actor import system_actor
from yicun.matters import services
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
