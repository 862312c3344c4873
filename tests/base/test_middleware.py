"""What happens around a view: one transaction, who asks, and how a refusal is said."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from tests.cast import CHENGDONG, NOW, SYSTEM
from tests.databases import Clone
from tests.matters.conftest import Loop, loop
from yicun.base import accounts, pages
from yicun.base.audit import request_id
from yicun.base.middleware import OneTransaction
from yicun.base.models import Account, Edition
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import all_codes
from yicun.matters.models import Matter

__all__ = ["loop"]
MEGABYTE = 1024 * 1024


def bearer(loop: Loop, username: str, lives: timedelta | None = None) -> dict[str, str]:
    with scoped(SYSTEM):
        token = accounts.issue_token(
            account_id=loop.cast.accounts[username],
            name="tests",
            actor=SYSTEM,
            now=NOW,
            expires_at=None if lives is None else timezone.now() + lives,
        )
    return {"Authorization": f"Bearer {token}"}


def signed_in(loop: Loop, username: str, **given: Any) -> Client:
    client = Client(**given)
    client.force_login(Account.objects.get(pk=loop.cast.accounts[username]))
    return client


def problem(response: Any) -> tuple[int, str]:
    """Status and code of a problem document, whose form is checked."""
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body.keys() == {"type", "title", "status", "code"}
    assert (body["type"], body["status"]) == (f"urn:yicun:refusal:{body['code']}", response.status_code)
    assert body["title"]
    return body["status"], body["code"]


def test_programs_are_told_why_they_may_not(loop: Loop) -> None:
    client = Client()
    wrong = [
        ({}, "account.not_signed_in"),
        ({"Authorization": "Basic bGluOng="}, "account.not_signed_in"),
        ({"Authorization": "Bearer nonsense"}, "account.token_unknown"),
        ({"Authorization": "Bearer"}, "account.token_unknown"),
        (bearer(loop, "lin_xiaowen", lives=timedelta(seconds=-1)), "account.token_unknown"),
    ]
    for headers, code in wrong:
        response = client.get("/api/v1/matters", headers=headers)
        assert problem(response) == (401, code)
    assert client.get("/api/v1/matters", headers=bearer(loop, "lin_xiaowen")).status_code == 200


def test_account_without_a_post_is_told_so_by_page_and_api(loop: Loop) -> None:
    with scoped(SYSTEM):
        account = accounts.open_account(
            username="between_posts",
            label="待岗",
            password=None,
            actor=SYSTEM,
            now=NOW,
            needs_second_factor=False,
        )
        token = accounts.issue_token(account_id=account.pk, name="tests", actor=SYSTEM, now=NOW)
    response = Client().get("/api/v1/matters", headers={"Authorization": f"bearer {token}"})
    assert problem(response) == (403, "account.no_posting")
    client = Client()
    client.force_login(account)
    page = client.get("/matters/")
    assert page.status_code == 403
    assert all_codes()["account.no_posting"].text in page.content.decode()


def test_session_without_its_csrf_token_writes_nothing(loop: Loop) -> None:
    client = signed_in(loop, "lin_xiaowen", enforce_csrf_checks=True)
    sent = {"kind": "help", "title": "老人走失"}
    response = client.post("/api/v1/matters", sent, content_type="application/json")
    assert problem(response) == (403, "request.csrf")
    with scoped(SYSTEM):
        assert not Matter.objects.exists()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("[]", (422, "request.malformed")),
        ('{"device": 5}', (422, "request.malformed")),
        ('"x"', (422, "request.malformed")),
        ("{", (400, "request.not_json")),
        ("\xff", (400, "request.not_json")),
        ('{"device": NaN}', (400, "request.not_json")),
        ('{"device": ' + "9" * 5_000 + "}", (400, "request.not_json")),
        ("[" * 33 + "]" * 33, (400, "request.not_json")),
        ("[" * 100_000, (400, "request.not_json")),
    ],
)
def test_unreadable_request_is_a_problem_with_a_reason(loop: Loop, body: str, told: tuple[int, str]) -> None:
    response = Client().post(
        "/api/v1/sync", body, content_type="application/json", headers=bearer(loop, "lin_xiaowen")
    )
    assert problem(response) == told


def test_what_is_out_of_sight_answers_byte_for_byte_like_what_is_not_there(loop: Loop) -> None:
    far = loop.record("fan_jinsheng", area_code=CHENGDONG)
    client, headers = signed_in(loop, "lin_xiaowen"), bearer(loop, "lin_xiaowen")
    keys = (far.pk, uuid7(), uuid7())
    by_api = {_answer(Client().get(f"/api/v1/matters/{key}", headers=headers)) for key in keys}
    by_page = {_answer(client.get(f"/matters/{key}/")) for key in keys}
    by_page.add(_answer(client.get("/nowhere/")))
    assert [status for status, _content in (*by_api, *by_page)] == [404, 404]
    own = loop.record("li_xiuying")
    assert client.get(f"/matters/{own.pk}/").status_code == 200


def _answer(response: Any) -> tuple[int, bytes]:
    return response.status_code, response.content


@pytest.mark.parametrize(
    ("path", "is_problem"), [("/api/v1/matters", True), ("/matters/new", False), ("/sign-in/", False)]
)
def test_request_that_is_too_large_is_refused_before_it_is_read(
    loop: Loop, path: str, is_problem: bool
) -> None:
    response = Client().post(path, {}, CONTENT_LENGTH=str(120 * MEGABYTE + 1))
    assert response.status_code == 413
    if is_problem:
        assert problem(response) == (413, "request.too_large")
    else:
        assert "120 MB" in response.content.decode()


@pytest.mark.parametrize("length", ["many", "-5", "1e3", "\u0665", "9" * 5000])
@pytest.mark.parametrize("path", ["/api/v1/matters", "/sign-in/", "/healthz"])
def test_length_that_is_no_number_is_refused_in_our_words(loop: Loop, path: str, length: str) -> None:
    response = Client().get(path, CONTENT_LENGTH=length)
    assert response.status_code == 400
    if path.startswith("/api/"):
        assert problem(response) == (400, "request.length_unreadable")
    else:
        assert all_codes()["request.length_unreadable"].text in response.content.decode()


@pytest.mark.parametrize("length", ["", "0"])
def test_no_length_announces_nothing(own_database: Clone, length: str) -> None:
    request: Any = RequestFactory().get("/sign-in/", CONTENT_LENGTH=length)
    assert answering(200)(request).status_code == 200


def test_account_that_must_have_a_second_factor_is_led_to_set_it_up(loop: Loop) -> None:
    client = signed_in(loop, "lin_xiaowen")
    Account.objects.filter(pk=loop.cast.accounts["lin_xiaowen"]).update(needs_second_factor=True)
    response = client.get("/matters/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/2fa/totp/activate/"
    assert all_codes()["account.second_factor_missing"].kind == "forbidden"


AGES = [
    ("seen_at", timedelta(minutes=29), 200),
    ("seen_at", timedelta(minutes=31), 302),
    ("started_at", timedelta(hours=11, minutes=59), 200),
    ("started_at", timedelta(hours=12, minutes=1), 302),
]


@pytest.mark.parametrize(("name", "age", "status"), AGES)
def test_session_ends_when_idle_or_old(loop: Loop, name: str, age: timedelta, status: int) -> None:
    client = signed_in(loop, "lin_xiaowen")
    assert client.get("/matters/").status_code == 200
    session = client.session
    session[name] = (timezone.now() - age).isoformat()
    session.save()
    assert client.get("/matters/").status_code == status
    assert client.get("/matters/").status_code == status, "and stays ended"


def answering(status: int) -> OneTransaction:
    def view(request: Any) -> HttpResponse:
        Edition.objects.create(pk="tests", stamp=uuid7())
        assert request_id.get() is not None
        return HttpResponse(status=status)

    return OneTransaction(view)


@pytest.mark.parametrize(
    ("status", "is_kept"), [(200, True), (302, True), (409, True), (500, False), (503, False)]
)
def test_whole_request_is_one_transaction_that_a_failure_takes_back(
    own_database: Clone, status: int, is_kept: bool
) -> None:
    request: Any = RequestFactory().get("/matters/")
    assert answering(status)(request).status_code == status
    assert Edition.objects.filter(pk="tests").exists() is is_kept
    assert request_id.get() is None


def test_error_that_nobody_caught_takes_everything_back(own_database: Clone) -> None:
    def view(request: Any) -> HttpResponse:
        Edition.objects.create(pk="tests", stamp=uuid7())
        raise RuntimeError("half way")

    request: Any = RequestFactory().get("/matters/")
    with pytest.raises(RuntimeError, match="half way"):
        OneTransaction(view)(request)
    assert not Edition.objects.filter(pk="tests").exists()
    assert request_id.get() is None


WAYS_BACK = [
    ("http://testserver/matters/?board=mine", "/matters/?board=mine"),
    ("http://testserver/matters/", "/matters/"),
    ("http://elsewhere.example/matters/", "/"),
    ("javascript:alert(1)", "/"),
    ("//elsewhere.example/x", "/"),
    ("http://testserver//elsewhere.example/x", "/"),
    ("http://testserver/\\elsewhere.example/x", "/"),
    ("", "/"),
]


@pytest.mark.parametrize(("referer", "expected"), WAYS_BACK)
def test_way_back_stays_inside_this_site(referer: str, expected: str) -> None:
    request = RequestFactory().get("/x", headers={"Referer": referer, "Host": "testserver"})
    assert pages.way_back(request) == expected


def test_refusal_on_a_page_keeps_what_was_typed(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    client = signed_in(loop, "lin_xiaowen")
    typed = {"result": "打了很久的一段话", "version": "1"}
    response = client.post(f"/matters/{matter.pk}/feed_back/", typed)
    assert response.status_code == 409
    assert "打了很久的一段话" in response.content.decode()


def test_health_is_answered_without_a_transaction(loop: Loop) -> None:
    assert Client().get("/healthz").status_code == 200
