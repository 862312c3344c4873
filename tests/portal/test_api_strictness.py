"""What programs get that call the API wrongly: always a problem document with a code, and nothing stored."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.cast import CHENGDONG, SYSTEM, ZHUKOU_VILLAGE, Cast
from tests.databases import Clone
from tests.matters.conftest import Loop, loop
from yicun.base.accounts import issue_token
from yicun.base.pages import out_of_order, today
from yicun.base.tenancy import scoped
from yicun.config.api import api
from yicun.config.wsgi import application
from yicun.kernel.ids import uuid7
from yicun.matters.models import Matter
from yicun.registry import services as registry

__all__ = ["loop"]
JSON = "application/json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
DEVICE = "018f0000-0000-7000-8000-000000000002"


@pytest.fixture
def headers(loop: Loop) -> dict[str, str]:
    with scoped(SYSTEM):
        account = loop.cast.accounts["lin_xiaowen"]
        token = issue_token(account_id=account, name="program", actor=SYSTEM, now=loop.now)
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def program(headers: dict[str, str]) -> Client:
    return Client(headers=headers, raise_request_exception=False)


def told(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["title"] and set(body) == {"type", "title", "status", "code"}
    assert body["status"] == answer.status_code
    return body["status"], body["code"]


def record(program: Client, **body: Any) -> Any:
    return program.post("/api/v1/matters", json.dumps({"kind": "help", "title": "老人走失"} | body), JSON)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/api/v1/matters", "GET, POST"), ("DELETE", "/api/v1/sync", "GET, POST")],
)
def test_a_method_that_is_not_there_names_those_that_are(
    program: Client, method: str, path: str, allowed: str
) -> None:
    answer = program.generic(method, path)
    assert told(answer) == (405, "request.method")
    assert sorted(answer.headers["Allow"].split(", ")) == allowed.split(", ")


def test_a_page_says_in_words_that_it_must_be_posted_to(cast: Cast) -> None:
    answer = Client().get("/large-print/")
    assert (answer.status_code, "可以用：POST" in answer.content.decode()) == (405, True)


@pytest.mark.parametrize(
    "given",
    ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json; charset=gbk"],
)
def test_only_json_is_read(program: Client, given: str) -> None:
    answer = program.post("/api/v1/matters", b'{"kind": "help", "title": "x"}', given)
    assert told(answer) == (415, "request.media_type")


def test_a_body_above_what_is_read_at_once_is_too_large(program: Client) -> None:
    assert told(record(program, body="x" * (21 << 20))) == (413, "request.too_large")


def test_a_host_that_is_not_ours_is_turned_away_in_words(cast: Cast) -> None:
    assert told(Client().get("/api/v1/matters", headers={"Host": "evil.example"})) == (
        400,
        "request.not_accepted",
    )
    page = Client().get("/sign-in/", headers={"Host": "evil.example"})
    assert (page.status_code, "不合规范" in page.content.decode()) == (400, True)


def test_what_nobody_foresaw_is_a_problem_for_programs_and_a_page_for_people(rf: Any) -> None:
    assert told_by(out_of_order(rf.get("/api/v1/matters"))) == (500, "server.failed")
    assert "平台出了问题" in out_of_order(rf.get("/matters/")).content.decode()


def told_by(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["code"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"colour": "red"}, "list.filter_unknown"),
        ({"recorded_at": "2026"}, "list.filter_unknown"),
        ({"state": "nope"}, "value.unknown_choice"),
        ({"state": "a\0b"}, "value.unknown_choice"),
        ({"number": "a\0b"}, "text.control_characters"),
        ({"satisfaction": "bliss"}, "value.unknown_choice"),
        ({"limit": "many"}, "request.malformed"),
        ({"area_code": "5"}, "area.unknown"),
    ],
)
def test_a_filter_that_cannot_be_kept_is_refused(program: Client, asked: dict[str, str], code: str) -> None:
    assert told(program.get("/api/v1/matters", asked))[1] == code


def test_lists_are_narrowed_by_the_names_of_the_fields(loop: Loop, program: Client) -> None:
    here = loop.record(
        "wang_jianguo", title="这里", area_code=ZHUKOU_VILLAGE, channel="board", source_key="A7"
    )
    loop.record("lin_xiaowen", title="别处", area_code=CHENGDONG)
    for asked in (
        {"area_code": ZHUKOU_VILLAGE},
        {"number": here.number},
        {"source_key": "A7"},
        {"channel": "board", "state": "recorded", "urgency": "ordinary", "kind": "help"},
    ):
        found = program.get("/api/v1/matters", asked).json()["items"]
        assert [one["id"] for one in found] == [str(here.pk)], asked


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"lon": 117.1}, "matter.position_halved"),
        ({"place_id": str(uuid7())}, "place.unknown"),
        ({"kind": "\ud800"}, "value.unknown_choice"),
        ({"kind": 5}, "request.malformed"),
    ],
)
def test_a_record_that_is_half_right_is_not_stored(program: Client, body: dict[str, Any], code: str) -> None:
    assert told(record(program, **body))[1] == code
    with scoped(SYSTEM):
        assert Matter.objects.count() == 0


def test_reasons_are_said_in_chinese(program: Client) -> None:
    answer = program.post("/api/v1/matters", '{"title": "x", "area_code": "y"}', JSON).json()
    assert answer["title"] == "请求的格式不对：kind 必须填写。"
    assert record(program, area_code="y").json()["title"] == "请求的格式不对：area_code 应为整数。"
    assert record(program, colour="red").json()["title"] == "请求的格式不对：colour 没有这个字段。"


def test_a_matter_at_a_known_place_lies_in_its_area(loop: Loop, program: Client) -> None:
    with scoped(SYSTEM):
        place = registry.add_place(
            kind="shop",
            name="桥头小店",
            area_code=ZHUKOU_VILLAGE,
            on=today(loop.now),
            actor=SYSTEM,
            now=loop.now,
        )
    stored = record(program, place_id=str(place)).json()
    assert stored["area_code"] == ZHUKOU_VILLAGE


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": ["x"]}, "value.malformed"),
        ({"text": 5}, "value.malformed"),
        ({"text": "x", "colour": "red"}, "matter.field_unknown"),
    ],
)
def test_a_step_reads_only_what_it_knows(
    loop: Loop, program: Client, given: dict[str, Any], code: str
) -> None:
    matter = loop.record("wang_jianguo")
    answers = sync(program, operation("matters.note", id=str(matter.pk), **given))
    assert [one["code"] for one in answers] == [code]
    direct = program.post(f"/api/v1/matters/{matter.pk}/note", json.dumps(given), JSON)
    assert told(direct) == (422, "request.malformed")


def operation(name: str = "matters.record", **body: Any) -> dict[str, Any]:
    if name == "matters.record":
        body = {"kind": "help", "title": "老人走失"} | body
    return {"id": str(uuid7()), "name": name, "recorded_at": datetime.now(UTC).isoformat(), "body": body}


def sync(program: Client, *operations: Any) -> list[dict[str, Any]]:
    sent = json.dumps({"device": DEVICE, "operations": operations})
    answer = program.post("/api/v1/sync", sent, JSON)
    assert answer.status_code == 200, answer.content.decode()
    answers: list[dict[str, Any]] = answer.json()["answers"]
    return answers


@pytest.mark.parametrize(
    "spoilt",
    [
        {"recorded_at": "yesterday"},
        {"id": "not-a-key"},
        {"body": [1]},
        {"base": "x"},
        {"name": None},
    ],
)
def test_one_spoilt_operation_holds_up_no_other(program: Client, spoilt: dict[str, Any]) -> None:
    before, bad, after = operation(), operation() | spoilt, operation()
    answers = sync(program, before, bad, after)
    assert [one["id"] for one in answers] == [before["id"], bad["id"], after["id"]]
    assert [(one["answer"], one["code"]) for one in answers] == [
        ("done", ""),
        ("refused", "request.malformed"),
        ("done", ""),
    ]


@pytest.mark.parametrize("spoilt", [1, None, "x", [], {}])
def test_what_is_no_operation_at_all_is_answered_in_its_place(program: Client, spoilt: Any) -> None:
    assert [one["answer"] for one in sync(program, spoilt, operation())] == ["refused", "done"]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("9999-12-31T23:59:59-14:00", "sync.from_the_future"),
        ("0001-01-01T00:00:00+14:00", "sync.too_old"),
        ("1900-01-01T00:00:00", "sync.too_old"),
    ],
)
def test_a_clock_that_stands_wrong_is_named(program: Client, at: str, code: str) -> None:
    answers = sync(program, operation() | {"recorded_at": at}, operation())
    assert [(one["answer"], one["code"]) for one in answers] == [("refused", code), ("done", "")]


def test_an_id_used_twice_in_one_request_keeps_the_first_and_says_so(program: Client) -> None:
    first = operation(title="先来")
    answers = sync(program, first, first, first | {"body": {"kind": "help", "title": "后到"}})
    assert [(one["answer"], one["code"]) for one in answers] == [
        ("done", ""),
        ("duplicate", ""),
        ("refused", "sync.id_reused"),
    ]
    with scoped(SYSTEM):
        assert list(Matter.objects.values_list("title", flat=True)) == ["先来"]


def test_the_description_says_how_to_sign_in_and_what_a_refusal_looks_like() -> None:
    described = api.get_openapi_schema()
    assert set(described["components"]["securitySchemes"]) == {"token", "session"}
    refusals = {
        next(iter(operation["responses"]["default"]["content"]))
        for path in described["paths"].values()
        for operation in path.values()
    }
    assert refusals == {"application/problem+json"}


def test_whatever_is_thrown_at_it_the_api_keeps_its_description(
    own_database: Clone, headers: dict[str, str]
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 7
    for operation in operations:
        throw(operation, headers)


def throw(operation: Any, headers: dict[str, str]) -> None:
    @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def thrown(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    thrown()
