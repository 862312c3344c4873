"""The API's own addresses: description, workflow tables, places; who may ask."""

import pytest
from django.test import Client

from tests.cast import NOW, SYSTEM, ZHUKOU_VILLAGE, Cast
from yicun.base.accounts import issue_token
from yicun.base.tenancy import scoped
from yicun.matters.rules.flow import WORKFLOW


@pytest.fixture
def program(cast: Cast) -> Client:
    with scoped(SYSTEM):
        token = issue_token(account_id=cast.accounts["lin_xiaowen"], name="program", actor=SYSTEM, now=NOW)
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_description_names_every_promised_address(program: Client) -> None:
    described = program.get("/api/v1/openapi.json").json()
    assert {
        "/api/v1/workflows",
        "/api/v1/matters",
        "/api/v1/matters/{matter_id}",
        "/api/v1/matters/{matter_id}/{action}",
        "/api/v1/sync",
    } <= set(described["paths"])


def test_workflows_are_the_tables_the_product_runs_on(program: Client) -> None:
    assert program.get("/api/v1/workflows").json() == {"matter": WORKFLOW.as_table()}


@pytest.mark.parametrize("typed", ["zk", "朱口", "350429101208"])
def test_places_are_found_by_initials_name_and_code(program: Client, typed: str) -> None:
    found = program.get("/api/v1/places", {"q": typed, "limit": "30"}).json()
    assert ZHUKOU_VILLAGE in [place["code"] for place in found]


def test_nothing_typed_finds_no_place(program: Client) -> None:
    assert program.get("/api/v1/places", {"q": " "}).json() == []


@pytest.mark.parametrize("path", ["/api/v1/workflows", "/api/v1/matters", "/api/v1/places"])
def test_visitors_are_asked_to_sign_in(cast: Cast, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "account.not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_root_of_the_api_is_no_page(program: Client) -> None:
    assert program.get("/api/v1/").status_code == 404
