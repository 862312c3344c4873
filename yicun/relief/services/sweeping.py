"""The clock's part: demands begin, end, and are complete when every unit has done what was asked once."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.relief.models import Addressee, Demand, Fulfilment
from yicun.relief.services.gate import complete, expire, start
from yicun.relief.terms import Cadence, DemandState
from yicun.territory import queries as territory

AT_ONCE = 200


def sweep(*, actor: Actor, now: datetime) -> int:
    """How many were moved; to be called again until none is."""
    on = now.astimezone(SHANGHAI).date()
    due = Demand.objects.filter(state=DemandState.ADMITTED, starts_on__lte=on)
    over = Demand.objects.filter(state=DemandState.RUNNING, expires_on__lt=on)
    owed = Addressee.objects.filter(
        ~Exists(Fulfilment.objects.filter(addressee_id=OuterRef("pk"))), demand_id=OuterRef("pk")
    )
    met = Demand.objects.filter(~Exists(owed), state=DemandState.RUNNING, cadence=Cadence.ONCE)
    with transaction.atomic():
        moved = 0
        for found, step in ((due, start), (met, complete), (over, expire)):
            for demand in found.order_by("expires_on", "id")[:AT_ONCE]:
                step(demand_id=demand.pk, actor=actor, now=now)
                moved += 1
        if moved:
            audit.record(
                verb="sweep",
                subject="relief.demands",
                subject_id=on.isoformat(),
                actor=actor,
                now=now,
                area_code=territory.home_county(),
                facts={"moved": moved},
            )
    return moved
