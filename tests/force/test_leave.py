"""Who is away, and who signs meanwhile: noted, handed on, taken back; never handed on twice."""

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from tests.cast import NOW, SYSTEM, TODAY, Cast
from tests.databases import Clone
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.force import queries
from yicun.force.services import delegate, end_absence, note_absence, post, recall
from yicun.force.terms import AUDIT_VERBS
from yicun.force.terms.leave import AUDIT_VERBS as LEAVE_VERBS
from yicun.kernel.refusals import Refused

DAY = timedelta(days=1)
NOBODY = UUID("018f0000-0000-7000-8000-00000000dead")


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    """Zhukou gets a deputy; Shancheng has a chief of its own."""
    with scoped(SYSTEM):
        post(
            member_id=cast.members["zheng_haifeng"],
            unit_id=cast.unit("zhukou_station"),
            role="deputy",
            starts_on=TODAY - 30 * DAY,
            actor=SYSTEM,
            now=NOW,
        )
    return cast


def note(cast: Cast, by: str, who: str, **changed: Any) -> UUID:
    given: dict[str, Any] = {"kind": "leave", "starts_on": TODAY, "ends_on": TODAY + 3 * DAY} | changed
    actor = cast.actor(by)
    with scoped(actor):
        return note_absence(member_id=cast.members[who], actor=actor, now=NOW, **given)


def hand_on(cast: Cast, by: str, to: str, **changed: Any) -> UUID:
    given: dict[str, Any] = {"reason": "training", "starts_on": TODAY, "ends_on": TODAY + 3 * DAY} | changed
    actor = cast.actor(by)
    with scoped(actor):
        return delegate(delegate_id=cast.members[to], actor=actor, now=NOW, **given)


def refusal(deed: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        deed(*args, **given)
    return refused.value.code


def away(cast: Cast, on: date, unit: str = "zhukou_station") -> list[str]:
    return [row.name for row in queries.away_on(on, unit_ids=[cast.unit(unit)])]


def test_somebody_is_away_from_the_first_day_to_the_last(cast: Cast) -> None:
    note(cast, "wang_jianguo", "wang_jianguo", kind="business")
    (row,) = queries.away_on(TODAY)
    assert (row.name, row.kind_label, row.starts_on, row.until) == (
        "王建国",
        "公出",
        TODAY,
        TODAY + 2 * DAY,
    )
    assert [bool(away(cast, TODAY + days * DAY)) for days in (-1, 0, 2, 3)] == [False, True, True, False]
    assert away(cast, TODAY, "shancheng_station") == []
    assert queries.absences_of([cast.unit("zhukou_station")], TODAY) == [row]


@pytest.mark.parametrize(
    ("by", "may"),
    [
        ("wang_jianguo", True),
        ("lin_xiaowen", True),
        ("chen_zhiming", True),
        ("zhao_min", True),
        ("zheng_haifeng", False),
        ("qiu_wenbin", False),
        ("luo_xiaomei", False),
        ("he_meizhen", False),
    ],
)
def test_an_absence_is_noted_by_oneself_the_desk_or_a_leader(cast: Cast, by: str, may: bool) -> None:
    if may:
        note(cast, by, "wang_jianguo")
        assert away(cast, TODAY) == ["王建国"]
    else:
        assert refusal(note, cast, by, "wang_jianguo") == "absence.not_yours"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "illness"}, "absence.kind_unknown"),
        ({"ends_on": TODAY}, "absence.period_wrong"),
        ({"ends_on": date(9999, 1, 1)}, "absence.too_long"),
        ({"starts_on": date(1900, 1, 1), "ends_on": date(1900, 1, 3)}, "absence.too_early"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(cast: Cast, changed: dict[str, Any], code: str) -> None:
    assert refusal(note, cast, "wang_jianguo", "wang_jianguo", **changed) == code


def test_nobody_is_away_twice_at_one_time(cast: Cast) -> None:
    first = note(cast, "wang_jianguo", "wang_jianguo")
    assert refusal(note, cast, "lin_xiaowen", "wang_jianguo", kind="training") == "absence.twice"
    note(cast, "lin_xiaowen", "wang_jianguo", starts_on=TODAY + 3 * DAY, ends_on=TODAY + 4 * DAY)
    actor = cast.actor("chen_zhiming")
    with scoped(actor):
        end_absence(absence_id=first, actor=actor, now=NOW)
    assert away(cast, TODAY) == []
    note(cast, "wang_jianguo", "wang_jianguo", kind="training")


def test_an_absence_ends_today_and_one_to_come_is_taken_back(cast: Cast) -> None:
    begun = note(cast, "wang_jianguo", "wang_jianguo", starts_on=TODAY - DAY)
    ahead = note(cast, "wang_jianguo", "wang_jianguo", starts_on=TODAY + 5 * DAY, ends_on=TODAY + 6 * DAY)
    actor = cast.actor("wang_jianguo")
    with scoped(actor):
        for key in (begun, ahead):
            end_absence(absence_id=key, actor=actor, now=NOW)
        with pytest.raises(Refused, match="absence.over"):
            end_absence(absence_id=begun, actor=actor, now=NOW)
        with pytest.raises(Refused, match="absence.unknown"):
            end_absence(absence_id=NOBODY, actor=actor, now=NOW)
    assert [bool(away(cast, TODAY + days * DAY)) for days in (-1, 0, 5)] == [True, False, False]
    assert queries.absences_of([cast.unit("zhukou_station")], TODAY) == []


def test_a_delegate_signs_at_once_and_no_longer_when_recalled(staffed: Cast) -> None:
    key = hand_on(staffed, "chen_zhiming", "zheng_haifeng")
    deputy, chief = staffed.members["zheng_haifeng"], staffed.members["chen_zhiming"]
    (row,) = queries.signs_for(deputy, TODAY)
    assert (row.principal_id, row.principal, row.reason_label) == (chief, "陈志明（所长）", "培训")
    assert queries.delegate_of(chief, TODAY) == row
    assert queries.signs_for(deputy, TODAY + 3 * DAY) == []
    actor = staffed.actor("chen_zhiming")
    with scoped(actor):
        recall(delegation_id=key, actor=actor, now=NOW)
        with pytest.raises(Refused, match="delegation.over"):
            recall(delegation_id=key, actor=actor, now=NOW)
    assert queries.signs_for(deputy, TODAY) == []
    hand_on(staffed, "chen_zhiming", "zhao_min")


def test_who_signs_for_another_bears_both_names_and_the_others_post(staffed: Cast) -> None:
    hand_on(staffed, "chen_zhiming", "zhao_min", kinds=["closing"])
    chief, bureau = staffed.members["chen_zhiming"], staffed.actor("zhao_min")
    signing = queries.signing_as(bureau, chief, "closing", TODAY)
    assert signing.label == "赵敏（局领导）代陈志明（所长）"
    assert signing.roles == {"bureau_chief", "chief"}
    assert (signing.account_id, signing.member_id) == (bureau.account_id, bureau.member_id)
    assert queries.signing_as(bureau, chief, "extension", TODAY) is bureau, "not of what was handed on"
    assert queries.signing_as(bureau, None, "closing", TODAY) is bureau
    stranger = staffed.actor("qiu_wenbin")
    assert queries.signing_as(stranger, chief, "closing", TODAY) is stranger


@pytest.mark.parametrize(
    ("by", "to", "code"),
    [
        ("chen_zhiming", "chen_zhiming", "delegation.to_oneself"),
        ("chen_zhiming", "qiu_wenbin", "delegation.delegate_unfit"),
        ("chen_zhiming", "lin_xiaowen", "delegation.delegate_unfit"),
        ("chen_zhiming", "huang_defu", "delegation.delegate_unfit"),
        ("zhao_min", "chen_zhiming", "delegation.delegate_unfit"),
        ("wang_jianguo", "chen_zhiming", "delegation.not_a_leader"),
        ("he_meizhen", "chen_zhiming", "delegation.not_a_leader"),
    ],
)
def test_the_signature_goes_to_a_leader_beside_or_above(staffed: Cast, by: str, to: str, code: str) -> None:
    assert refusal(hand_on, staffed, by, to) == code


def test_an_auxiliary_is_never_offered_as_delegate(staffed: Cast) -> None:
    offered = queries.possible_delegates(staffed.actor("chen_zhiming"), TODAY)
    assert [row.label for row in offered] == ["郑海峰（副所长）", "赵敏（局领导）"]
    assert queries.possible_delegates(staffed.actor("lin_xiaowen"), TODAY) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reason": "whim"}, "absence.kind_unknown"),
        ({"kinds": ["everything"]}, "delegation.kind_unknown"),
        ({"starts_on": TODAY - 3 * DAY, "ends_on": TODAY}, "delegation.period_over"),
        ({"ends_on": TODAY}, "absence.period_wrong"),
        ({"ends_on": date(9999, 1, 1)}, "absence.too_long"),
    ],
)
def test_a_delegation_that_cannot_be_is_refused(staffed: Cast, changed: dict[str, Any], code: str) -> None:
    assert refusal(hand_on, staffed, "chen_zhiming", "zhao_min", **changed) == code


def test_what_was_handed_on_is_not_handed_on_again(staffed: Cast) -> None:
    hand_on(staffed, "chen_zhiming", "zheng_haifeng")
    assert refusal(hand_on, staffed, "chen_zhiming", "zhao_min") == "delegation.twice"
    assert refusal(hand_on, staffed, "zheng_haifeng", "zhao_min") == "delegation.chain"
    assert refusal(hand_on, staffed, "zheng_haifeng", "chen_zhiming") == "delegation.chain"
    hand_on(staffed, "zheng_haifeng", "zhao_min", starts_on=TODAY + 3 * DAY, ends_on=TODAY + 4 * DAY)


def test_nobody_who_is_away_signs_for_others(staffed: Cast) -> None:
    note(staffed, "zheng_haifeng", "zheng_haifeng")
    assert refusal(hand_on, staffed, "chen_zhiming", "zheng_haifeng") == "delegation.delegate_away"


def test_only_who_gave_it_takes_a_delegation_back(staffed: Cast) -> None:
    key = hand_on(staffed, "chen_zhiming", "zheng_haifeng")
    actor = staffed.actor("zheng_haifeng")
    with scoped(actor):
        assert refusal(recall, delegation_id=key, actor=actor, now=NOW) == "delegation.unknown"
        assert refusal(recall, delegation_id=NOBODY, actor=actor, now=NOW) == "delegation.unknown"


def test_each_deed_of_leave_leaves_one_entry_of_its_own_verb(staffed: Cast) -> None:
    absence = note(staffed, "wang_jianguo", "wang_jianguo")
    key = hand_on(staffed, "chen_zhiming", "zhao_min")
    officer, chief = staffed.actor("wang_jianguo"), staffed.actor("chen_zhiming")
    with scoped(officer):
        end_absence(absence_id=absence, actor=officer, now=NOW)
    with scoped(chief):
        recall(delegation_id=key, actor=chief, now=NOW)
    with scoped(SYSTEM):
        found = AuditEntry.objects.filter(verb__in=LEAVE_VERBS).values_list("verb", "actor_label")
        assert list(found.order_by("id")) == [
            ("note_absence", "王建国（社区民警）"),
            ("delegate", "陈志明（所长）"),
            ("end_absence", "王建国（社区民警）"),
            ("recall", "陈志明（所长）"),
        ]
    assert not LEAVE_VERBS.keys() & AUDIT_VERBS.keys()


def test_of_two_delegations_at_once_one_stands(own_database: Clone, staffed: Cast) -> None:
    """The second waits for the first one's row and is then refused in words, not by the database."""
    outcomes: list[str] = []
    start = Barrier(2)

    def give(to: str) -> None:
        try:
            start.wait()
            hand_on(staffed, "chen_zhiming", to)
            outcomes.append("given")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=give, args=(name,)) for name in ("zhao_min", "zheng_haifeng")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["delegation.twice", "given"]
