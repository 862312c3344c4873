"""What a campaign counts, worked out from the matters by week and village; nobody types a number."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import listed
from yicun.matters import queries as matters
from yicun.matters.terms import CHOICES, Channel, Kind
from yicun.relief import terms
from yicun.relief.models import Definition, Demand
from yicun.relief.rules.counting import SORTED_BY, Week, checked_filter, week_of, weeks
from yicun.relief.rules.gate import Request
from yicun.territory import queries as territory

SCHEMES = {"incident_class": "incident", "dispute_type": "dispute"}


@dataclass(frozen=True, slots=True)
class VillageRow:
    code: int
    name: str
    by_week: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A table of weeks and villages, with its sums; every number is a count of matters that may be opened."""

    weeks: list[Week]
    villages: list[VillageRow]
    by_week: tuple[int, ...]
    total: int
    ended: int
    definition: Definition
    words: str
    place: str


def sorts() -> dict[str, dict[str, str]]:
    """The classes by which a campaign may be narrowed: field -> code -> label."""
    known = matters.categories()
    return {
        name: dict(known.get(SCHEMES[name], {})) if name in SCHEMES else CHOICES[name] for name in SORTED_BY
    }


def checked_counted(request: Request) -> tuple[dict[str, Any], int] | None:
    """The definition of a new campaign; None for a demand that is none."""
    if not request.defence:
        if request.counted:
            raise Refused("campaign.defence_missing")
        return None
    return checked_definition(request.counted, request.counted_area)


def checked_definition(counted: Mapping[str, Any], area: int | None) -> tuple[dict[str, Any], int]:
    chosen = checked_filter(counted, kinds=Kind.values, channels=Channel.values, categories=sorts())
    code = territory.home_county() if area is None else area
    if not territory.has_area(code):
        raise Refused("campaign.definition_unknown", value=str(code))
    return chosen, code


def definitions_of(demand: Demand) -> list[Definition]:
    """Newest first; reached only through a demand that the actor may see."""
    return list(Definition.objects.filter(demand_id=demand.pk).order_by("-version"))


def definition_words(definition: Definition) -> str:
    """What counts, as a sentence people check."""
    counted, known = definition.counted, sorts()
    parts = [
        listed(str(Kind(kind).label) for kind in counted["kinds"]),
        listed(str(Channel(channel).label) for channel in counted["channels"]),
        listed(
            known[name].get(code, code)
            for name, _, code in (one.partition("=") for one in counted["categories"])
        ),
    ]
    return terms.JOINED.join(filter(None, parts)) or terms.COUNTED_ALL


def counted_matters(
    demand: Demand, definition: Definition, actor: Actor, *, first: date | None = None, last: date | None = None,
    area: int | None = None,
) -> QuerySet[Any]:  # fmt: skip
    """The matters behind a number: visible to the actor, within the campaign, its area and what it counts."""
    begins = max(first or demand.starts_on, demand.starts_on)
    ends = min(last or demand.expires_on, demand.expires_on)
    found: QuerySet[Any] = matters.visible_to(actor).filter(
        _counts(definition.counted),
        recorded_at__gte=_midnight(begins),
        recorded_at__lt=_midnight(ends + timedelta(days=1)),
        area_code__range=territory.area(definition.counted_area).range,
    )
    return found if area is None else found.filter(area_code__range=territory.area(area).range)


def tally_of(demand: Demand, definition: Definition, actor: Actor, now: datetime) -> Tally:
    """One query, grouped by the database."""
    on = now.astimezone(SHANGHAI).date()
    all_weeks = weeks(demand.starts_on, demand.expires_on, on)
    counts: dict[int, dict[Week, int]] = defaultdict(lambda: defaultdict(int))
    ended = 0
    for code, day, number, over in _grouped(counted_matters(demand, definition, actor)):
        week = week_of(day, all_weeks)
        if week:
            counts[_village(code)][week] += number
            ended += over
    rows = [_village_row(code, found, all_weeks) for code, found in sorted(counts.items())]
    return Tally(
        weeks=all_weeks,
        villages=rows,
        by_week=tuple(sum(row.by_week[at] for row in rows) for at in range(len(all_weeks))),
        total=sum(row.total for row in rows),
        ended=ended,
        definition=definition,
        words=definition_words(definition),
        place=territory.short_path_of(definition.counted_area),
    )


def _grouped(found: QuerySet[Any]) -> QuerySet[Any]:
    day = TruncDate("recorded_at", tzinfo=SHANGHAI)
    over = Count("pk", filter=Q(ended_at__isnull=False))
    grouped = found.order_by().values_list("area_code", day)
    counted: QuerySet[Any] = grouped.annotate(number=Count("pk"), over=over)
    return counted


def _counts(counted: Mapping[str, list[str]]) -> Q:
    """A kind narrowed by classes counts only what is in one of them; the other kinds chosen count whole."""
    narrowed: dict[str, Q] = {}
    for one in counted["categories"]:
        name, _, code = one.partition("=")
        way = "startswith" if name in SCHEMES else "exact"
        narrowed[SORTED_BY[name]] = narrowed.get(SORTED_BY[name], Q()) | Q(
            **{f"details__{name}__{way}": code}
        )
    kinds = list(dict.fromkeys([*counted["kinds"], *narrowed]))
    chosen = Q()
    for kind in kinds:
        chosen |= Q(kind=kind) & narrowed.get(kind, Q())
    return chosen & Q(channel__in=counted["channels"]) if counted["channels"] else chosen


def _village_row(code: int, found: Mapping[Week, int], all_weeks: list[Week]) -> VillageRow:
    by_week = tuple(found.get(week, 0) for week in all_weeks)
    return VillageRow(code, territory.short_path_of(code), by_week, sum(by_week))


def _village(code: int) -> int:
    """The village of a grid; a matter without a village counts for its town or county."""
    village = code - code % 1_000
    return village if territory.has_area(village) else code


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
