"""Every named constraint of the force, broken once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cast import CHENGDONG, NOW, TODAY, ZHUKOU_VILLAGE, Cast
from yicun.force.models import Absence, Delegation, Member, Posting


def member(**cells: Any) -> Member:
    return Member(**{"name": "陈一", "kind": "officer", **cells})


def posting(cast: Cast, **cells: Any) -> Posting:
    """What 王建国 already holds since 2010, as his main post."""
    held = {"role": "community_officer", "area_id": ZHUKOU_VILLAGE, "starts_on": TODAY}
    return Posting(
        **{"member_id": cast.members["wang_jianguo"], "unit_id": cast.unit("zhukou_station"), **held, **cells}
    )


TOMORROW = TODAY + timedelta(days=1)


def absence(cast: Cast, **cells: Any) -> Absence:
    period = {"kind": "leave", "starts_on": TODAY, "ends_on": TOMORROW, "noted_by": "陈志明", "noted_at": NOW}
    return Absence(**{"member_id": cast.members["wang_jianguo"], **period, **cells})


def delegation(cast: Cast, **cells: Any) -> Delegation:
    who = {"principal_id": cast.members["chen_zhiming"], "delegate_id": cast.members["zhao_min"]}
    period = {
        "reason": "leave",
        "starts_on": TODAY,
        "ends_on": TOMORROW,
        "given_by": "陈志明",
        "given_at": NOW,
    }
    return Delegation(**{**who, **period, "unit_id": cast.unit("zhukou_station"), **cells})


BROKEN = [
    ("member_name_not_blank", lambda cast: member(name="")),
    ("member_kind_known", lambda cast: member(kind="robot")),
    ("member_badge_once", lambda cast: member(badge="T00104")),
    ("force_member_account", lambda cast: member(account_id=cast.accounts["wang_jianguo"])),
    ("posting_role_known", lambda cast: posting(cast, role="emperor")),
    ("posting_period_runs_forward", lambda cast: posting(cast, area_id=CHENGDONG, ends_on=TODAY)),
    ("posting_not_twice", posting),
    ("posting_one_main", lambda cast: posting(cast, area_id=CHENGDONG, is_main=True)),
    ("absence_kind_known", lambda cast: absence(cast, kind="illness")),
    ("absence_period_runs_forward", lambda cast: absence(cast, starts_on=TOMORROW, ends_on=TODAY)),
    ("absence_not_twice", absence),
    ("delegation_reason_known", lambda cast: delegation(cast, reason="whim")),
    ("delegation_kinds_known", lambda cast: delegation(cast, kinds=["everything"])),
    (
        "delegation_to_somebody_else",
        lambda cast: delegation(cast, delegate_id=cast.members["chen_zhiming"]),
    ),
    ("delegation_period_runs_forward", lambda cast: delegation(cast, ends_on=TODAY)),
    ("delegation_not_twice", lambda cast: delegation(cast, delegate_id=cast.members["qiu_wenbin"])),
]


@pytest.mark.parametrize("name, row", BROKEN, ids=[name for name, _ in BROKEN])
def test_the_database_refuses(cast: Cast, name: str, row: Any) -> None:
    absence(cast).save(force_insert=True)
    delegation(cast).save(force_insert=True)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row(cast).save(force_insert=True)


def test_the_same_post_may_come_again_later_or_elsewhere(cast: Cast) -> None:
    Posting.objects.filter(member_id=cast.members["wang_jianguo"]).update(ends_on=TODAY)
    posting(cast).save(force_insert=True)
    posting(cast, area_id=None).save(force_insert=True)
    posting(cast, area_id=CHENGDONG, is_main=True).save(force_insert=True)
    assert Posting.objects.filter(member_id=cast.members["wang_jianguo"], starts_on=TODAY).count() == 3


def test_nobody_holds_the_same_post_without_an_area_twice(cast: Cast) -> None:
    posting(cast, area_id=None).save(force_insert=True)
    with pytest.raises(IntegrityError, match="posting_not_twice"), transaction.atomic():
        posting(cast, area_id=None, starts_on=date(2027, 1, 1)).save(force_insert=True)
