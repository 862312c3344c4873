"""Clock ticks of the register.

A change of jurisdictions is made below this module, often for a day to come, and nobody below calls upwards. So the
register looks for itself: no caller can forget it, and a worker that slept catches up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from yicun.base.pages import today
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor, system_actor
from yicun.registry import queries, services
from yicun.registry.terms import KEEPER
from yicun.territory import queries as territory


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="follow_jurisdictions")
def follow_jurisdictions(timestamp: int) -> None:
    """Places go to the unit that is in charge of their area today; nothing is written while all is right."""
    with _keeping() as (actor, on, now):
        if queries.held_wrongly(on, actor):
            services.follow_jurisdictions(on=on, actor=actor, now=now)


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="forget_contacts")
def forget_contacts(timestamp: int) -> None:
    """Hourly rather than daily: a contact is gone within the hour after its last midnight, or soon after a pause."""
    with _keeping() as (actor, on, now):
        if queries.expired_contacts(on, actor):
            services.forget_contacts(on=on, actor=actor, now=now)


@contextmanager
def _keeping() -> Iterator[tuple[Actor, date, datetime]]:
    now = timezone.now()
    actor = system_actor(KEEPER, *territory.area(territory.home_county()).range)
    with scoped(actor):
        yield actor, today(now), now
