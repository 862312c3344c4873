from datetime import date

import pytest

from yicun.force.rules.postings import (
    check_leader,
    check_member,
    check_period,
    check_role,
    label,
    overlaps,
    reach,
)
from yicun.kernel.refusals import Refused

COUNTY, TOWN, VILLAGE = (100, 999), (200, 299), (210, 219)
DAY_1, DAY_2, DAY_3, DAY_4 = (date(2026, 1, day) for day in (1, 2, 3, 4))


@pytest.mark.parametrize(
    "role, county_unit, partner, area, ranges",
    [
        ("chief", False, False, None, (TOWN,)),
        ("community_officer", False, False, VILLAGE, (VILLAGE,)),
        ("village_officer", True, False, VILLAGE, (VILLAGE,)),
        ("case_officer", False, False, None, (TOWN,)),
        ("case_officer", True, False, None, (COUNTY,)),
        ("bureau_chief", False, False, None, (COUNTY,)),
        ("command_centre", False, False, None, (COUNTY,)),
        ("activity_office", False, False, None, (COUNTY,)),
        ("auditor", False, False, None, (COUNTY,)),
        ("governance_centre", False, True, None, (COUNTY,)),
        ("partner_lead", False, True, None, ()),
        ("partner_staff", False, True, None, ()),
        ("grid_member", False, True, VILLAGE, (VILLAGE,)),
    ],
)
def test_a_post_reaches_its_village_its_unit_or_the_county(
    role: str,
    county_unit: bool,
    partner: bool,
    area: tuple[int, int] | None,
    ranges: tuple[tuple[int, int], ...],
) -> None:
    found = reach(
        role,
        is_county_unit=county_unit,
        is_partner_unit=partner,
        area=area,
        county=COUNTY,
        unit_ranges=(TOWN,),
    )
    assert found == ranges


@pytest.mark.parametrize(
    "kind, role, partner, code",
    [
        ("officer", "chief", False, None),
        ("officer", "auditor", False, None),
        ("auxiliary", "auxiliary", False, None),
        ("civilian", "desk", False, None),
        ("partner", "partner_lead", True, None),
        ("partner", "governance_centre", True, None),
        ("partner", "auditor", True, None),
        ("grid_worker", "grid_member", True, None),
        ("volunteer", "grid_member", False, None),
        ("officer", "emperor", False, "posting.role_unknown"),
        ("auxiliary", "fire_officer", False, "posting.role_not_for_kind"),
        ("auxiliary", "desk", False, "posting.role_not_for_kind"),
        ("civilian", "case_officer", False, "posting.role_not_for_kind"),
        ("officer", "partner_lead", True, "posting.role_not_for_kind"),
        ("partner", "partner_lead", False, "posting.role_not_for_unit"),
        ("officer", "chief", True, "posting.role_not_for_unit"),
    ],
)
def test_a_role_fits_the_person_and_the_unit(kind: str, role: str, partner: bool, code: str | None) -> None:
    if code is None:
        check_role(kind, role, is_partner_unit=partner, unit_name="朱口派出所")
        return
    with pytest.raises(Refused) as refused:
        check_role(kind, role, is_partner_unit=partner, unit_name="朱口派出所")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "name, kind, code",
    [
        ("王建国", "officer", None),
        (" ", "officer", "member.name_missing"),
        ("王" * 31, "officer", "member.name_missing"),
        ("王\x00", "officer", "member.name_missing"),
        ("王建国", "robot", "member.kind_unknown"),
    ],
)
def test_a_member_has_a_name_and_a_kind(name: str, kind: str, code: str | None) -> None:
    if code is None:
        check_member(name, kind)
        return
    with pytest.raises(Refused) as refused:
        check_member(name, kind)
    assert refused.value.code == code


def test_a_post_runs_forward() -> None:
    check_period(DAY_1, None)
    check_period(DAY_1, DAY_2)
    with pytest.raises(Refused, match="posting.period_wrong"):
        check_period(DAY_2, DAY_2)


@pytest.mark.parametrize(
    "is_system, roles, leads, may",
    [
        (True, [], False, True),
        (False, ["bureau_chief"], False, True),
        (False, ["chief"], True, True),
        (False, ["instructor"], True, True),
        (False, ["chief"], False, False),
        (False, ["desk"], True, False),
        (False, [], False, False),
    ],
)
def test_leaders_give_posts_in_their_own_unit(
    is_system: bool, roles: list[str], leads: bool, may: bool
) -> None:
    if may:
        check_leader(is_system, roles, leads_unit=leads)
        return
    with pytest.raises(Refused, match="force.not_leader"):
        check_leader(is_system, roles, leads_unit=leads)


@pytest.mark.parametrize(
    "one, other, both",
    [
        ((DAY_1, DAY_2), (DAY_2, DAY_3), False),
        ((DAY_1, DAY_3), (DAY_2, DAY_4), True),
        ((DAY_1, None), (DAY_3, DAY_4), True),
        ((DAY_3, DAY_4), (DAY_1, None), True),
        ((DAY_3, None), (DAY_1, DAY_3), False),
        ((DAY_1, None), (DAY_4, None), True),
    ],
)
def test_periods_overlap_unless_one_ends_before_the_other(
    one: tuple[date, date | None], other: tuple[date, date | None], both: bool
) -> None:
    assert overlaps(*one, *other) is both
    assert overlaps(*other, *one) is both


def test_a_label_is_name_and_role() -> None:
    assert label("王建国", "community_officer") == "王建国（社区民警）"
