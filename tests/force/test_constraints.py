"""Every named constraint of the force, broken once."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cast import CHENGDONG, TODAY, ZHUKOU_VILLAGE, Cast
from yicun.force.models import Member, Posting


def member(**cells: Any) -> Member:
    return Member(**{"name": "陈一", "kind": "officer", **cells})


def posting(cast: Cast, **cells: Any) -> Posting:
    """What 王建国 already holds since 2010, as his main post."""
    held = {"role": "community_officer", "area_id": ZHUKOU_VILLAGE, "starts_on": TODAY}
    return Posting(
        **{"member_id": cast.members["wang_jianguo"], "unit_id": cast.unit("zhukou_station"), **held, **cells}
    )


BROKEN = [
    ("member_name_not_blank", lambda cast: member(name="")),
    ("member_kind_known", lambda cast: member(kind="robot")),
    ("member_badge_once", lambda cast: member(badge="T00104")),
    ("force_member_account", lambda cast: member(account_id=cast.accounts["wang_jianguo"])),
    ("posting_role_known", lambda cast: posting(cast, role="emperor")),
    ("posting_period_runs_forward", lambda cast: posting(cast, area_id=CHENGDONG, ends_on=TODAY)),
    ("posting_not_twice", posting),
    ("posting_one_main", lambda cast: posting(cast, area_id=CHENGDONG, is_main=True)),
]


@pytest.mark.parametrize("name, row", BROKEN, ids=[name for name, _ in BROKEN])
def test_the_database_refuses(cast: Cast, name: str, row: Any) -> None:
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
