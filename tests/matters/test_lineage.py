"""Matters come together and apart again; nothing of either is lost."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import psycopg
import pytest

from tests.cast import CHENGDONG, NOW, SYSTEM
from tests.databases import Clone
from tests.matters.conftest import Loop
from tests.matters.test_hands import running
from tests.matters.test_promises import broken_by, like, stored
from tests.matters.test_races import at_once
from yicun.base import inbox
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.models import ClockEvent, Lineage, Matter
from yicun.matters.rules.drafting import PartyDraft

MERGEABLE = ["recorded", "accepted", "assessed", "assigned", "handling"]
APART = {"reason": "不是同一件事"}


@pytest.mark.parametrize("state", MERGEABLE)
def test_merge_taken_back_restores_state_handler_and_clock(loop: Loop, state: str) -> None:
    kept, matter = loop.record("li_xiuying"), loop.reach(state)
    key, name, started_at, due_at = running(matter)
    merged = loop.do("lin_xiaowen", "merge", matter, into_id=kept.pk, sameness="same_cause", text="同一起因")
    assert (merged.state, merged.running_clock, merged.due_at) == ("merged", "", None)
    with scoped(SYSTEM):
        lineage = Lineage.objects.get()
    assert (lineage.state_before, lineage.clock_id, lineage.sameness) == (state, key, "same_cause")
    loop.now += timedelta(days=30)
    assert loop.refusal("wang_jianguo", "unmerge", matter, **APART) == "step.forbidden"
    assert loop.refusal("luo_xiaomei", "unmerge", matter, **APART) == "record.not_found"
    assert loop.refusal("lin_xiaowen", "unmerge", matter, reason="") == "step.incomplete"
    back = loop.do("lin_xiaowen", "unmerge", matter, **APART)
    assert (back.state, back.merged_into, back.ended_at, back.reopenings) == (state, None, None, 0)
    assert (back.handling_unit_id, back.handler_member_id) == (
        matter.handling_unit_id,
        matter.handler_member_id,
    )
    again = running(matter)
    assert again[:3] == (key, name, started_at)
    assert again[3] is not None and due_at is not None
    assert again[3] > due_at, "the month as merged did not count"
    with scoped(SYSTEM):
        ledger = list(
            ClockEvent.objects.filter(clock_id=key).order_by("at").values_list("kind", "at", "reason")
        )
        lineage.refresh_from_db()
    assert ledger == [("pause", lineage.merged_at, "merged"), ("resume", loop.now, "")]
    assert (lineage.undone_at, lineage.undone_for) == (loop.now, "不是同一件事")
    assert loop.refusal("lin_xiaowen", "unmerge", matter, **APART) == "step.unavailable"


def test_paused_matter_is_still_paused_when_its_merge_is_taken_back(loop: Loop) -> None:
    kept, matter = loop.record("li_xiuying"), loop.reach("handling")
    loop.do("wang_jianguo", "pause", matter, pause_reason="materials", text="等户主")
    loop.do("lin_xiaowen", "merge", matter, into_id=kept.pk)
    back = loop.do("lin_xiaowen", "unmerge", matter, **APART)
    assert (back.state, back.running_clock, back.due_at) == ("handling", "handling", None)
    with scoped(SYSTEM):
        assert ClockEvent.objects.filter(matter_id=matter.pk).count() == 1
    assert loop.do("wang_jianguo", "resume", matter).due_at is not None


def test_rung_of_supervision_is_taken_up_again(loop: Loop) -> None:
    kept, matter = loop.record("li_xiuying"), loop.reach("handling")
    loop.now += timedelta(days=60)
    with scoped(SYSTEM):
        services.supervise(actor=SYSTEM, now=loop.now)
        height = Matter.objects.get(pk=matter.pk).supervision
    loop.do("lin_xiaowen", "merge", matter, into_id=kept.pk)
    assert height > 0
    assert loop.do("lin_xiaowen", "unmerge", matter, **APART).supervision == height


def test_matter_goes_only_into_an_open_one_that_is_in_no_other(loop: Loop) -> None:
    first, second, third = (loop.record("li_xiuying") for _ in range(3))
    loop.do("lin_xiaowen", "merge", second, into_id=first.pk)
    with pytest.raises(Refused) as refused:
        loop.do("lin_xiaowen", "merge", third, into_id=second.pk)
    assert refused.value.code == "merge.target_merged"
    assert refused.value.facts == {"number": second.number, "into": first.number}
    assert loop.refusal("lin_xiaowen", "merge", first, into_id=second.pk) == "merge.target_merged", "no cycle"
    wrong = loop.refusal("lin_xiaowen", "merge", third, into_id=first.pk, sameness="alike")
    assert wrong == "value.unknown_choice"


def test_survivor_shows_what_came_to_it_and_the_merged_one_where_it_went(loop: Loop) -> None:
    reporter = (PartyDraft("reporter", "张三丰", "13800000000"),)
    first, second = loop.record("li_xiuying", parties=reporter), loop.record("li_xiuying")
    last = loop.reach("handling")
    loop.do("lin_xiaowen", "merge", first, into_id=second.pk, sameness="follow_up")
    loop.do("lin_xiaowen", "merge", second, into_id=last.pk)
    seen = loop.detail("lin_xiaowen", last)
    with scoped(SYSTEM):
        rows = queries.merged_rows_of(seen)
    shown = [(one["row"].matter.number, one["sameness"], one["is_indirect"]) for one in rows]
    assert shown == [(second.number, "同一件事", False), (first.number, "后续情况", True)]
    assert [one["reporters"] for one in rows] == [[], ["张**"]]
    assert loop.detail("lin_xiaowen", first).survivor == last
    assert [entry.verb for entry in seen.entries].count("merge") == 0
    told = loop.cast.actor("wang_jianguo")
    with scoped(told):
        assert inbox.for_actor(told).filter(kind="merged_here").exists()


def test_only_whoever_sees_both_reads_what_came_together(loop: Loop) -> None:
    far, kept = loop.record("fan_jinsheng", area_code=CHENGDONG), loop.reach("handling")
    loop.do("zhou_yulan", "merge", far, into_id=kept.pk)
    assert [row.matter_id for row in loop.detail("zhou_yulan", kept).merged] == [far.pk]
    assert loop.detail("lin_xiaowen", kept).merged == []
    seen = loop.detail("luo_xiaomei", far)
    assert (seen.survivor, seen.matter.merged_into) == (None, None)
    back = loop.do("luo_xiaomei", "unmerge", far, **APART)
    assert (back.state, back.merged_into_id) == ("recorded", None)


def test_co_handlers_stay_with_their_matter_and_see_it_again(loop: Loop) -> None:
    kept, matter = loop.record("li_xiuying"), loop.reach("handling")
    loop.do("wang_jianguo", "add_co_handler", matter, unit_id=loop.cast.unit("fire_rescue"), text="看线路")
    loop.do("lin_xiaowen", "merge", matter, into_id=kept.pk)
    assert loop.refusal("xu_lixin", "answer_as_co_handler", matter, text="好") == "record.not_found"
    loop.do("lin_xiaowen", "unmerge", matter, **APART)
    assert loop.do("xu_lixin", "answer_as_co_handler", matter, text="线路正常").state == "handling"


def test_two_desks_that_merge_a_pair_in_opposite_directions_make_no_cycle(
    own_database: Clone, loop: Loop
) -> None:
    one, other = loop.record("li_xiuying"), loop.record("li_xiuying")

    def into(matter: Matter, target: Matter, username: str) -> Any:
        actor = loop.cast.actor(username)

        def deed() -> str:
            with scoped(actor):
                return str(
                    services.merge(matter_id=matter.pk, into_id=target.pk, actor=actor, now=loop.now).state
                )

        return deed

    answers = at_once(into(one, other, "lin_xiaowen"), into(other, one, "chen_zhiming"))
    assert sorted(answers) == ["merge.target_merged", "merged"]
    with scoped(SYSTEM):
        assert Lineage.objects.count() == 1


@pytest.fixture
def row(loop: Loop) -> Lineage:
    kept, matter = loop.record("li_xiuying"), loop.record("li_xiuying")
    loop.do("lin_xiaowen", "merge", matter, into_id=kept.pk)
    with scoped(SYSTEM):
        return Lineage.objects.get()


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({}, "lineage_one_open_merge"),
        ({"into_id": "self"}, "lineage_into_another"),
        ({"sameness": "alike"}, "lineage_sameness_known"),
        ({"state_before": "closed"}, "lineage_state_before_known"),
        ({"undone_at": NOW - timedelta(days=400), "undone_by": "x"}, "lineage_undone_by_somebody"),
        ({"undone_by": "x"}, "lineage_undone_by_somebody"),
    ],
)
def test_lineage_that_cannot_be_is_not_stored(row: Lineage, changed: dict[str, Any], constraint: str) -> None:
    if "into_id" in changed:
        other = {"matter_id": row.into_id, "into_id": row.into_id}
        assert broken_by(stored(row, **other)) == constraint
    else:
        assert broken_by(stored(row, **changed)) == constraint


def test_database_closes_no_cycle_and_keeps_the_history_of_merges(loop: Loop, row: Lineage) -> None:
    into_merged = like(row, matter_id=row.into_id, into_id=row.matter_id)
    assert broken_by(lambda: Lineage.objects.bulk_create([into_merged])) == "lineage_into_a_survivor"
    found = Lineage.objects.filter(pk=row.pk)
    assert broken_by(lambda: found.update(text="别的")) == "lineage_is_history"
    assert broken_by(found.delete) == "lineage_is_history"
    loop.do("lin_xiaowen", "unmerge", row.matter_id, **APART)
    assert broken_by(lambda: found.update(undone_by="别人")) == "lineage_is_history"


def test_matter_merged_before_there_was_a_lineage_is_given_one(
    own_database: Clone, row: Lineage, loop: Loop
) -> None:
    """The migration works it out from clocks and history; without a row taking back is refused with a sentence."""
    lo, hi = SYSTEM.widest or (1, 0)
    with psycopg.connect(own_database.urls["owner"]) as owner:
        owner.execute(
            "SELECT set_config('yicun.lo', %s, true), set_config('yicun.hi', %s, true)", [str(lo), str(hi)]
        )
        owner.execute("ALTER TABLE matters_lineage DISABLE TRIGGER lineage_only_grows")
        owner.execute("DELETE FROM matters_lineage")
    assert loop.refusal("lin_xiaowen", "unmerge", row.matter_id, **APART) == "merge.undone"
    with psycopg.connect(own_database.urls["owner"]) as owner:
        owner.execute(import_module("yicun.matters.migrations.0009_lineage").EARLIER)
    with scoped(SYSTEM):
        made = Lineage.objects.get()
    for name in ("matter_id", "into_id", "clock_id", "state_before", "merged_at", "merged_by", "sameness"):
        assert getattr(made, name) == getattr(row, name), name
    assert loop.do("lin_xiaowen", "unmerge", row.matter_id, **APART).state == "recorded"
