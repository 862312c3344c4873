"""Attempts on the sign-in, from outside and from inside: each of them was open once, or would be easy to open."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.base.test_sign_in import PASSWORD, officer, sign_in
from tests.cast import NOW, SYSTEM, TODAY, Cast
from yicun.base.accounts import issue_token
from yicun.base.models import Account
from yicun.base.tenancy import scoped
from yicun.force import services as force
from yicun.force.queries import postings_of

__all__ = ["officer"]


def bearer(cast: Cast, username: str) -> dict[str, str]:
    with scoped(SYSTEM):
        token = issue_token(account_id=cast.accounts[username], name="tests", actor=SYSTEM, now=NOW)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("header", ["testserver:{}", "127.0.0.1:{}"])
def test_another_host_header_for_every_guess_does_not_escape_the_lock(
    officer: Account, settings: Any, header: str
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
    for number in range(5):
        host = header.format(8000 + number)
        sign_in(Client(), officer.username, "wrong", REMOTE_ADDR=f"10.0.0.{number}", HTTP_HOST=host)
    locked = Client()
    sign_in(locked, officer.username, PASSWORD, REMOTE_ADDR="10.0.0.99")
    assert locked.get("/").status_code == 302


@pytest.mark.parametrize("written", ["LIN_XIAOWEN", " lin_xiaowen ", "Lin_Xiaowen"])
def test_other_writings_of_a_name_share_its_lock(officer: Account, written: str) -> None:
    for number in range(5):
        sign_in(Client(), written, "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    locked = Client()
    sign_in(locked, officer.username, PASSWORD, REMOTE_ADDR="10.0.0.99")
    assert locked.get("/").status_code == 302


def test_unknown_name_is_answered_like_a_wrong_password(officer: Account) -> None:
    def said(username: str) -> bytes:
        content: bytes = sign_in(Client(), username, "wrong").content
        return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content).replace(
            username.encode(), b"name"
        )

    assert said("lin_xiaowen") == said("nobody_here")


@pytest.mark.parametrize(
    "path", ["/account/password/reset/", "/account/email/", "/account/confirm-email/", "/account/login/"]
)
def test_nobody_sends_mail_through_this_server_or_signs_in_by_it(officer: Account, path: str) -> None:
    visitor, member = Client(), Client()
    member.force_login(officer)
    sent = {"email": "victim@example.cn", "action_add": "1", "login": officer.username, "password": PASSWORD}
    assert {client.post(path, sent).status_code for client in (visitor, member)} <= {404, 405}
    assert mail.outbox == []
    assert visitor.get("/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/matters/",
        "/account/password/set/",
        "/account/2fa/totp/activate/",
        "/account/2fa/recovery-codes/",
    ],
)
def test_bearer_token_opens_no_page(cast: Cast, path: str) -> None:
    """A token that runs out could otherwise give its account a password that does not."""
    client = Client(headers=bearer(cast, "lin_xiaowen"))
    typed = {"password1": PASSWORD, "password2": PASSWORD}
    for answer in (client.get(path), client.post(path, typed)):
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/")
    assert not Account.objects.get(pk=cast.accounts["lin_xiaowen"]).has_usable_password()


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/api/v1/matters"), ("post", "/api/v1/matters"), ("post", "/api/v1/sync")]
)
def test_session_without_its_second_factor_opens_no_api(officer: Account, method: str, path: str) -> None:
    Account.objects.filter(pk=officer.pk).update(needs_second_factor=True)
    client = Client()
    sign_in(client, officer.username, PASSWORD)
    body = (
        {"device": str(uuid4()), "operations": []}
        if path.endswith("sync")
        else {"kind": "help", "title": "x"}
    )
    answer = getattr(client, method)(path, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "account.second_factor_missing")


def test_a_session_known_before_the_sign_in_is_worth_nothing_after_it(officer: Account) -> None:
    client = Client()
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = str(session.session_key)
    sign_in(client, officer.username, PASSWORD)
    assert client.get("/").status_code == 200
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/").status_code == 302


def test_a_changed_password_ends_every_other_session(officer: Account) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, officer.username, PASSWORD)
    fresh = "cedar-bridge-lamp-9"
    sent = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert here.post("/account/password/change/", sent).status_code == 302
    assert [client.get("/").status_code for client in (here, elsewhere)] == [200, 302]


def test_a_closed_account_is_out_with_the_next_request(officer: Account, cast: Cast) -> None:
    client, program = Client(), Client(headers=bearer(cast, "lin_xiaowen"))
    sign_in(client, officer.username, PASSWORD)
    assert [client.get("/").status_code, program.get("/api/v1/matters").status_code] == [200, 200]
    Account.objects.filter(pk=officer.pk).update(is_active=False)
    assert [client.get("/").status_code, program.get("/api/v1/matters").status_code] == [302, 401]


def test_an_ended_posting_closes_page_and_program_with_the_next_request(officer: Account, cast: Cast) -> None:
    client, program = Client(), Client(headers=bearer(cast, "lin_xiaowen"))
    sign_in(client, officer.username, PASSWORD)
    assert [client.get("/matters/").status_code, program.get("/api/v1/matters").status_code] == [200, 200]
    planner, today = cast.actor("zhao_min", TODAY), datetime.now(UTC).date()
    with scoped(planner):
        for row in postings_of(cast.members["lin_xiaowen"]):
            force.end_posting(posting_id=row.posting_id, ends_on=today, actor=planner, now=NOW)
    assert client.get("/matters/").status_code == 403
    assert program.get("/api/v1/matters").json()["code"] == "account.no_posting"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_sign_in_leads_nowhere_else(officer: Account, wanted: str) -> None:
    answer = Client().post("/sign-in/", {"login": officer.username, "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"


def test_what_a_signed_in_person_saw_is_kept_by_no_browser(officer: Account) -> None:
    client = Client()
    sign_in(client, officer.username, PASSWORD)
    for path in (
        "/",
        "/matters/",
        "/api/v1/matters",
        "/account/password/change/",
    ):
        answer = client.get(path)
        assert answer.headers["Cache-Control"].endswith("no-store"), path


@pytest.mark.parametrize(
    "path", ["/", "/matters/", "/sign-in/", "/nowhere/", "/api/v1/nowhere", "/healthz", "/outbox/"]
)
def test_every_answer_carries_the_browsers_orders(officer: Account, path: str) -> None:
    client = Client()
    client.force_login(officer)
    for answer in (
        client.get(path),
        client.post(path),
        Client().get(path),
        Client().get(path, HTTP_HOST="evil.example"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in f"{policy};"
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


BEHIND_TLS = """
import django
django.setup()
from django.conf import settings
from django.test import RequestFactory
request = RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"})
names = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE")
print(*(getattr(settings, name) for name in names), settings.SECURE_HSTS_SECONDS > 0, request.is_secure())
"""


@pytest.mark.parametrize(
    ("is_https", "expected"),
    [("1", "True True Lax True True True"), ("0", "False True Lax False False False")],
)
def test_cookies_and_forms_behind_tls(tmp_path: Path, is_https: str, expected: str) -> None:
    """Without the word of the server in front, Django takes every form of an https page for a foreign one."""
    told = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "yicun.config.settings",
        "YICUN_DATA": str(tmp_path),
        "YICUN_IS_HTTPS": is_https,
    }
    done = subprocess.run(
        [sys.executable, "-c", BEHIND_TLS], env=told, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == expected
    assert (tmp_path / "keys" / "signing.key").stat().st_mode & 0o777 == 0o600


@pytest.fixture(autouse=True)
def _forget(db: None) -> None:
    cache.clear()
