"""Signing in and out: password, second factor, lock-out by account and by source, and every page around it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, SYSTEM, TODAY, Cast
from yicun.base.accounts import open_account
from yicun.base.models import Account, AuditEntry
from yicun.base.tenancy import scoped
from yicun.force.queries import actor_for
from yicun.kernel.actor import Actor

PASSWORD = "pine-river-stone-7"
EMPTY_HANDED = (
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_login",
)


@pytest.fixture
def officer(cast: Cast) -> Account:
    """The duty officer with a password of her own."""
    cache.clear()
    account = Account.objects.get(pk=cast.accounts["lin_xiaowen"])
    account.set_password(PASSWORD)
    account.save(update_fields=["password"])
    return account


def sign_in(client: Client, username: str, password: str, **more: Any) -> Any:
    return client.post("/sign-in/", {"login": username, "password": password}, **more)


def cast_actor(account: Account) -> Actor:
    return actor_for(account.pk, TODAY)


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def test_member_signs_in_and_out_and_both_are_audited(officer: Account) -> None:
    client = Client()
    assert sign_in(client, officer.username, PASSWORD).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.get("/sign-out/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/").headers["Location"].startswith("/sign-in/")
    with scoped(cast_actor(officer)):
        entries = AuditEntry.objects.filter(account_id=officer.pk).order_by("id")
        assert list(entries.values_list("verb", flat=True)) == ["sign_in", "sign_out"]


@pytest.mark.parametrize(
    ("username", "password"),
    [("lin_xiaowen", "wrong"), ("nobody_here", PASSWORD), ("lin_xiaowen", ""), ("", PASSWORD)],
)
def test_wrong_words_open_nothing(officer: Account, username: str, password: str) -> None:
    client = Client()
    assert sign_in(client, username, password).status_code == 200
    assert client.get("/").status_code == 302


def test_an_account_is_locked_after_five_failures_from_anywhere(officer: Account) -> None:
    for number in range(5):
        sign_in(Client(), officer.username, "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    locked = Client()
    sign_in(locked, officer.username, PASSWORD, REMOTE_ADDR="10.0.0.99")
    assert locked.get("/").status_code == 302


def test_a_source_is_locked_after_twenty_failures_with_any_name(officer: Account) -> None:
    for number in range(20):
        sign_in(Client(), f"guess_{number}", "wrong", REMOTE_ADDR="10.0.0.7")
    locked, elsewhere = Client(), Client()
    sign_in(locked, officer.username, PASSWORD, REMOTE_ADDR="10.0.0.7")
    sign_in(elsewhere, officer.username, PASSWORD, REMOTE_ADDR="10.0.0.8")
    assert [client.get("/").status_code for client in (locked, elsewhere)] == [302, 200]


def test_a_closed_account_stays_outside(officer: Account) -> None:
    Account.objects.filter(pk=officer.pk).update(is_active=False)
    client = Client()
    sign_in(client, officer.username, PASSWORD)
    assert client.get("/").status_code == 302


def test_passwords_are_kept_with_argon2(officer: Account) -> None:
    assert officer.password.startswith("argon2$argon2id$")


def test_a_second_factor_is_set_up_and_then_asked_for(cast: Cast) -> None:
    cache.clear()
    with scoped(SYSTEM):
        account = open_account(
            username="xin_ren",
            label="新人",
            password=PASSWORD,
            actor=SYSTEM,
            now=NOW,
            needs_second_factor=True,
        )
    client = Client()
    sign_in(client, account.username, PASSWORD)
    asked_again = client.get(reverse("mfa_activate_totp"))
    page = client.post(asked_again.headers["Location"], {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}).status_code == 302
    again = Client()
    asked = sign_in(again, account.username, PASSWORD)
    assert asked.headers["Location"] == reverse("mfa_authenticate")
    assert again.get(reverse("mfa_authenticate")).status_code == 200
    assert again.get("/").status_code == 302
    cache.clear()
    again.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert again.get(reverse("mfa_index")).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password", "account_logout", "account_reauthenticate", "account_email", "mfa_index",
        "mfa_activate_totp", "mfa_reauthenticate",
    ],
)  # fmt: skip
def test_account_pages_are_chinese_and_ours(officer: Account, name: str) -> None:
    client = Client()
    sign_in(client, officer.username, PASSWORD)
    assert_ours(client.get(reverse(name), follow=True))


@pytest.mark.parametrize(
    "name",
    ["mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_reauthenticate"],
)
def test_second_factor_pages_are_chinese_and_ours(officer: Account, name: str) -> None:
    TOTP.activate(officer, generate_totp_secret())
    RecoveryCodes.activate(officer)
    client = Client()
    client.force_login(officer)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": datetime.now(UTC).timestamp(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(officer.pk)
    session.save()
    assert_ours(client.get(reverse(name), follow=True))


@pytest.mark.parametrize("name", EMPTY_HANDED)
def test_pages_for_visitors_are_chinese_and_ours(cast: Cast, name: str) -> None:
    assert_ours(Client().get(reverse(name), follow=True))


def test_an_account_without_a_password_is_offered_one(officer: Account) -> None:
    officer.set_unusable_password()
    officer.save(update_fields=["password"])
    client = Client()
    client.force_login(officer)
    assert_ours(client.get(reverse("account_set_password"), follow=True))


def assert_ours(response: Any) -> None:
    text = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="zh-CN"' in text
    assert "Menu:" not in text
