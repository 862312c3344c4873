"""Market days of a town."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.territory import queries
from yicun.territory.models import MarketDay
from yicun.territory.rules.markets import check_rule
from yicun.territory.services.edition import new_edition
from yicun.territory.terms import AreaKind


def set_market_day(
    *, area_code: int, rule: str, days: Sequence[int], starts_on: date, actor: Actor, now: datetime
) -> int:
    """A new version from `starts_on` on; the one before ends that day."""
    check_rule(rule, days)
    with new_edition(actor):
        town = queries.area(area_code)
        if town.kind != AreaKind.TOWN:
            kind, needed = AreaKind(town.kind).label, AreaKind.TOWN.label
            raise Refused("area.kind_wrong", name=town.name, kind=kind, needed=needed)
        versions = MarketDay.objects.filter(area_id=area_code)
        if versions.filter(Q(starts_on__gte=starts_on) | Q(ends_on__gt=starts_on)).exists():
            raise Refused("market_day.later_change", town=town.name, on=starts_on)
        versions.filter(ends_on__isnull=True).update(ends_on=starts_on)
        written = MarketDay.objects.create(area_id=area_code, rule=rule, days=list(days), starts_on=starts_on)
        audit.record(
            verb="set_market_day",
            subject="territory.market_day",
            subject_id=written.id,
            actor=actor,
            now=now,
            area_code=area_code,
            facts={"rule": rule, "days": list(days), "starts_on": starts_on},
        )
        return written.id
