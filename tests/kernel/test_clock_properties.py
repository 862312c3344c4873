from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from yicun.kernel.clocks import (
    SHANGHAI,
    Due,
    Entry,
    Extension,
    Limit,
    Pause,
    Unit,
    due,
    left,
    total_amount,
    used,
)
from yicun.kernel.workdays import official_calendar

CALENDAR = official_calendar()
FOR_EVER = datetime(3000, 1, 1, tzinfo=SHANGHAI)
INSTANT = timedelta(microseconds=1)

moments = st.datetimes(datetime(2023, 11, 1), datetime(2027, 3, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=SHANGHAI)
)
days = st.dates(date(2023, 11, 1), date(2027, 3, 1))
limits = st.builds(Limit, st.sampled_from(Unit), st.integers(1, 40), rolls_over=st.booleans())
open_pauses = st.builds(Pause, st.one_of(days, moments))


@st.composite
def near_ledgers(draw: st.DrawFn) -> tuple[datetime, tuple[Entry, ...]]:
    """A start, and a ledger whose pauses lie about it."""
    start = draw(moments)
    count = draw(st.integers(0, 4))
    ledger: list[Entry] = []
    for _ in range(count):
        begins = start + timedelta(minutes=draw(st.integers(-3_000, 30_000)))
        length = timedelta(minutes=draw(st.integers(0, 15_000)))
        moment = Pause(begins, begins + length)
        whole = Pause(begins.date(), (begins + length).date())
        one_of: list[Entry] = [moment, whole, Extension(1 + length.seconds % 9, begins)]
        ledger.append(draw(st.sampled_from(one_of)))
    return start, tuple(ledger)


def _end(result: Due) -> datetime:
    return result.due_at or FOR_EVER


@given(limits, near_ledgers())
def test_a_clock_never_ends_before_its_start(limit: Limit, case: tuple[datetime, tuple[Entry, ...]]) -> None:
    start, ledger = case
    assert _end(due(limit, start, ledger, CALENDAR)) > start


@given(limits, st.integers(0, 20), near_ledgers())
def test_a_longer_limit_never_ends_earlier(
    limit: Limit, more: int, case: tuple[datetime, tuple[Entry, ...]]
) -> None:
    start, ledger = case
    longer = Limit(limit.unit, limit.amount + more, rolls_over=limit.rolls_over)
    assert _end(due(limit, start, ledger, CALENDAR)) <= _end(due(longer, start, ledger, CALENDAR))


@given(limits, near_ledgers(), st.data())
def test_another_entry_never_makes_a_clock_end_earlier(
    limit: Limit, case: tuple[datetime, tuple[Entry, ...]], data: st.DataObject
) -> None:
    start, ledger = case
    begins = start + timedelta(minutes=data.draw(st.integers(-3_000, 30_000)))
    ends = begins + timedelta(minutes=data.draw(st.integers(0, 15_000)))
    entry = data.draw(
        st.sampled_from([Pause(begins, ends), Pause(begins), Pause(begins.date(), ends.date())])
    )
    before, after = due(limit, start, ledger, CALENDAR), due(limit, start, (*ledger, entry), CALENDAR)
    assert _end(before) <= _end(after)


@given(limits, near_ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_a_ledger_changes_nothing(
    limit: Limit, case: tuple[datetime, tuple[Entry, ...]], random: Random
) -> None:
    start, ledger = case
    shuffled = random.sample(ledger, len(ledger))
    assert due(limit, start, ledger, CALENDAR).due_at == due(limit, start, shuffled, CALENDAR).due_at


@given(limits, moments, st.integers(-5, 30), st.integers(0, 10), st.integers(0, 10))
def test_a_pause_split_in_two_adjoining_days_is_the_same(
    limit: Limit, start: datetime, offset: int, first: int, second: int
) -> None:
    begins = start.date() + timedelta(days=offset)
    middle = begins + timedelta(days=first)
    ends = middle + timedelta(days=1 + second)
    whole = (Pause(begins, ends),)
    split = (Pause(begins, middle), Pause(middle + timedelta(days=1), ends))
    assert due(limit, start, whole, CALENDAR) == due(limit, start, split, CALENDAR)


@given(limits, moments, st.integers(-3_000, 30_000), st.integers(1, 9_000), st.integers(1, 9_000))
def test_a_pause_split_in_two_adjoining_spans_is_the_same(
    limit: Limit, start: datetime, offset: int, first: int, second: int
) -> None:
    begins = start + timedelta(minutes=offset)
    middle = begins + timedelta(minutes=first)
    ends = middle + timedelta(minutes=second)
    whole, split = (Pause(begins, ends),), (Pause(begins, middle), Pause(middle, ends))
    assert due(limit, start, whole, CALENDAR) == due(limit, start, split, CALENDAR)


@given(limits, near_ledgers(), st.integers(1, 40), moments)
def test_a_ledger_replayed_under_a_changed_rule_keeps_what_is_used(
    limit: Limit, case: tuple[datetime, tuple[Entry, ...]], amount: int, until: datetime
) -> None:
    start, ledger = case
    changed = Limit(limit.unit, amount, pauses=frozenset({"waiting"}), rolls_over=not limit.rolls_over)
    assert used(limit, start, until, ledger, CALENDAR) == used(changed, start, until, ledger, CALENDAR)


@given(limits, near_ledgers(), open_pauses, st.integers(-3_000, 60_000), st.integers(0, 10_000))
def test_no_clock_runs_backwards(
    limit: Limit, case: tuple[datetime, tuple[Entry, ...]], still: Pause, offset: int, later: int
) -> None:
    start, ledger = case
    until = start + timedelta(minutes=offset)
    after = until + timedelta(minutes=later)
    for entries_so_far in (ledger, (*ledger, still)):
        first = used(limit, start, until, entries_so_far, CALENDAR)
        assert 0 <= first <= used(limit, start, after, entries_so_far, CALENDAR)


@given(limits, near_ledgers())
def test_a_clock_ends_exactly_when_it_is_used_up(
    limit: Limit, case: tuple[datetime, tuple[Entry, ...]]
) -> None:
    start, ledger = case
    result = due(limit, start, ledger, CALENDAR)
    assert result.due_at is not None
    total, spent = total_amount(limit, ledger), used(limit, start, result.due_at, ledger, CALENDAR)
    assert left(limit, start, result.due_at, ledger, CALENDAR) == 0
    if limit.unit is Unit.NATURAL_DAY and limit.rolls_over:
        assert spent >= total
    else:
        assert spent == total
        assert used(limit, start, result.due_at - INSTANT, ledger, CALENDAR) < total


@given(limits, near_ledgers())
def test_the_steps_add_up_to_the_whole(limit: Limit, case: tuple[datetime, tuple[Entry, ...]]) -> None:
    start, ledger = case
    steps = due(limit, start, ledger, CALENDAR).steps
    counted = sum(step.counted for step in steps if step.kind in ("counted", "make_up"))
    assert abs(counted - total_amount(limit, ledger)) < 1e-6
    firsts = [step.starts for step in steps if step.kind not in ("extended", "provisional", "rolled_over")]
    assert firsts == sorted(firsts)


@given(st.sampled_from([Unit.WORKING_DAY, Unit.NATURAL_DAY]), st.integers(1, 40), near_ledgers())
def test_a_clock_in_days_ends_on_a_working_day_that_is_not_paused(
    unit: Unit, amount: int, case: tuple[datetime, tuple[Entry, ...]]
) -> None:
    start, ledger = case
    result = due(Limit(unit, amount), start, ledger, CALENDAR)
    assert result.due_on is not None
    assert CALENDAR.is_workday(result.due_on)
    day = Pause(result.due_on, result.due_on)
    later = due(Limit(unit, amount), start, (*ledger, day), CALENDAR).due_on
    assert later is not None
    assert later > result.due_on


@given(limits, near_ledgers(), st.integers(0, 60_000))
def test_a_later_start_never_ends_earlier(
    limit: Limit, case: tuple[datetime, tuple[Entry, ...]], minutes: int
) -> None:
    start, ledger = case
    later = start + timedelta(minutes=minutes)
    assert _end(due(limit, start, ledger, CALENDAR)) <= _end(due(limit, later, ledger, CALENDAR))


@given(limits, near_ledgers(), st.integers(0, 30_000))
def test_counting_broken_off_and_taken_up_again_ends_the_same(
    limit: Limit, case: tuple[datetime, tuple[Entry, ...]], minutes: int
) -> None:
    """What is left at any moment, counted from there through the same pauses, ends where the whole ends."""
    start, ledger = case
    until, still = start + timedelta(minutes=minutes), tuple(e for e in ledger if isinstance(e, Pause))
    whole, rest = due(limit, start, ledger, CALENDAR), left(limit, start, until, ledger, CALENDAR)
    if limit.unit is Unit.HOUR:
        gone = timedelta(hours=used(limit, start, until, ledger, CALENDAR))
        again = due(
            Limit(Unit.HOUR, total_amount(limit, ledger)), until - gone, _after(still, until), CALENDAR
        )
        assert rest == 0 or abs(_end(again) - _end(whole)) < timedelta(seconds=1)
    elif rest:
        yesterday = until.date() - timedelta(days=1)
        remaining = Limit(limit.unit, int(rest), rolls_over=limit.rolls_over)
        begun_again = max(yesterday, start.date())
        assert due(remaining, begun_again, still, CALENDAR).due_at == whole.due_at


def _after(pauses: tuple[Pause, ...], until: datetime) -> tuple[Pause, ...]:
    """The part of each pause that lies after this moment."""
    spans = [(max(p.span.starts, until), p.span.ends) for p in pauses]
    return tuple(Pause(starts, ends) for starts, ends in spans if ends is not None and ends > starts)
