"""One deed done to many: like as many single steps, kept row by row, taken back without loss."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from tests.cast import CHENGDONG, SYSTEM, TODAY
from tests.databases import Clone
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry, Grant, Notice
from yicun.base.tenancy import scoped
from yicun.kernel import clocks as law
from yicun.kernel.actor import Actor, Post
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import jobs
from yicun.matters.models import Bulk, BulkItem, Clock, ClockEvent, CoHandler, Entry, Matter
from yicun.matters.queries import bulk as shown
from yicun.matters.queries.paper import paper_of
from yicun.matters.queries.reference import calendar, limit_row
from yicun.matters.rules.limits import LedgerEvent, ledger_of
from yicun.matters.services import bulk, undoing
from yicun.territory import queries as territory

LATER = timedelta(minutes=5)


class Many:
    """Batches as somebody of the cast does them."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop

    def prepared(self, username: str, matters: list[Any]) -> Bulk:
        actor = self.loop.cast.actor(username)
        keys = [one if isinstance(one, UUID) else one.pk for one in matters]
        with scoped(actor):
            return bulk.prepare_bulk(matter_ids=keys, filters={}, actor=actor, now=self.loop.now)

    def do(self, username: str, action: str, matters: list[Any], **given: Any) -> Bulk:
        return self.confirmed(username, self.prepared(username, matters), action, **given)

    def confirmed(self, username: str, prepared: Bulk, action: str, **given: Any) -> Bulk:
        actor = self.loop.cast.actor(username)
        self.loop.now += LATER
        with scoped(actor):
            bulk.confirm_bulk(bulk_id=prepared.pk, action=action, given=given, actor=actor, now=self.loop.now)
        return self.finished(username, prepared.pk, bulk.carry_out)

    def finished(self, username: str, bulk_id: UUID, carry: Any) -> Bulk:
        """What the worker does with the many."""
        actor = self.loop.cast.actor(username)
        moved = 1
        while moved:
            with scoped(actor):
                moved = carry(bulk_id=bulk_id, actor=actor, now=self.loop.now)
        with scoped(actor):
            return shown.bulk_of(bulk_id, actor)

    def undo(self, username: str, done: Bulk) -> Bulk:
        actor = self.loop.cast.actor(username)
        self.loop.now += LATER
        with scoped(actor):
            undoing.undo_bulk(bulk_id=done.pk, actor=actor, now=self.loop.now)
        return self.finished(username, done.pk, undoing.carry_back)

    def codes(self, done: Bulk) -> dict[UUID, str]:
        with scoped(self.loop.cast.actor("lin_xiaowen")):
            rows = BulkItem.objects.filter(bulk=done)
            return {row.matter_id: row.undo_code or row.code for row in rows}


@pytest.fixture
def many(loop: Loop) -> Many:
    return Many(loop)


def rows(model: Any, *without: str, **which: Any) -> list[dict[str, Any]]:
    with scoped(SYSTEM):
        return [
            {name: value for name, value in row.items() if name not in without}
            for row in model.objects.filter(**which).order_by("pk").values()
        ]


def tables(keys: list[UUID]) -> dict[str, Any]:
    """All that hangs on these matters, apart from ids and numbers."""
    mine = ("id", "matter_id", "number", "clock_id")
    audited = rows(AuditEntry, *mine, "xid", "logged_at", "request_id", "subject_id", subject_id__in=keys)
    for row in audited:
        row["facts"].pop("number")
    return {
        "matters": rows(Matter, *mine, pk__in=keys),
        "clocks": sorted(map(repr, rows(Clock, *mine, matter_id__in=keys))),
        "ledger": rows(ClockEvent, *mine, matter_id__in=keys),
        "entries": sorted(map(repr, rows(Entry, *mine, matter_id__in=keys))),
        "audit": sorted(map(repr, audited)),
        "grants": sorted((unit_id, reason) for unit_id, _, reason in grants(keys)),
    }


def standing(keys: list[UUID]) -> dict[str, Any]:
    """Where the matters stand and what runs: what an undoing brings back."""
    with scoped(SYSTEM):
        running = Clock.objects.filter(matter_id__in=keys, ended_at__isnull=True).order_by("matter_id")
        clocks = list(running.values("id", "name", "started_at", "due_at", "limit_id"))
    return {
        "matters": rows(Matter, "version", "changed_by", pk__in=keys),
        "running": clocks,
        "co_handlers": rows(CoHandler, matter_id__in=keys),
        "grants": grants(keys),
    }


def grants(keys: list[UUID]) -> list[tuple[int, UUID, str]]:
    """Of all units together: a grant is seen by its own unit alone."""
    posts = tuple(Post("system", unit.id, ()) for unit in territory.all_units(TODAY))
    with scoped(replace(SYSTEM, posts=posts)):
        found = Grant.objects.filter(subject_id__in=keys)
        return sorted(found.values_list("unit_id", "subject_id", "reason"))


def notices() -> dict[tuple[Any, ...], int]:
    posts = tuple(Post("system", unit.id, ()) for unit in territory.all_units(TODAY))
    with scoped(replace(SYSTEM, posts=posts)):
        return {(one.kind, one.unit_id): len(one.lines) for one in Notice.objects.all()}


KINDS: list[tuple[str, dict[str, Any]]] = [
    ("help", {}),
    ("dispute", {"dispute_type": "0201", "grade": "yellow"}),
    ("service", {"service_kind": "other"}),
    ("hazard", {"hazard_kind": "wiring", "spot": "灶间"}),
]


def some(loop: Loop, count: int) -> list[Matter]:
    """Recorded minutes apart: no two deadlines are alike."""
    made = []
    for place in range(count):
        loop.now += timedelta(minutes=1)
        made.append(one_of(loop, place))
    return made


def one_of(loop: Loop, place: int) -> Matter:
    kind, details = KINDS[place % len(KINDS)]
    return loop.record("li_xiuying", kind=kind, details=details, title=f"第{place}件")


COURSE: list[tuple[str, str, dict[str, Any]]] = [
    ("lin_xiaowen", "accept", {"text": "请先核实"}),
    ("lin_xiaowen", "assess", {"urgency": "urgent", "text": "尽快"}),
    ("lin_xiaowen", "assign", {"unit_id": "fire_rescue", "text": "请到场"}),
    ("lin_xiaowen", "remind", {"text": "请抓紧"}),
    ("xu_lixin", "return_back", {"reason": "不归我们"}),
    ("lin_xiaowen", "note", {"text": "再派"}),
    ("lin_xiaowen", "assign", {"unit_id": "zhukou_station"}),
]


def test_batch_leaves_the_tables_as_single_steps_do(loop: Loop, many: Many) -> None:
    singles, batch = [], []
    for place in range(6):
        loop.now += timedelta(minutes=1)
        singles.append(one_of(loop, place))
        batch.append(one_of(loop, place))
    for username, action, given in COURSE:
        told, values = notices(), loop.filled(given)
        many.do(username, action, batch, **values)
        grown_by_batch = growth(told, notices())
        told = notices()
        loop.now -= timedelta(hours=1)
        for matter in singles:
            # The page of one matter shows its grade and sends it along.
            own = {"grade": matter.grade} if action == "assess" else {}
            loop.do(username, action, matter, **values, **own)
            loop.now -= timedelta(hours=1)
        loop.now += timedelta(hours=1)
        assert growth(told, notices()) == grown_by_batch
        for done_together, done_alone in zip(batch, singles, strict=True):
            together, alone = tables([done_together.pk]), tables([done_alone.pk])
            for name, found in together.items():
                assert found == alone[name], (action, name)
    assert {row["state"] for row in tables([one.pk for one in batch])["matters"]} == {"assigned"}


def growth(before: dict[Any, int], after: dict[Any, int]) -> dict[Any, int]:
    return {key: count - before.get(key, 0) for key, count in after.items() if count != before.get(key, 0)}


def test_undoing_brings_everything_back_and_says_so(loop: Loop, many: Many) -> None:
    """A few hundred through every step that can be taken back; each time they stand again where they stood."""
    matters = [one_of(loop, place) for place in range(240)]
    keys = sorted(one.pk for one in matters)
    assigned = {"unit_id": "fire_rescue"}
    for username, action, given in [*COURSE[:2], ("lin_xiaowen", "assign", assigned), COURSE[4]]:
        before, values = standing(keys), loop.filled(given)
        done = many.do(username, action, matters, **values)
        assert shown_counts(username, done, loop) == (240, 0, 0, 0)
        assert standing(keys) != before
        back = many.undo(username, done)
        assert shown_counts(username, back, loop) == (240, 0, 240, 0)
        assert standing(keys) == before
        many.do(username, action, matters, **values)
    with scoped(SYSTEM):
        assert Entry.objects.filter(matter_id__in=keys, verb="undo").count() == 4 * 240
        assert AuditEntry.objects.filter(subject_id__in=keys, verb="undo").count() == 4 * 240
        assert ClockEvent.objects.filter(kind="set_aside").count() == 4 * 240
        assert ClockEvent.objects.filter(kind="taken_up").count() == 4 * 240


def shown_counts(username: str, done: Bulk, loop: Loop) -> tuple[int, int, int, int]:
    actor = loop.cast.actor(username)
    with scoped(actor):
        progress = shown.progress_of(done)
    return progress.done, progress.refused, progress.undone, progress.kept


def test_undone_closing_shares_again_and_runs_the_clock_on(loop: Loop, many: Many) -> None:
    matter = loop.reach("handling")
    loop.do("wang_jianguo", "add_co_handler", matter, unit_id=loop.cast.unit("fire_rescue"), text="看")
    loop.do("wang_jianguo", "feed_back", matter, result="好了")
    loop.do("lin_xiaowen", "verify", matter)
    before = standing([matter.pk])
    assert [reason for _, _, reason in grants([matter.pk])] == ["recorded", "co_handler"]
    done = many.do("lin_xiaowen", "close", [matter], text="办结")
    assert [reason for _, _, reason in grants([matter.pk])] == ["recorded"]
    many.undo("lin_xiaowen", done)
    assert standing([matter.pk]) == before


def test_clock_of_an_undone_batch_has_lost_no_time(loop: Loop, many: Many) -> None:
    matters = some(loop, 4)
    keys = [one.pk for one in matters]
    with scoped(SYSTEM):
        untouched = {one.matter_id: one.started_at for one in Clock.objects.filter(matter_id__in=keys)}
    many.undo("lin_xiaowen", many.do("lin_xiaowen", "accept", matters))
    loop.now += timedelta(hours=7)
    with scoped(SYSTEM):
        clocks = list(Clock.objects.filter(matter_id__in=keys).order_by("started_at"))
    running = {one.matter_id: one for one in clocks if one.ended_at is None}
    assert {key: one.started_at for key, one in running.items()} == untouched
    for one in running.values():
        limit = limit_row(one.limit_id).limit
        as_if_nothing = law.used(limit, untouched[one.matter_id], loop.now, (), calendar())
        with scoped(SYSTEM):
            ledger = ledger_of(
                [LedgerEvent(row.kind, row.at) for row in ClockEvent.objects.filter(clock_id=one.pk)]
            )
        assert law.used(limit, one.started_at, loop.now, ledger, calendar()) == as_if_nothing
    face = loop.detail("lin_xiaowen", matters[0])
    assert [(one.name, one.is_set_aside) for one in face.clocks] == [
        ("assessment", True),
        ("acceptance", False),
    ]
    on_paper = [(clock["name"], clock["state"]) for clock in paper_of(face)["clocks"]]
    assert on_paper == [("受理", "计时中"), ("研判", "随撤销作废")]


def test_what_was_touched_since_stays_and_says_by_whom(loop: Loop, many: Many) -> None:
    matters = some(loop, 3)
    done = many.do("lin_xiaowen", "accept", matters)
    loop.do("chen_zhiming", "assess", matters[1], urgency="urgent")
    back = many.undo("lin_xiaowen", done)
    assert shown_counts("lin_xiaowen", back, loop) == (3, 0, 2, 1)
    with scoped(loop.cast.actor("lin_xiaowen")):
        kept = shown.keepings_of(back)
    assert {key: (why.code, why.facts["by"]) for key, why in kept.items()} == {
        matters[1].pk: ("matter.changed", loop.cast.actor("chen_zhiming").label)
    }
    with scoped(SYSTEM):
        states = dict(Matter.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in matters] == ["recorded", "assessed", "recorded"]


def test_rows_that_changed_or_cannot_or_are_not_seen_are_left_out(loop: Loop, many: Many) -> None:
    matters = some(loop, 4)
    elsewhere = loop.record("luo_xiaomei", area_code=CHENGDONG, title="别处的事")
    nobody = uuid7()
    loop.do("lin_xiaowen", "accept", matters[1])
    prepared = many.prepared("lin_xiaowen", [*matters, elsewhere, nobody])
    loop.do("lin_xiaowen", "note", matters[2], text="先打电话")
    done = many.confirmed("lin_xiaowen", prepared, "accept")
    assert many.codes(done) == {
        matters[0].pk: "",
        matters[1].pk: "step.unavailable",
        matters[2].pk: "matter.changed",
        matters[3].pk: "",
        elsewhere.pk: "record.not_found",
        nobody: "record.not_found",
    }
    with scoped(loop.cast.actor("lin_xiaowen")):
        reasons = shown.reasons_of(shown.refusals_of(done), loop.cast.actor("lin_xiaowen"))
    assert [(one.count, len(one.matters)) for one in reasons] == [(2, 0), (1, 1), (1, 1)]


def test_outlook_counts_what_the_batch_then_does(loop: Loop, many: Many) -> None:
    matters = some(loop, 4)
    loop.do("lin_xiaowen", "accept", matters[0])
    prepared, actor = many.prepared("lin_xiaowen", matters), loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        offered = bulk.outlooks(prepared, actor=actor)
        seen = bulk.outlook(prepared, action="accept", given={}, actor=actor, now=loop.now)
    assert {action.value: one.able for action, one in offered.items()} == {
        "accept": 3,
        "assess": 1,
        "assign": 0,
        "close": 0,
        "return_back": 0,
        "remind": 4,
        "note": 4,
    }
    done = many.confirmed("lin_xiaowen", prepared, "accept")
    assert shown_counts("lin_xiaowen", done, loop)[:2] == (seen.able, len(seen.refused)) == (3, 1)


def test_batch_is_confirmed_once_and_goes_on_where_it_stopped(loop: Loop, many: Many) -> None:
    """More than are done at hand: nothing happens before the worker comes, and a second worker finds it done."""
    matters = [one_of(loop, place) for place in range(51)]
    prepared, actor = many.prepared("lin_xiaowen", matters), loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        bulk.confirm_bulk(bulk_id=prepared.pk, action="accept", given={}, actor=actor, now=loop.now)
        assert Matter.objects.filter(state="accepted").count() == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, lock FROM procrastinate_jobs WHERE args ->> 'bulk_id' = %s", [str(prepared.pk)]
        )
        assert cursor.fetchall() == [("yicun.matters.jobs.carry_out", f"bulk {prepared.pk}")]
    with pytest.raises(Refused) as again, scoped(actor):
        bulk.confirm_bulk(bulk_id=prepared.pk, action="accept", given={}, actor=actor, now=loop.now)
    assert again.value.code == "bulk.confirmed_already"
    assert not again.value.facts
    for _ in range(2):
        jobs.carry_out(str(prepared.pk), str(actor.account_id))
    with scoped(SYSTEM):
        assert Matter.objects.filter(state="accepted").count() == 51
        assert AuditEntry.objects.filter(verb="accept").count() == 51
    with scoped(actor):
        undoing.undo_bulk(bulk_id=prepared.pk, actor=actor, now=loop.now)
    for _ in range(2):
        jobs.carry_back(str(prepared.pk), str(actor.account_id))
    assert shown_counts("lin_xiaowen", shown_as(loop, prepared), loop) == (51, 0, 51, 0)


def test_batch_cut_off_in_the_middle_has_done_nothing_twice_or_by_half(loop: Loop, many: Many) -> None:
    """A worker that is killed takes its transaction with it; the next one begins there."""
    matters = [one_of(loop, place) for place in range(60)]
    prepared, actor = many.prepared("lin_xiaowen", matters), loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        bulk.confirm_bulk(bulk_id=prepared.pk, action="accept", given={}, actor=actor, now=loop.now)
    with pytest.raises(KeyboardInterrupt):
        interrupted(lambda: bulk.carry_out(bulk_id=prepared.pk, actor=actor, now=loop.now), actor)
    assert shown_counts("lin_xiaowen", shown_as(loop, prepared), loop) == (0, 0, 0, 0)
    jobs.carry_out(str(prepared.pk), str(actor.account_id))
    assert shown_counts("lin_xiaowen", shown_as(loop, prepared), loop) == (60, 0, 0, 0)
    with scoped(SYSTEM):
        assert Entry.objects.filter(verb="accept").count() == 60
        assert set(Matter.objects.values_list("version", flat=True)) == {2}


def interrupted(deed: Callable[[], object], actor: Actor) -> None:
    with scoped(actor):
        deed()
        raise KeyboardInterrupt


def test_right_that_is_gone_when_the_worker_comes_is_no_right(loop: Loop, many: Many) -> None:
    """The posting is asked for when the batch runs, not when it was confirmed."""
    matters = [one_of(loop, place) for place in range(51)]
    prepared, actor = many.prepared("lin_xiaowen", matters), loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        bulk.confirm_bulk(bulk_id=prepared.pk, action="accept", given={}, actor=actor, now=loop.now)
    moved_away = replace(actor, posts=(replace(actor.posts[0], role="household_officer"),))
    with scoped(moved_away):
        bulk.carry_out(bulk_id=prepared.pk, actor=moved_away, now=loop.now)
    assert set(many.codes(prepared).values()) == {"step.forbidden"}


def shown_as(loop: Loop, prepared: Bulk) -> Bulk:
    actor = loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        return shown.bulk_of(prepared.pk, actor)


def test_batch_only_looked_at_goes_after_a_day(loop: Loop, many: Many) -> None:
    matters = some(loop, 2)
    first = many.prepared("lin_xiaowen", matters)
    loop.now += timedelta(hours=1)
    second = many.prepared("lin_xiaowen", matters)
    assert many.confirmed("lin_xiaowen", first, "note", text="看过").finished_at
    loop.now += timedelta(hours=25)
    third = many.prepared("lin_xiaowen", matters)
    with scoped(loop.cast.actor("lin_xiaowen")):
        left = set(Bulk.objects.values_list("pk", flat=True))
    assert left == {first.pk, third.pk}
    assert second.pk not in left


@pytest.mark.parametrize("count", [0, 10_001])
def test_nothing_and_too_many_are_refused(loop: Loop, many: Many, count: int) -> None:
    with pytest.raises(Refused) as refused:
        many.prepared("lin_xiaowen", [uuid7() for _ in range(count)])
    assert refused.value.code == ("bulk.too_many" if count else "bulk.nothing_chosen")


def test_undoing_is_refused_with_its_reason(loop: Loop, many: Many) -> None:
    matters = some(loop, 2)
    noted = many.do("lin_xiaowen", "note", matters, text="已知")
    accepted = many.do("lin_xiaowen", "accept", matters)
    assert refusal_of(lambda: many.undo("lin_xiaowen", noted)) == "bulk.not_undoable"
    assert refusal_of(lambda: many.undo("wang_jianguo", accepted)) == "record.not_found"
    loop.now += timedelta(hours=24)
    assert refusal_of(lambda: many.undo("lin_xiaowen", accepted)) == "bulk.undo_too_late"
    loop.now -= timedelta(hours=12)
    many.undo("chen_zhiming", accepted)
    assert refusal_of(lambda: many.undo("lin_xiaowen", accepted)) == "bulk.undone_already"


def refusal_of(deed: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value.code


def test_one_that_cannot_be_stored_stops_no_other(own_database: Clone, loop: Loop, many: Many) -> None:
    matters = some(loop, 5)
    with psycopg.connect(own_database.urls["owner"], autocommit=True) as owner:
        owner.execute(
            "CREATE FUNCTION yicun.stop() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$"
        )
        owner.execute(
            "CREATE TRIGGER stop BEFORE UPDATE ON yicun.matters_matter FOR EACH ROW"
            f" WHEN (OLD.number = '{matters[3].number}') EXECUTE FUNCTION yicun.stop()"
        )
    done = many.do("lin_xiaowen", "accept", matters)
    assert [many.codes(done)[one.pk] for one in matters] == ["", "", "", "bulk.failed", ""]
    assert shown_counts("lin_xiaowen", done, loop) == (4, 1, 0, 0)
