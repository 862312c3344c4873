"""Whatever is done to a handful of matters in whatever order: no event, no clock and no lineage is lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.cast import SYSTEM
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel import clocks as law
from yicun.kernel.refusals import Refused
from yicun.matters.models import Clock, ClockEvent, Entry, Lineage, Matter
from yicun.matters.queries.reference import calendar, limit_row
from yicun.matters.rules.flow import ENDED
from yicun.matters.rules.limits import LedgerEvent, ledger_of

MOST = 4
CLOCKS_OF = {
    "recorded": {"acceptance"},
    "accepted": {"assessment"},
    "assessed": {"assignment"},
    "assigned": {"handling", "rework"},
    "handling": {"handling", "rework"},
}
REASON = {"reason": "理由"}
PLACES = st.integers(0, MOST - 1)
NAMED = st.sampled_from(["wang_jianguo", "zheng_haifeng"])
ONWARD = {
    "recorded": ("lin_xiaowen", "accept", {}),
    "accepted": ("lin_xiaowen", "assess", {"urgency": "ordinary"}),
    "assessed": ("wu_guoping", "assign", {"unit_id": "zhukou_station"}),
    "assigned": ("chen_zhiming", "take", {}),
}


def said(key: UUID) -> tuple[int, int, int]:
    """Its version, how many lines of history it has, and how many audit entries."""
    with scoped(SYSTEM):
        return (
            Matter.objects.get(pk=key).version,
            Entry.objects.filter(matter_id=key).count(),
            AuditEntry.objects.filter(subject_id=str(key)).count(),
        )


class Walk(RuleBasedStateMachine):
    """Every rule may be refused: then nothing at all has changed."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self.loop = loop
        self.keys: list[UUID] = [loop.record("li_xiuying").pk for _ in range(2)]
        self.lines: dict[UUID, int] = {}
        self.stood: dict[UUID, tuple[Any, ...]] = {}
        self.used: dict[UUID, Any] = {}

    def attempt(self, username: str, action: str, place: int, **given: Any) -> bool:
        key = self.keys[place % len(self.keys)]
        before = said(key)
        self.loop.now += timedelta(hours=5)
        try:
            self.loop.do(username, action, key, **self.loop.filled(given))
        except Refused:
            assert said(key) == before
            return False
        assert said(key) == (before[0] + 1, before[1] + 1, before[2] + 1)
        return True

    def standing(self, key: UUID) -> tuple[Any, ...]:
        with scoped(SYSTEM):
            matter = Matter.objects.get(pk=key)
            clock = Clock.objects.filter(matter_id=key, ended_at__isnull=True).values_list("pk", "started_at")
            return matter.state, matter.handling_unit_id, matter.handler_member_id, *clock

    @rule()
    def record(self) -> None:
        if len(self.keys) < MOST:
            self.keys.append(self.loop.record("li_xiuying").pk)

    @rule(place=PLACES, steps=st.integers(1, 4))
    def go_on(self, place: int, steps: int) -> None:
        for _ in range(steps):
            with scoped(SYSTEM):
                state = Matter.objects.get(pk=self.keys[place % len(self.keys)]).state
            if state in ONWARD:
                username, action, given = ONWARD[state]
                assert self.attempt(username, action, place, **given)

    @rule(place=PLACES, into=PLACES)
    def merge(self, place: int, into: int) -> None:
        key = self.keys[place % len(self.keys)]
        before = self.standing(key)
        if self.attempt("lin_xiaowen", "merge", place, into_id=self.keys[into % len(self.keys)]):
            self.stood[key] = before

    @rule(place=PLACES)
    def unmerge(self, place: int) -> None:
        key = self.keys[place % len(self.keys)]
        if self.attempt("lin_xiaowen", "unmerge", place, **REASON):
            assert self.standing(key) == self.stood.pop(key)

    @rule(place=PLACES, unit=st.sampled_from(["zhukou_station", "housing_bureau"]))
    def reassign(self, place: int, unit: str) -> None:
        self.attempt("zhou_yulan", "reassign", place, unit_id=unit, **REASON)

    @rule(place=PLACES, to=NAMED)
    def hand_over(self, place: int, to: str) -> None:
        self.attempt("chen_zhiming", "hand_over", place, to_member_id=self.loop.cast.members[to], **REASON)

    @rule(place=PLACES)
    def return_back(self, place: int) -> None:
        self.attempt("chen_zhiming", "return_back", place, **REASON)

    @rule(place=PLACES)
    def pause_or_resume(self, place: int) -> None:
        if not self.attempt("chen_zhiming", "pause", place, pause_reason="materials", text="等材料"):
            self.attempt("chen_zhiming", "resume", place)

    @invariant()
    def history_only_grows(self) -> None:
        for key in self.keys:
            lines = said(key)[1]
            assert lines >= self.lines.get(key, 1)
            self.lines[key] = lines

    @invariant()
    def each_open_matter_has_the_clock_its_state_asks_for(self) -> None:
        with scoped(SYSTEM):
            for matter in Matter.objects.filter(pk__in=self.keys):
                running = list(Clock.objects.filter(matter_id=matter.pk, ended_at__isnull=True))
                if matter.state in ENDED:
                    assert (running, matter.running_clock, matter.due_at) == ([], "", None)
                    continue
                (clock,) = running
                assert clock.name in CLOCKS_OF[matter.state]
                assert (matter.running_clock, matter.due_at) == (clock.name, clock.due_at)
                self.replayed(clock)

    def replayed(self, clock: Clock) -> None:
        """The deadline is what the ledger amounts to, and what was used up is never given back."""
        rows = ClockEvent.objects.filter(clock=clock).order_by("at", "id")
        ledger = ledger_of([LedgerEvent(row.kind, row.at, row.reason, row.amount, row.by) for row in rows])
        limit = limit_row(clock.limit_id).limit
        assert law.due(limit, clock.started_at, ledger, calendar()).due_at == clock.due_at
        used = law.used(limit, clock.started_at, self.loop.now, ledger, calendar())
        assert used >= self.used.get(clock.pk, used)
        self.used[clock.pk] = used

    @invariant()
    def lineage_is_a_tree_and_agrees_with_the_matters(self) -> None:
        with scoped(SYSTEM):
            rows = Lineage.objects.filter(matter_id__in=self.keys, undone_at__isnull=True)
            into = dict(rows.values_list("matter_id", "into_id"))
            merged = Matter.objects.filter(pk__in=self.keys, state="merged")
            assert dict(merged.values_list("pk", "merged_into_id")) == into
        for key in into:
            walked = [key]
            while walked[-1] in into:
                walked.append(into[walked[-1]])
                assert len(walked) <= len(self.keys), "a cycle"


def test_walk_in_any_order_loses_no_event_no_clock_and_no_lineage(loop: Loop) -> None:
    run_state_machine_as_test(
        lambda: Walk(loop),  # type: ignore[arg-type]
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with scoped(SYSTEM):
        taken_back = Lineage.objects.filter(undone_at__isnull=False).count()
        assert 0 < taken_back < Lineage.objects.count(), "the walks merged, and took some of it back"
