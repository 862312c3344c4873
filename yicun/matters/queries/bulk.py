"""Batches as they are shown: how far, what came of each matter, and why not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused, sentence
from yicun.matters.models import Bulk, BulkItem, Matter
from yicun.matters.queries.access import visible_to
from yicun.matters.queries.rows import unit_name
from yicun.matters.rules.bulk import check_undo
from yicun.matters.rules.hats import LEADERS
from yicun.matters.terms import GIVEN, Action, Urgency
from yicun.matters.terms.bulk import OUT_OF_SIGHT, Outcome, Undoing

# Behind each reason: enough to look into; the sheet has them all.
NAMED = 100
NEWEST = 50


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some were not done, with the first of them; what one may not see is counted and not named."""

    sentence: str
    count: int
    matters: list[Matter]


@dataclass(frozen=True, slots=True)
class Progress:
    bulk: Bulk
    label: str
    done: int
    refused: int
    waiting: int
    undone: int
    kept: int

    @property
    def handled(self) -> int:
        return self.done + self.refused

    @property
    def is_running(self) -> bool:
        return self.bulk.confirmed_at is not None and self.bulk.finished_at is None

    @property
    def is_undoing(self) -> bool:
        return self.bulk.undo_asked_at is not None and self.bulk.undone_at is None


def bulk_of(bulk_id: UUID, actor: Actor) -> Bulk:
    found = _seen_by(actor).filter(pk=bulk_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def bulks_for(actor: Actor) -> list[Progress]:
    """The newest that were confirmed: one's own, and for a leader those of his unit."""
    found = _seen_by(actor).filter(confirmed_at__isnull=False).order_by("-prepared_at", "-id")[:NEWEST]
    bulks = list(found)
    counts = _counts(bulks)
    return [_progress(bulk, counts[bulk.pk]) for bulk in bulks]


def progress_of(bulk: Bulk) -> Progress:
    return _progress(bulk, _counts([bulk])[bulk.pk])


def may_be_undone(bulk: Bulk, now: datetime) -> bool:
    """Whether the button makes sense; the service decides."""
    try:
        check_undo(bulk.action, bulk.confirmed_at, bulk.finished_at, bulk.undo_asked_at, now)
    except Refused:
        return False
    return True


def reasons_of(refused: Mapping[UUID, Refused], actor: Actor) -> list[Reason]:
    """Grouped by the sentence, the most frequent first."""
    grouped = _by_sentence(refused)
    wanted = [key for keys in grouped.values() for key in keys[:NAMED]]
    known = visible_to(actor).in_bulk(wanted)
    reasons = [
        Reason(said, len(keys), [known[key] for key in keys[:NAMED] if key in known])
        for said, keys in grouped.items()
    ]
    return sorted(reasons, key=lambda one: (-one.count, one.sentence))


def sentences_of(refused: Mapping[UUID, Refused]) -> list[tuple[int, str]]:
    """How many for which reason, without naming them."""
    counts = [(len(keys), said) for said, keys in _by_sentence(refused).items()]
    return sorted(counts, key=lambda one: (-one[0], one[1]))


def _by_sentence(refused: Mapping[UUID, Refused]) -> dict[str, list[UUID]]:
    grouped: dict[str, list[UUID]] = defaultdict(list)
    for key, why in refused.items():
        grouped[sentence(why)].append(key)
    return grouped


def told_of(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What each matter was told, in words."""
    return [(GIVEN[name], _in_words(name, value)) for name, value in given.items()]


def _in_words(name: str, value: Any) -> str:
    if name == "unit_id":
        return unit_name(int(value))
    return str(Urgency(value).label) if name == "urgency" else str(value)


def refusals_of(bulk: Bulk) -> dict[UUID, Refused]:
    rows = BulkItem.objects.filter(bulk=bulk, outcome=Outcome.REFUSED).order_by("matter_id")
    return {row.matter_id: Refused(row.code, **row.facts) for row in rows}


def keepings_of(bulk: Bulk) -> dict[UUID, Refused]:
    """What was not taken back, and why."""
    rows = BulkItem.objects.filter(bulk=bulk, undoing=Undoing.KEPT).order_by("matter_id")
    return {row.matter_id: Refused(row.undo_code, **row.undo_facts) for row in rows}


def sheet_of(bulk: Bulk, actor: Actor) -> Iterable[dict[str, Any]]:
    """A row for each matter, by column name."""
    items = list(BulkItem.objects.filter(bulk=bulk).order_by("outcome", "matter_id"))
    keys = [item.matter_id for item in items]
    known = visible_to(actor).only("number", "title").in_bulk(keys)
    for item in items:
        matter = known.get(item.matter_id)
        yield {
            "number": matter.number if matter else OUT_OF_SIGHT,
            "title": matter.title if matter else "",
            "outcome": Outcome(item.outcome).label,
            "why": sentence(Refused(item.code, **item.facts)) if item.code else "",
            "undoing": Undoing(item.undoing).label,
            "why_kept": sentence(Refused(item.undo_code, **item.undo_facts)) if item.undo_code else "",
        }


def _seen_by(actor: Actor) -> QuerySet[Bulk]:
    led = [post.unit_id for post in actor.posts if post.role in LEADERS and post.unit_id]
    done_there = Q(unit_id__in=led, confirmed_at__isnull=False)
    return Bulk.objects.filter(Q(account_id=actor.account_id) | done_there)


def _counts(bulks: list[Bulk]) -> dict[UUID, dict[str, int]]:
    counts: dict[UUID, dict[str, int]] = {bulk.pk: defaultdict(int) for bulk in bulks}
    rows = BulkItem.objects.filter(bulk__in=bulks).values("bulk_id", "outcome", "undoing")
    for row in rows.annotate(many=Count("pk")):
        counts[row["bulk_id"]][row["outcome"]] += row["many"]
        counts[row["bulk_id"]][row["undoing"]] += row["many"]
    return counts


def _progress(bulk: Bulk, counts: Mapping[str, int]) -> Progress:
    return Progress(
        bulk=bulk,
        label=str(Action(bulk.action).label) if bulk.action else "",
        done=counts[Outcome.DONE],
        refused=counts[Outcome.REFUSED],
        waiting=counts[Outcome.WAITING],
        undone=counts[Undoing.UNDONE],
        kept=counts[Undoing.KEPT],
    )
