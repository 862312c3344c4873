"""By which article something is due: what a list says beside its deadlines."""

from collections.abc import Iterable
from uuid import UUID

from yicun.matters.models import Clock, Matter
from yicun.matters.queries.reference import limit_row


def articles_of(found: Iterable[Matter]) -> dict[UUID, str]:
    """The article of each matter's running clock; one query. `found` was read by whoever may see it."""
    running = Clock.objects.filter(matter_id__in=[matter.pk for matter in found], ended_at__isnull=True)
    return {
        matter_id: limit_row(limit).article
        for matter_id, limit in running.values_list("matter_id", "limit_id")
    }
