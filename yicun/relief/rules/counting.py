"""What a campaign counts: a filter over matters, kept as data, and its weeks."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yicun.kernel.refusals import Refused
from yicun.matters.terms import Kind

WEEK = timedelta(days=7)
# Details of a matter by which a campaign may be narrowed, and the kind that has them.
SORTED_BY = {
    "incident_class": Kind.INCIDENT.value,
    "dispute_type": Kind.DISPUTE.value,
    "hazard_kind": Kind.HAZARD.value,
    "help_kind": Kind.HELP.value,
    "service_kind": Kind.SERVICE.value,
}


@dataclass(frozen=True, slots=True)
class Week:
    first: date
    last: date


def checked_filter(
    given: Mapping[str, Any],
    *,
    kinds: Collection[str],
    channels: Collection[str],
    categories: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Kinds and channels of matters; `categories` as `field=code`. Something must be said, nothing may be unknown."""
    chosen = {
        "kinds": _known(given.get("kinds", ()), kinds),
        "channels": _known(given.get("channels", ()), channels),
        "categories": _known(
            given.get("categories", ()),
            {f"{name}={code}" for name in categories for code in categories[name]},
        ),
    }
    if not (chosen["kinds"] or chosen["channels"]):
        raise Refused("campaign.definition_missing")
    return chosen


def _known(values: Iterable[Any], known: Collection[str]) -> list[str]:
    found = sorted({str(value) for value in values})
    for value in found:
        if value not in known:
            raise Refused("campaign.definition_unknown", value=value[:40])
    return found


def weeks(starts_on: date, expires_on: date, on: date) -> list[Week]:
    """Calendar weeks of a campaign that have begun, clipped to its days, oldest first."""
    found: list[Week] = []
    first, end = starts_on, min(expires_on, on)
    while first <= end:
        last = first + timedelta(days=6 - first.weekday())
        found.append(Week(first, min(last, end)))
        first = last + timedelta(days=1)
    return found


def week_of(day: date, all_weeks: Iterable[Week]) -> Week | None:
    return next((week for week in all_weeks if week.first <= day <= week.last), None)
