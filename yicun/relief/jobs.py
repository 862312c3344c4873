"""The clock tick of relief: demands begin and end on their day."""

from django.utils import timezone
from procrastinate.contrib.django import app

from yicun.base.tenancy import scoped
from yicun.kernel.actor import system_actor
from yicun.relief import services
from yicun.relief.terms import SWEEPER
from yicun.territory import queries as territory


@app.periodic(cron="5 0,6 * * *")
@app.task(queueing_lock="sweep_demands")
def sweep_demands(timestamp: int) -> None:
    """After midnight, and once more in the morning; a bounded number per transaction."""
    now = timezone.now()
    actor = system_actor(SWEEPER, *territory.area(territory.home_county()).range)
    moved = 1
    while moved:
        with scoped(actor):
            moved = services.sweep(actor=actor, now=now)
