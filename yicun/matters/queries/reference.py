"""Reference data of matters, answered from memory: limits, ladder, classifications, routing words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yicun.base.editions import Shelf
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.workdays import Calendar, official_calendar
from yicun.matters.models import CalendarDay, Category, ColumnMapping, RoutingWord, Supervision, TimeLimit
from yicun.matters.rules.flow import WORKFLOW
from yicun.matters.rules.limits import LimitRow
from yicun.matters.rules.oversight import Rung
from yicun.matters.rules.routing import Keyword, Keywords, route
from yicun.matters.rules.tables import arrangements

EDITION = "matters"


@dataclass(frozen=True, slots=True)
class _Reference:
    limits: dict[UUID, LimitRow]
    ladder: list[tuple[date, date | None, Rung]]
    categories: dict[str, dict[str, str]]
    words: Keywords
    calendar: Calendar


def _load() -> _Reference:
    limits = {
        row.pk: LimitRow(
            id=row.pk,
            clock=row.clock,
            kind=row.kind,
            urgency=row.urgency,
            channel=row.channel,
            unit=row.unit,
            amount=row.amount,
            pauses=tuple(row.pauses),
            extension_most=row.extension_most,
            article=row.article,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in TimeLimit.objects.order_by("starts_on", "id")
    }
    ladder = [
        (row.starts_on, row.ends_on, Rung(row.level, row.height, row.hours))
        for row in Supervision.objects.order_by("height")
    ]
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for category in Category.objects.filter(ends_on__isnull=True).order_by("scheme", "code"):
        labels[category.scheme][category.code] = category.label
    words = [
        Keyword(row.word, row.partner_kind, row.weight)
        for row in RoutingWord.objects.filter(ends_on__isnull=True).order_by("word")
    ]
    days = CalendarDay.objects.filter(ends_on__isnull=True).values_list("year", "day", "kind")
    calendar = official_calendar(arrangements(days))
    return _Reference(limits, ladder, dict(labels), Keywords(words), calendar)


_shelf = Shelf(EDITION, _load)


def calendar() -> Calendar:
    """The announced years, and those that the county loaded itself."""
    return _shelf.get().calendar


def limit_rows() -> list[LimitRow]:
    return list(_shelf.get().limits.values())


def limit_row(limit_id: UUID) -> LimitRow:
    return _shelf.get().limits[limit_id]


def rungs(now: datetime) -> list[Rung]:
    """The ladder in force, lowest rung first."""
    on = now.astimezone(SHANGHAI).date()
    return [
        rung for starts, ends, rung in _shelf.get().ladder if starts <= on and (ends is None or on < ends)
    ]


def categories() -> dict[str, dict[str, str]]:
    """Scheme -> code -> label."""
    return _shelf.get().categories


def suggested_partner(title: str, body: str) -> str | None:
    """The kind of body that the table of routing words names, or None."""
    return route(title, body, _shelf.get().words)


def mapping(name: str) -> dict[str, str]:
    """A saved column mapping: field -> header."""
    found = ColumnMapping.objects.filter(name=name).first()
    if found is None:
        raise Refused("mapping.unknown", name=name)
    columns: dict[str, str] = found.columns
    return columns


def workflow_table() -> list[dict[str, object]]:
    return WORKFLOW.as_table()
