"""A scope lives exactly as long as its transaction, and shows what its actor may see."""

import pytest
from django.db import connection

from tests.cast import COUNTY, NOW, SYSTEM, ZHUKOU
from tests.databases import Clone
from yicun.base import audit
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped, set_scope
from yicun.kernel.actor import Actor, ActorKind, Post, public_actor
from yicun.kernel.ids import uuid7

SETTINGS = ("yicun.lo", "yicun.hi", "yicun.codes", "yicun.units", "yicun.account")


def settings_now() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'current_setting({name!r}, true)' for name in SETTINGS)}")
        (row,) = cursor.fetchall()
    return [value or "" for value in row]


def write(area_code: int) -> None:
    audit.record(verb="note", subject="tests.thing", subject_id=1, actor=SYSTEM, now=NOW, area_code=area_code)


def test_nothing_is_visible_before_and_after_the_transaction(own_database: Clone) -> None:
    assert settings_now() == [""] * 5
    with scoped(SYSTEM):
        write(COUNTY)
        assert AuditEntry.objects.count() == 1
    assert settings_now() == [""] * 5
    assert AuditEntry.objects.count() == 0
    with pytest.raises(RuntimeError, match="half way"), scoped(SYSTEM):
        raise RuntimeError("half way")
    assert settings_now() == [""] * 5
    with scoped(SYSTEM):
        assert AuditEntry.objects.count() == 1


def test_next_user_of_the_same_connection_starts_from_nothing(own_database: Clone) -> None:
    with scoped(SYSTEM):
        write(COUNTY)
    with scoped(public_actor()):
        assert settings_now() == ["1", "0", "{}", "{}", ""]
        assert not AuditEntry.objects.exists()


def test_scope_carries_ranges_codes_units_and_account(database: None) -> None:
    account = uuid7()
    actor = Actor(
        ActorKind.MEMBER,
        "某人",
        account_id=account,
        posts=(Post("desk", 8, ((ZHUKOU, ZHUKOU + 999_999),)), Post("village_officer", 9, ((5, 6),))),
        codes=(5, 6),
    )
    with scoped(actor):
        assert settings_now() == [str(ZHUKOU), str(ZHUKOU + 999_999), "{5,6}", "{8,9}", str(account)]


def test_row_is_visible_by_range_or_by_single_code(database: None) -> None:
    inside, single, outside = ZHUKOU + 1, 5, 7
    for area_code in (inside, single, outside):
        write(area_code)
    actor = Actor(ActorKind.MEMBER, "某人", posts=(Post("desk", 8, ((ZHUKOU, ZHUKOU + 9),)),), codes=(5,))
    with scoped(actor):
        found = set(AuditEntry.objects.values_list("area_code", flat=True))
    assert found == {inside}, "the trail is read by range; single codes open matters, not the trail"


def test_later_scope_replaces_the_earlier_one(database: None) -> None:
    set_scope(SYSTEM)
    set_scope(public_actor())
    assert settings_now() == ["1", "0", "{}", "{}", ""]


def test_request_number_ends_with_the_scope(database: None) -> None:
    assert audit.request_id.get() is None
    with scoped(SYSTEM):
        assert audit.request_id.get() is not None
    assert audit.request_id.get() is None


def test_functions_with_the_owners_rights_are_few_pinned_and_closed_to_strangers(db: None) -> None:
    """Each is named here; none follows its caller's search path; only the application may call them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig, has_function_privilege('yicun_app', oid, 'EXECUTE'),"
            " has_function_privilege('yicun_sealer', oid, 'EXECUTE') FROM pg_proc"
            " WHERE prosecdef AND pronamespace IN ('yicun'::regnamespace, 'public'::regnamespace) ORDER BY 1"
        )
        found = cursor.fetchall()
    assert [name for name, *_ in found] == [
        "end_shares",
        "put_notice",
        "receipts_of_others",
        "share_record",
        "take_back_shares",
    ]
    for name, told, for_app, for_sealer in found:
        assert (told, for_app, for_sealer) == (["search_path=yicun, pg_temp"], True, False), name


def test_application_cannot_make_objects_that_would_stand_before_ours(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege(current_database(), 'TEMP'), has_database_privilege(current_database(),"
            " 'CREATE'), has_schema_privilege('yicun', 'CREATE'), has_schema_privilege('public', 'CREATE')"
        )
        assert cursor.fetchone() == (False, False, False, False)
