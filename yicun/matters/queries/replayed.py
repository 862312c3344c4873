"""What came of messages that were replayed, read from the matters and their handling clocks."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db.models import Count, Q

from yicun.kernel.actor import Actor
from yicun.matters.models import Clock
from yicun.matters.queries.access import visible_to
from yicun.matters.rules.replaying import Handled
from yicun.matters.terms import ClockName, State
from yicun.territory import queries as territory

AT_ONCE = 1_000


def handled_of(channel: str, keys: Iterable[str], actor: Actor) -> list[Handled]:
    """Of these numbers: every matter that was answered, with the deadline it had then."""
    found: list[Handled] = []
    for some in _chunks(keys):
        answered = visible_to(actor).filter(channel=channel, source_key__in=some, fed_back_at__isnull=False)
        rows = list(answered.values_list("pk", "handling_unit_id", "recorded_at", "fed_back_at"))
        clocks = Clock.objects.filter(name=ClockName.HANDLING, matter_id__in=[row[0] for row in rows])
        due = dict(clocks.order_by("started_at").values_list("matter_id", "due_at"))
        found += [
            Handled(territory.unit_row(unit_id).name, asked_at, due.get(matter_id), answered_at)
            for matter_id, unit_id, asked_at, answered_at in rows
            if answered_at is not None
        ]
    return found


def counts_of(channel: str, keys: Iterable[str], actor: Actor) -> dict[str, int]:
    """Of these numbers: how many are stored, and how many are closed."""
    total = {"recorded": 0, "closed": 0}
    for some in _chunks(keys):
        stored = visible_to(actor).filter(channel=channel, source_key__in=some)
        numbers = stored.aggregate(recorded=Count("id"), closed=Count("id", filter=Q(state=State.CLOSED)))
        total = {name: total[name] + numbers[name] for name in total}
    return total


def _chunks(keys: Iterable[str]) -> Iterable[Sequence[str]]:
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some
