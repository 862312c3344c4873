"""Filters kept under a name: how many, whose, under which name; and what the database says of them and of batches."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from tests.cast import NOW
from tests.matters.conftest import Loop
from yicun.base.tenancy import scoped
from yicun.kernel.actor import system_actor
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.models import Bulk, BulkItem, SavedFilter
from yicun.matters.queries.saved import chips_for
from yicun.matters.rules import bulk as rules
from yicun.matters.terms import Action


def save(loop: Loop, username: str, name: str, **more: Any) -> SavedFilter:
    actor = loop.cast.actor(username)
    values = {"board": "untouched", "filters": {}} | more
    with scoped(actor):
        return services.save_filter(name=name, actor=actor, now=NOW, **values)


def code_of(deed: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value.code


@pytest.mark.parametrize(
    ("username", "name", "more", "code"),
    [
        ("lin_xiaowen", "  ", {}, "value.required"),
        ("lin_xiaowen", "隐患", {}, "saved_filter.name_taken"),
        ("lin_xiaowen", "人", {"filters": {"q": "35042919800101123X"}}, "saved_filter.personal"),
        ("lin_xiaowen", "新", {"filters": {"name": "张三"}}, "list.filter_unknown"),
        ("lin_xiaowen", "新", {"board": "elsewhere"}, "value.unknown_choice"),
        ("wang_jianguo", "新", {"is_shared": True}, "saved_filter.share_forbidden"),
    ],
)
def test_filter_is_refused_with_its_reason(
    loop: Loop, username: str, name: str, more: dict[str, Any], code: str
) -> None:
    save(loop, "lin_xiaowen", "隐患")
    assert code_of(lambda: save(loop, username, name, **more)) == code


def test_twenty_are_enough(loop: Loop) -> None:
    for place in range(20):
        save(loop, "lin_xiaowen", f"第{place}个")
    assert code_of(lambda: save(loop, "lin_xiaowen", "再来")) == "saved_filter.too_many"
    save(loop, "chen_zhiming", "别人的")


def test_choice_that_has_gone_costs_no_page(loop: Loop) -> None:
    """A place or a word of a list may go after it was kept; the others still show their numbers."""
    save(loop, "lin_xiaowen", "旧类别", filters={"kind": "rumour"})
    save(loop, "lin_xiaowen", "旧地方", filters={"area": "350429999999999"})
    save(loop, "lin_xiaowen", "旧单位", filters={"handling_unit_id": "nobody"})
    save(loop, "lin_xiaowen", "求助", filters={"kind": "help"})
    loop.record("li_xiuying")
    actor = loop.cast.actor("lin_xiaowen")
    with scoped(actor):
        chips = chips_for(actor, NOW)
    assert [(chip.name, chip.count) for chip in chips] == [
        ("旧类别", ""),
        ("旧地方", ""),
        ("旧单位", ""),
        ("求助", "1"),
    ]


def test_program_keeps_no_filter(loop: Loop) -> None:
    actor = system_actor("tests", 1, 2)
    with scoped(actor):
        kept: dict[str, Any] = {"name": "新", "board": "all", "filters": {}, "actor": actor, "now": NOW}
        assert code_of(lambda: services.save_filter(**kept)) == "account.no_posting"


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"position": 2}, "saved_filter_name_once"),
        ({"name": "别的"}, "saved_filter_place_once"),
        ({"name": "别的", "position": 21}, "saved_filter_at_most_twenty"),
    ],
)
def test_filter_that_cannot_be_is_not_stored(loop: Loop, changed: dict[str, Any], constraint: str) -> None:
    saved = save(loop, "lin_xiaowen", "隐患")
    assert broken_by(loop, lambda: SavedFilter.objects.bulk_create([like(saved, **changed)])) == constraint


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"confirmed_at": NOW}, "bulk_confirmed_with_action"),
        ({"finished_at": NOW}, "bulk_finished_when_confirmed"),
        ({"undo_asked_at": NOW}, "bulk_undone_when_finished"),
    ],
)
def test_batch_that_cannot_be_is_not_stored(loop: Loop, changed: dict[str, Any], constraint: str) -> None:
    prepared = prepare(loop)
    assert broken_by(loop, lambda: Bulk.objects.bulk_create([like(prepared, **changed)])) == constraint


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({}, "bulk_item_once"),
        ({"matter_id": uuid7(), "outcome": "lost"}, "bulk_item_outcome_known"),
        ({"matter_id": uuid7(), "undoing": "lost"}, "bulk_item_undoing_known"),
        ({"matter_id": uuid7(), "undoing": "undone"}, "bulk_item_undone_when_done"),
    ],
)
def test_row_of_a_batch_that_cannot_be_is_not_stored(
    loop: Loop, changed: dict[str, Any], constraint: str
) -> None:
    prepare(loop)
    with scoped(loop.cast.actor("lin_xiaowen")):
        item = BulkItem.objects.get()
    assert broken_by(loop, lambda: BulkItem.objects.bulk_create([like(item, **changed)])) == constraint


def prepare(loop: Loop) -> Bulk:
    actor, matter = loop.cast.actor("lin_xiaowen"), loop.record("li_xiuying")
    with scoped(actor):
        return services.prepare_bulk(matter_ids=[matter.pk], filters={}, actor=actor, now=NOW)


def like(row: Any, **changed: Any) -> Any:
    names = [field.attname for field in row._meta.concrete_fields]
    return type(row)(**{name: getattr(row, name) for name in names} | {"id": uuid7()} | changed)


def done_now(deed: Callable[[], object]) -> None:
    """What is checked at the end of a transaction is checked here."""
    deed()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def broken_by(loop: Loop, deed: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as error, scoped(loop.cast.actor("lin_xiaowen")):
        done_now(deed)
    cause: Any = error.value.__cause__
    return str(cause.diag.constraint_name)


@pytest.mark.parametrize(
    ("table", "row"),
    [(SavedFilter, lambda loop: save(loop, "lin_xiaowen", "隐患")), (Bulk, prepare), (BulkItem, prepare)],
)
def test_database_shows_them_to_their_owner_and_his_unit_alone(
    loop: Loop, table: Any, row: Callable[[Loop], object]
) -> None:
    row(loop)
    seen = {}
    for username in ("lin_xiaowen", "wang_jianguo", "luo_xiaomei", "zhou_yulan"):
        with scoped(loop.cast.actor(username)):
            seen[username] = table.objects.count()
    shared = 0 if table is SavedFilter else 1
    assert seen == {"lin_xiaowen": 1, "wang_jianguo": shared, "luo_xiaomei": 0, "zhou_yulan": 0}


@pytest.mark.parametrize(
    ("action", "confirmed", "finished", "asked", "hours", "code"),
    [
        ("note", NOW, NOW, None, 1, "bulk.not_undoable"),
        ("accept", None, None, None, 1, "bulk.still_running"),
        ("accept", NOW, None, None, 1, "bulk.still_running"),
        ("accept", NOW, NOW, NOW, 1, "bulk.undone_already"),
        ("accept", NOW, NOW, None, 25, "bulk.undo_too_late"),
    ],
)
def test_undoing_is_judged_by_what_and_when(
    action: str, confirmed: Any, finished: Any, asked: Any, hours: int, code: str
) -> None:
    now = NOW + timedelta(hours=hours)
    assert code_of(lambda: rules.check_undo(action, confirmed, finished, asked, now)) == code


@pytest.mark.parametrize(
    ("action", "before", "state", "is_a_way_back"),
    [
        ("accept", "recorded", "accepted", True),
        ("accept", "recorded", "assessed", False),
        ("accept", "assigned", "accepted", False),
        ("return_back", "handling", "assessed", True),
        ("close", "verified", "closed", True),
    ],
)
def test_way_back_is_the_way_there(action: str, before: str, state: str, is_a_way_back: bool) -> None:
    if is_a_way_back:
        rules.check_undoes(action, before, state)
    else:
        assert code_of(lambda: rules.check_undoes(action, before, state)) == "step.unavailable"


def test_rating_is_never_done_to_many(loop: Loop) -> None:
    prepared, actor = prepare(loop), loop.cast.actor("lin_xiaowen")
    assert Action.RATE not in rules.OFFERED
    with scoped(actor):
        asked: dict[str, Any] = {
            "bulk_id": prepared.pk,
            "action": "rate",
            "given": {},
            "actor": actor,
            "now": NOW,
        }
        assert code_of(lambda: services.confirm_bulk(**asked)) == "bulk.not_offered"
