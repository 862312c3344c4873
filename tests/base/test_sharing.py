"""Grants: given again and again without harm, seen by the unit they are for, taken by nobody."""

from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError

from tests.cast import NOW, SYSTEM, Cast
from tests.databases import Clone
from yicun.base import sharing
from yicun.base.models import Grant, SyncReceipt
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7

RECORD = uuid7()


def seen_by(cast: Cast, username: str) -> set[UUID]:
    with scoped(cast.actor(username)):
        return set(Grant.objects.values_list("subject_id", flat=True))


@pytest.mark.parametrize("reasons", [("co_handler", "handed_over"), ("handed_over", "co_handler")])
def test_grant_given_twice_is_one_grant_and_keeps_the_reason_that_does_not_end(
    cast: Cast, reasons: tuple[str, str]
) -> None:
    fire = cast.unit("fire_rescue")
    with scoped(cast.actor("lin_xiaowen")):
        for reason in reasons:
            sharing.give(unit_id=fire, subject_id=RECORD, reason=reason, now=NOW)
        assert not Grant.objects.exists(), "not even the giver sees a grant of another unit"
    with scoped(cast.actor("xu_lixin")):
        (grant,) = Grant.objects.all()
    assert (grant.unit_id, grant.subject_id, grant.reason, grant.given_at) == (
        fire,
        RECORD,
        "handed_over",
        NOW,
    )


def test_grant_opens_a_record_to_its_own_unit_only(cast: Cast) -> None:
    with scoped(cast.actor("lin_xiaowen")):
        sharing.give(unit_id=cast.unit("fire_rescue"), subject_id=RECORD, reason="co_handler", now=NOW)
    seeing = {name for name in ("xu_lixin", "he_meizhen", "gao_yuming", "lin_xiaowen") if seen_by(cast, name)}
    assert seeing == {"xu_lixin"}


def test_application_writes_no_grant_past_the_one_door(cast: Cast) -> None:
    actor = cast.actor("xu_lixin")
    own = Grant(unit_id=actor.unit_id or 0, subject_id=RECORD, reason="curious", given_at=NOW)
    with pytest.raises(ProgrammingError, match="permission denied"), scoped(actor):
        Grant.objects.bulk_create([own])
    with pytest.raises(ProgrammingError, match="permission denied"), scoped(actor):
        Grant.objects.update(reason="x")
    with pytest.raises(ProgrammingError, match="permission denied"), scoped(actor):
        Grant.objects.all().delete()


def test_grant_and_receipt_exist_once(own_database: Clone) -> None:
    grant = "INSERT INTO base_grant VALUES (gen_random_uuid(), 1, %s, 'x', now())"
    with psycopg.connect(own_database.urls["owner"]) as owner:
        owner.execute(grant, [RECORD])
        with pytest.raises(psycopg.errors.UniqueViolation) as error:
            owner.execute(grant, [RECORD])
    assert error.value.diag.constraint_name == "grant_once"

    with psycopg.connect(own_database.urls["app"]) as app:
        app.execute("SELECT set_config('yicun.account', %s, true)", [str(RECORD)])
        columns = [str(field.column) for field in SyncReceipt._meta.concrete_fields]
        values = ["gen_random_uuid()", *["%s::uuid"] * 3, *["''"] * 6, "now()", "now()"]
        receipt = f"INSERT INTO base_syncreceipt ({', '.join(columns)}) VALUES ({', '.join(values)})"
        app.execute(receipt, [RECORD] * 3)
        with pytest.raises(psycopg.errors.UniqueViolation) as error:
            app.execute(receipt, [RECORD] * 3)
    assert error.value.diag.constraint_name == "sync_receipt_once"


def test_system_shares_like_everybody_else(cast: Cast) -> None:
    with scoped(SYSTEM):
        sharing.give(unit_id=cast.unit("zhukou_judicial"), subject_id=RECORD, reason="handed_over", now=NOW)
    assert seen_by(cast, "he_meizhen") == {RECORD}
