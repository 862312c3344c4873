from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import (
    CHENGDONG,
    COUNTY,
    LONGHU_VILLAGE,
    NOW,
    SHANCHENG,
    SHANGQING,
    SYSTEM,
    TODAY,
    XIAQU,
    ZHUKOU,
    ZHUKOU_VILLAGE,
    Cast,
)
from yicun.base.accounts import open_account
from yicun.force import queries
from yicun.force.services import end_posting, enrol, load_cast, post, transfer
from yicun.force.terms import AUDIT_VERBS
from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.territory import queries as territory
from yicun.territory.rules.jurisdictions import Move
from yicun.territory.services import close_unit, set_jurisdictions

TOMORROW = TODAY + timedelta(days=1)


def main_posting(cast: Cast, username: str) -> UUID:
    return next(row.posting_id for row in queries.postings_of(cast.members[username]) if row.is_main)


def given(cast: Cast, username: str, actor: Actor = SYSTEM, **cells: Any) -> UUID:
    plain = {"unit_id": cast.unit("zhukou_station"), "role": "patrol_officer", "starts_on": TODAY}
    return post(member_id=cast.members[username], **{**plain, **cells}, actor=actor, now=NOW)


def refused_code(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


@pytest.mark.parametrize(
    "username, label, widest, codes, units",
    [
        ("zhao_min", "赵敏（局领导）", (COUNTY, COUNTY + 10**9 - 1), 0, ["taining_bureau"]),
        ("zhou_yulan", "周玉兰（指挥室民警）", (COUNTY, COUNTY + 10**9 - 1), 0, ["command_centre"]),
        ("wu_guoping", "吴国平（综治中心干部）", (COUNTY, COUNTY + 10**9 - 1), 0, ["governance_centre"]),
        ("sun_li", "孙立（审计员）", (COUNTY, COUNTY + 10**9 - 1), 0, ["audit_division"]),
        ("chen_zhiming", "陈志明（所长）", (ZHUKOU, ZHUKOU + 999999), 17, ["zhukou_station"]),
        ("qiu_wenbin", "邱文斌（所长）", (SHANCHENG, SHANCHENG + 999999), 0, ["shancheng_station"]),
        ("wang_jianguo", "王建国（社区民警）", (ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999), 4, ["zhukou_station"]),
        (
            "li_xiuying",
            "李秀英（办案民警）",
            (LONGHU_VILLAGE, LONGHU_VILLAGE + 999),
            0,
            ["criminal_division", "longhu_point"],
        ),
        ("huang_defu", "黄德福（辅警）", (ZHUKOU_VILLAGE, ZHUKOU_VILLAGE + 999), 0, ["zhukou_office"]),
        (
            "liao_shuifa",
            "廖水发（网格员）",
            (ZHUKOU_VILLAGE + 1, ZHUKOU_VILLAGE + 1),
            0,
            ["zhukou_government"],
        ),
        ("he_meizhen", "何美珍（协同单位负责人）", None, 0, ["zhukou_judicial"]),
        ("gao_yuming", "高裕民（协同单位经办人）", None, 0, ["housing_bureau"]),
    ],
)
def test_an_account_acts_with_the_reach_of_its_posts(
    cast: Cast, username: str, label: str, widest: tuple[int, int] | None, codes: int, units: list[str]
) -> None:
    actor = cast.actor(username)
    assert (actor.kind, actor.label, actor.widest) == (ActorKind.MEMBER, label, widest)
    assert (actor.member_id, actor.account_id) == (cast.members[username], cast.accounts[username])
    assert len(actor.codes) == codes
    assert list(actor.unit_ids) == [cast.unit(code) for code in units]


def test_a_chief_of_two_towns_reaches_the_second_by_its_codes(cast: Cast) -> None:
    codes = cast.actor("chen_zhiming").codes
    assert codes == territory.codes_within([(SHANGQING, SHANGQING + 999999)])


def test_roles_hold_where_their_post_reaches(cast: Cast) -> None:
    detective = cast.actor("li_xiuying")
    assert detective.roles == {"case_officer", "village_officer"}
    assert detective.roles_for(LONGHU_VILLAGE + 1) == {"village_officer"}
    assert detective.roles_for(CHENGDONG) == frozenset()
    assert detective.roles_for(CHENGDONG, [cast.unit("criminal_division")]) == {"case_officer"}


def test_an_actor_costs_two_queries(cast: Cast) -> None:
    cast.actor("wang_jianguo")
    with CaptureQueriesContext(connection) as asked:
        cast.actor("chen_zhiming")
    assert len(asked) == 2


def test_rights_end_with_the_post_at_once(cast: Cast) -> None:
    desk = main_posting(cast, "lin_xiaowen")
    assert cast.actor("lin_xiaowen").roles == {"desk"}
    end_posting(posting_id=desk, ends_on=TODAY, actor=cast.actor("chen_zhiming"), now=NOW)
    actor = cast.actor("lin_xiaowen")
    assert (actor.posts, actor.widest, actor.codes, actor.label) == ((), None, (), "林晓雯")
    assert actor.member_id == cast.members["lin_xiaowen"]
    assert cast.actor("lin_xiaowen", TODAY - timedelta(days=1)).roles == {"desk"}


def test_a_new_post_opens_at_once_and_runs_beside_the_others(cast: Cast) -> None:
    given(cast, "wang_jianguo", unit_id=cast.unit("xiaqu_station"), role="deputy")
    actor = cast.actor("wang_jianguo")
    assert actor.roles == {"community_officer", "deputy"}
    assert actor.widest == (XIAQU, XIAQU + 999999)
    assert ZHUKOU_VILLAGE + 1 in actor.codes
    assert actor.unit_id == cast.unit("zhukou_station")


def test_rights_follow_a_moved_jurisdiction(cast: Cast) -> None:
    moves = [Move(cast.unit("shancheng_station"), SHANGQING, SHANGQING + 999999)]
    set_jurisdictions(function="management", moves=moves, starts_on=TODAY, actor=SYSTEM, now=NOW)
    assert cast.actor("chen_zhiming").codes == ()
    assert SHANGQING in cast.actor("qiu_wenbin").codes


def test_a_closed_unit_gives_nothing(cast: Cast) -> None:
    close_unit(unit_id=cast.unit("housing_bureau"), ends_on=TODAY, actor=SYSTEM, now=NOW)
    assert cast.actor("gao_yuming").posts == ()


def test_an_account_without_a_member_has_no_post(cast: Cast) -> None:
    account = open_account(username="visitor", label="来客", password=None, actor=SYSTEM, now=NOW)
    actor = queries.actor_for(account.id, TODAY)
    assert (actor.label, actor.member_id, actor.posts) == ("", None, ())


def test_a_chief_enrols_and_posts_in_the_own_station(cast: Cast) -> None:
    chief = cast.actor("chen_zhiming")
    office = cast.unit("zhukou_office")
    member_id = enrol(name="刘新", kind="auxiliary", badge="F9", unit_id=office, actor=chief, now=NOW)
    posting_id = post(
        member_id=member_id,
        unit_id=office,
        role="auxiliary",
        starts_on=TODAY,
        is_main=True,
        actor=chief,
        now=NOW,
    )
    found = queries.member_at(office, member_id, TODAY)
    assert found is not None
    assert (found.posting_id, found.label, found.account_id) == (posting_id, "刘新（辅警）", None)
    assert queries.member(member_id).badge == "F9"
    assert queries.label_for(member_id, TODAY) == "刘新（辅警）"
    assert queries.label_for(member_id, TODAY - timedelta(days=1)) == "刘新"


@pytest.mark.parametrize("username", ["qiu_wenbin", "lin_xiaowen", "he_meizhen"])
def test_others_cannot_change_people_of_a_station(cast: Cast, username: str) -> None:
    actor = cast.actor(username)
    station, desk = cast.unit("zhukou_station"), main_posting(cast, "lin_xiaowen")
    calls = [
        lambda: enrol(name="刘新", kind="officer", unit_id=station, actor=actor, now=NOW),
        lambda: given(cast, "wang_jianguo", actor=actor),
        lambda: end_posting(posting_id=desk, ends_on=TODAY, actor=actor, now=NOW),
        lambda: transfer(posting_id=desk, unit_id=station, role="deputy", on=TODAY, actor=actor, now=NOW),
    ]
    assert [refused_code(call) for call in calls] == ["force.not_leader"] * 4


@pytest.mark.parametrize(
    "cells, code",
    [
        ({"badge": "T00104"}, "member.badge_taken"),
        ({"name": ""}, "member.name_missing"),
        ({"kind": "robot"}, "member.kind_unknown"),
    ],
)
def test_a_member_that_cannot_be_is_refused(cast: Cast, cells: dict[str, Any], code: str) -> None:
    plain = {"name": "刘新", "kind": "officer", "unit_id": cast.unit("zhukou_station")}
    assert refused_code(lambda: enrol(**{**plain, **cells}, actor=SYSTEM, now=NOW)) == code


def test_an_account_belongs_to_one_member(cast: Cast) -> None:
    account_id = cast.accounts["wang_jianguo"]
    station = cast.unit("zhukou_station")
    with pytest.raises(Refused, match="member.account_taken"):
        enrol(name="刘新", kind="officer", unit_id=station, account_id=account_id, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    "username, cells, code",
    [
        ("wang_jianguo", {"role": "emperor"}, "posting.role_unknown"),
        ("huang_defu", {}, "posting.role_not_for_kind"),
        ("wang_jianguo", {"unit": "housing_bureau"}, "posting.role_not_for_unit"),
        ("wang_jianguo", {"starts_on": date(1999, 1, 1)}, "posting.unit_not_open"),
        ("wang_jianguo", {"area_code": ZHUKOU}, "posting.area_wrong"),
        ("wang_jianguo", {"area_code": ZHUKOU + 7}, "area.unknown"),
        ("wang_jianguo", {"ends_on": TODAY}, "posting.period_wrong"),
        ("wang_jianguo", {"role": "community_officer", "area_code": ZHUKOU_VILLAGE}, "posting.twice"),
        ("wang_jianguo", {"is_main": True}, "posting.main_twice"),
    ],
)
def test_a_post_that_cannot_be_is_refused(
    cast: Cast, username: str, cells: dict[str, Any], code: str
) -> None:
    given_cells = {**cells}
    if "unit" in given_cells:
        given_cells["unit_id"] = cast.unit(given_cells.pop("unit"))
    assert refused_code(lambda: given(cast, username, **given_cells)) == code


def test_nobody_unknown_is_posted(cast: Cast) -> None:
    unknown: dict[str, Any] = {"unit_id": cast.unit("zhukou_station"), "role": "desk", "starts_on": TODAY}
    assert refused_code(lambda: post(member_id=uuid7(), **unknown, actor=SYSTEM, now=NOW)) == "member.unknown"
    assert refused_code(lambda: queries.member(uuid7())) == "member.unknown"


def test_a_post_that_ended_lets_the_same_one_begin_again(cast: Cast) -> None:
    desk = main_posting(cast, "lin_xiaowen")
    end_posting(posting_id=desk, ends_on=TODAY, actor=SYSTEM, now=NOW)
    assert (
        refused_code(lambda: end_posting(posting_id=desk, ends_on=TOMORROW, actor=SYSTEM, now=NOW))
        == "posting.ended"
    )
    assert (
        refused_code(lambda: end_posting(posting_id=uuid7(), ends_on=TODAY, actor=SYSTEM, now=NOW))
        == "posting.unknown"
    )
    given(cast, "lin_xiaowen", role="desk", is_main=True)
    assert cast.actor("lin_xiaowen").roles == {"desk"}


def test_a_post_cannot_end_before_it_began(cast: Cast) -> None:
    later = given(cast, "lin_xiaowen", starts_on=TOMORROW)
    assert (
        refused_code(lambda: end_posting(posting_id=later, ends_on=TODAY, actor=SYSTEM, now=NOW))
        == "posting.period_wrong"
    )


def test_a_transfer_ends_one_post_and_begins_another(cast: Cast) -> None:
    chief = cast.actor("zhao_min")
    old = main_posting(cast, "lin_xiaowen")
    new = transfer(
        posting_id=old, unit_id=cast.unit("xiaqu_station"), role="deputy", on=TOMORROW, actor=chief, now=NOW
    )
    posts = [
        (row.posting_id, row.role, row.starts_on, row.ends_on)
        for row in queries.postings_of(cast.members["lin_xiaowen"])
    ]
    assert posts == [(new, "deputy", TOMORROW, None), (old, "desk", date(2010, 1, 1), TOMORROW)]
    assert cast.actor("lin_xiaowen").roles == {"desk"}
    assert cast.actor("lin_xiaowen", TOMORROW).unit_id == cast.unit("xiaqu_station")
    assert queries.postings_of(cast.members["lin_xiaowen"])[0].is_main


def test_a_village_knows_its_officers(cast: Cast) -> None:
    assert [row.label for row in queries.officers_for(ZHUKOU_VILLAGE + 1, TODAY)] == ["王建国（社区民警）"]
    assert [row.label for row in queries.officers_for(LONGHU_VILLAGE, TODAY)] == ["李秀英（包村民警）"]
    assert queries.officers_for(ZHUKOU, TODAY) == []


def test_members_of_a_unit_are_listed_leaders_first(cast: Cast) -> None:
    station = cast.unit("zhukou_station")
    names = [row.name for row in queries.members_of(station, TODAY)]
    assert names == ["陈志明", "林晓雯", "王建国", "王建国", "王建国", "郑海峰"]
    assert [row.name for row in queries.members_of(station, TODAY, roles=["desk", "chief"])] == [
        "陈志明",
        "林晓雯",
    ]
    below = {row.name for row in queries.members_of(station, TODAY, with_below=True)}
    assert below == {"陈志明", "林晓雯", "王建国", "郑海峰", "黄德福", "李秀英"}


def test_a_member_is_found_only_at_the_own_unit(cast: Cast) -> None:
    wang = cast.members["wang_jianguo"]
    assert queries.member_at(cast.unit("xiaqu_station"), wang, TODAY) is None
    assert queries.member_at(cast.unit("zhukou_station"), wang, date(2009, 1, 1)) is None


def test_the_board_of_people_takes_one_query(cast: Cast) -> None:
    territory.find_areas("zk")
    with CaptureQueriesContext(connection) as asked:
        board = dict(queries.people_board(TODAY, within=ZHUKOU))
    assert len([query for query in asked if "force_posting" in query["sql"]]) == 1
    assert [row.role for row in board[cast.unit("zhukou_judicial")]] == ["partner_lead"]
    assert board[cast.unit("zhukou_point")] == []
    assert cast.unit("shancheng_station") not in board


def test_loading_the_cast_again_changes_nothing(cast: Cast) -> None:
    again = load_cast(people=queries.cast_people(), account_ids=cast.accounts, actor=SYSTEM, now=NOW)
    assert again == cast.members


def test_only_the_system_loads_a_cast(cast: Cast) -> None:
    with pytest.raises(Refused, match="force.not_leader"):
        load_cast(people=queries.cast_people(), account_ids={}, actor=cast.actor("zhao_min"), now=NOW)


def test_every_change_is_audited_under_its_verb(cast: Cast) -> None:
    new = enrol(name="刘新", kind="officer", unit_id=cast.unit("zhukou_station"), actor=SYSTEM, now=NOW)
    first = post(
        member_id=new,
        unit_id=cast.unit("zhukou_station"),
        role="desk",
        starts_on=TODAY,
        actor=SYSTEM,
        now=NOW,
    )
    transfer(
        posting_id=first,
        unit_id=cast.unit("zhukou_station"),
        role="deputy",
        on=TOMORROW,
        actor=SYSTEM,
        now=NOW,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('yicun.lo', '1', true), set_config('yicun.hi', %s, true)", [str(10**15)]
        )
        cursor.execute("SELECT verb FROM base_auditentry WHERE subject LIKE 'force.%' ORDER BY id")
        verbs = [verb for (verb,) in cursor.fetchall()]
    assert verbs == ["enrol", "post", "end_posting", "post", "transfer"]
    assert set(verbs) < set(AUDIT_VERBS)
