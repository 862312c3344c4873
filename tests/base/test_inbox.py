"""Notices: one per recipient, kind and day, however much happens."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError

from tests.cast import NOW, Cast
from yicun.base import inbox
from yicun.base.models import Notice
from yicun.base.tenancy import scoped
from yicun.kernel.actor import public_actor
from yicun.kernel.ids import uuid7


def lines(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": uuid7(), "number": f"QZ2026-{number}"} for number in numbers]


def numbers(notice: Notice) -> list[str]:
    return [line["number"].removeprefix("QZ2026-") for line in notice.lines]


def found(cast: Cast, username: str) -> list[Notice]:
    actor = cast.actor(username)
    with scoped(actor):
        return list(inbox.for_actor(actor))


def test_busy_day_is_one_notice_with_the_newest_line_last(cast: Cast) -> None:
    unit_id = cast.unit("zhukou_station")
    for number in range(5):
        inbox.put(kind="assigned", lines=lines(number), now=NOW + timedelta(minutes=number), unit_id=unit_id)
    (notice,) = found(cast, "lin_xiaowen")
    assert numbers(notice) == ["0", "1", "2", "3", "4"]
    assert (notice.kind, notice.changed_at) == ("assigned", NOW + timedelta(minutes=4))
    assert found(cast, "luo_xiaomei") == []


def test_digest_keeps_the_newest_fifty_lines(cast: Cast) -> None:
    unit_id = cast.unit("zhukou_station")
    inbox.put(kind="assigned", lines=lines(*range(40)), now=NOW, unit_id=unit_id)
    inbox.put(kind="assigned", lines=lines(*range(40, 60)), now=NOW, unit_id=unit_id)
    (notice,) = found(cast, "lin_xiaowen")
    assert numbers(notice) == [str(number) for number in range(10, 60)]


def test_day_begins_at_midnight_in_the_county(cast: Cast) -> None:
    midnight = NOW.replace(hour=16, minute=0)
    for at in (midnight - timedelta(seconds=1), midnight):
        inbox.put(kind="assigned", lines=lines(1), now=at, unit_id=cast.unit("zhukou_station"))
    assert [notice.on_date.day for notice in found(cast, "lin_xiaowen")] == [24, 23]


def test_person_and_unit_and_kind_have_notices_of_their_own(cast: Cast) -> None:
    account_id, unit_id = cast.accounts["lin_xiaowen"], cast.unit("zhukou_station")
    inbox.put(kind="assigned", lines=lines(1), now=NOW, unit_id=unit_id)
    inbox.put(kind="assigned", lines=lines(2), now=NOW, account_id=account_id)
    inbox.put(kind="rework", lines=lines(3), now=NOW, unit_id=unit_id)
    assert sorted(numbers(notice)[0] for notice in found(cast, "lin_xiaowen")) == ["1", "2", "3"]
    assert sorted(numbers(notice)[0] for notice in found(cast, "wang_jianguo")) == ["1", "3"]


def test_notice_is_read_once_and_unread_again_when_more_comes(cast: Cast) -> None:
    actor, unit_id = cast.actor("lin_xiaowen"), cast.unit("zhukou_station")
    inbox.put(kind="assigned", lines=lines(1), now=NOW, unit_id=unit_id)
    (notice,) = found(cast, "lin_xiaowen")
    stranger = cast.actor("luo_xiaomei")
    with scoped(stranger):
        assert inbox.mark_read(notice_id=notice.pk, actor=stranger, now=NOW) is False
    with scoped(actor):
        answers = [inbox.mark_read(notice_id=notice.pk, actor=actor, now=NOW) for _ in range(2)]
    assert answers == [True, False]
    (read,) = found(cast, "lin_xiaowen")
    assert (read.read_at, read.read_by) == (NOW, actor.label)
    inbox.put(kind="assigned", lines=lines(2), now=NOW, unit_id=unit_id)
    (again,) = found(cast, "lin_xiaowen")
    assert (again.pk, again.read_at, again.read_by) == (notice.pk, None, "")


def test_public_has_no_inbox(cast: Cast) -> None:
    inbox.put(kind="assigned", lines=lines(1), now=NOW, unit_id=cast.unit("zhukou_station"))
    with scoped(public_actor()):
        assert not inbox.for_actor(public_actor()).exists()
        assert not Notice.objects.exists()


@pytest.mark.parametrize("recipients", [{}, {"account_id": uuid7(), "unit_id": 1}])
def test_notice_has_one_recipient(cast: Cast, recipients: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError) as error, scoped(cast.actor("lin_xiaowen")):
        inbox.put(kind="assigned", lines=lines(1), now=NOW, **recipients)
    assert constraint(error.value) == "notice_has_one_recipient"


def test_second_notice_of_a_day_is_not_stored_beside_the_first(cast: Cast) -> None:
    actor = cast.actor("lin_xiaowen")
    same = {"unit_id": actor.unit_id, "kind": "assigned", "on_date": NOW.date(), "changed_at": NOW}
    with pytest.raises(IntegrityError) as error, scoped(actor):
        Notice.objects.bulk_create([Notice(**same), Notice(**same)])
    assert constraint(error.value) == "notice_one_per_day"


def constraint(error: IntegrityError) -> str | None:
    cause = error.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.diag.constraint_name
