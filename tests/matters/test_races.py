"""Two at the same button: one does it, the other is told; nothing happens twice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections

from tests.cast import SYSTEM
from tests.databases import Clone
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.models import Clock, Entry, Matter

TOGETHER = 2


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed answered, all begun at the same moment in threads and connections of their own."""
    barrier = threading.Barrier(len(deeds))
    answers: list[Any] = [None] * len(deeds)

    def run(place: int) -> None:
        try:
            barrier.wait(30)
            answers[place] = deeds[place]()
        except Refused as refused:
            answers[place] = refused.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def press(loop: Loop, username: str, action: str, matter: Matter, version: int | None) -> Callable[[], str]:
    actor = loop.cast.actor(username)

    def deed() -> str:
        with scoped(actor):
            done = services.take_step(
                action=action, matter_id=matter.pk, given={}, actor=actor, now=loop.now, version=version
            )
        return str(done.state)

    return deed


@pytest.mark.parametrize(("sends_version", "loser"), [(True, "matter.changed"), (False, "step.unavailable")])
def test_two_officers_press_the_same_button(
    own_database: Clone, loop: Loop, sends_version: bool, loser: str
) -> None:
    matter = loop.record("li_xiuying")
    version = matter.version if sends_version else None
    answers = at_once(
        press(loop, "lin_xiaowen", "accept", matter, version),
        press(loop, "chen_zhiming", "accept", matter, version),
    )
    assert sorted(answers) == sorted(["accepted", loser])
    with scoped(SYSTEM):
        assert Matter.objects.get().version == 2
        assert Entry.objects.filter(verb="accept").count() == 1
        assert AuditEntry.objects.filter(verb="accept").count() == 1
        assert Clock.objects.filter(ended_at__isnull=True).count() == 1


def test_officer_who_looked_at_an_older_version_is_told_by_whom_it_changed(loop: Loop) -> None:
    seen = loop.record("li_xiuying")
    loop.do("lin_xiaowen", "note", seen, text="家属来电")
    actor = loop.cast.actor("chen_zhiming")
    with pytest.raises(Refused) as refused, scoped(actor):
        services.accept(matter_id=seen.pk, actor=actor, now=loop.now, version=seen.version)
    assert refused.value.code == "matter.changed"
    assert refused.value.facts == {"by": loop.cast.actor("lin_xiaowen").label}


def test_two_sweeps_at_once_move_each_matter_once(own_database: Clone, loop: Loop) -> None:
    for number in range(6):
        loop.record("li_xiuying", title=f"第 {number} 件")
    with scoped(SYSTEM):
        due_at = Matter.objects.values_list("due_at", flat=True)[0]
    assert due_at is not None

    def sweep() -> int:
        with scoped(SYSTEM):
            return services.supervise(actor=SYSTEM, now=due_at)

    assert sum(at_once(sweep, sweep)) == 6
    with scoped(SYSTEM):
        assert set(Matter.objects.values_list("version", flat=True)) == {2}
        assert Entry.objects.filter(verb="yellow").count() == 6


@contextmanager
def held(clone: Clone, table: str, key: UUID) -> Iterator[None]:
    """By a connection of its own, while this one waits no longer than a moment."""
    with psycopg.connect(clone.urls["app"]) as holder:
        lo, hi = SYSTEM.widest or (1, 0)
        holder.execute(
            "SELECT set_config('yicun.lo', %s, true), set_config('yicun.hi', %s, true)", [str(lo), str(hi)]
        )
        assert holder.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [key]).fetchone() == (1,)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        yield


def test_matter_held_by_somebody_else_for_too_long_is_busy(own_database: Clone, loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    actor = loop.cast.actor("lin_xiaowen")
    with held(own_database, "matters_matter", matter.pk), pytest.raises(Refused) as refused, scoped(actor):
        services.accept(matter_id=matter.pk, actor=actor, now=loop.now)
    assert refused.value.code == "server.busy"
    assert loop.do("lin_xiaowen", "accept", matter).state == "accepted"


def test_merge_waits_for_nobody_who_holds_the_other_matter(own_database: Clone, loop: Loop) -> None:
    matter, into = loop.record("li_xiuying"), loop.record("li_xiuying", title="同一堵墙")
    actor = loop.cast.actor("lin_xiaowen")
    with held(own_database, "matters_matter", into.pk), pytest.raises(Refused) as refused, scoped(actor):
        services.merge(matter_id=matter.pk, into_id=into.pk, actor=actor, now=loop.now)
    assert refused.value.code == "server.busy"
    assert loop.do("lin_xiaowen", "merge", matter, into_id=into.pk).state == "merged"
