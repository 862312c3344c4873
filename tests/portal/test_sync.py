"""The phone's queue at the server's door: stored once, answered one by one, judged by the rights of the day."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from PIL import Image

from tests.cast import CHENGDONG, NOW, SYSTEM, ZHUKOU_VILLAGE, Cast
from yicun.base.accounts import issue_token
from yicun.base.models import SyncReceipt
from yicun.base.tenancy import scoped
from yicun.force import services as force
from yicun.force.queries import postings_of
from yicun.kernel.ids import uuid7
from yicun.matters import services
from yicun.matters.models import Attachment, Entry, Matter

DEVICE = UUID("018f0000-0000-7000-8000-000000000001")


class Phone:
    """A member's phone with a token of its own."""

    def __init__(self, cast: Cast, username: str) -> None:
        actor = cast.actor(username)
        with scoped(SYSTEM):
            token = issue_token(account_id=actor.account_id, name="phone", actor=actor, now=NOW)  # type: ignore[arg-type]
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def send(self, *operations: dict[str, Any], device: UUID = DEVICE) -> list[dict[str, Any]]:
        body = json.dumps({"device": str(device), "operations": operations}, default=str)
        response = self.client.post("/api/v1/sync", body, content_type="application/json")
        assert response.status_code == 200, response.content.decode()
        answers: list[dict[str, Any]] = response.json()["answers"]
        return answers


def operation(
    name: str = "matters.record", *, base: int | None = None, key: UUID | None = None, **body: Any
) -> dict[str, Any]:
    if name == "matters.record":
        body = {"kind": "help", "title": "老人走失", "area_code": ZHUKOU_VILLAGE} | body
    return {
        "id": key or uuid7(),
        "name": name,
        "base": base,
        "recorded_at": datetime.now(UTC).isoformat(),
        "body": body,
    }


@pytest.fixture
def phone(cast: Cast) -> Phone:
    with scoped(SYSTEM):
        services.load_reference(actor=SYSTEM, now=NOW)
    return Phone(cast, "wang_jianguo")


def stored() -> list[str]:
    with scoped(SYSTEM):
        return list(Matter.objects.order_by("recorded_at", "id").values_list("title", flat=True))


def test_a_phone_stores_each_operation_once(phone: Phone) -> None:
    sent = [operation(title=f"第{number}件") for number in range(3)]
    assert [answer["answer"] for answer in phone.send(*sent)] == ["done"] * 3
    again = phone.send(*sent)
    assert [(answer["answer"], bool(answer["ref"])) for answer in again] == [("duplicate", True)] * 3
    assert stored() == ["第0件", "第1件", "第2件"]


def test_the_same_id_with_another_body_is_refused(phone: Phone) -> None:
    key = uuid7()
    phone.send(operation(key=key, title="先来"))
    answer = phone.send(operation(key=key, title="后到"))[0]
    assert (answer["answer"], answer["code"]) == ("refused", "sync.id_reused")
    assert stored() == ["先来"]


def test_one_bad_record_never_fails_the_rest(phone: Phone) -> None:
    sent = [operation(title="好"), operation(title="坏", kind="gossip"), operation(title="也好")]
    answers = phone.send(*sent)
    assert [(answer["answer"], answer["code"]) for answer in answers] == [
        ("done", ""),
        ("refused", "value.unknown_choice"),
        ("done", ""),
    ]
    assert stored() == ["好", "也好"]


def test_a_refused_record_may_be_sent_again_when_mended(phone: Phone) -> None:
    key = uuid7()
    phone.send(operation(key=key, kind="gossip"))
    assert phone.send(operation(key=key, kind="help"))[0]["answer"] == "done"


def test_the_same_operation_twice_in_one_request_is_stored_once(phone: Phone) -> None:
    sent = operation(title="按了两下")
    assert [answer["answer"] for answer in phone.send(sent, sent)] == ["done", "duplicate"]
    assert stored() == ["按了两下"]


def test_another_devices_record_under_a_known_id_is_refused(phone: Phone) -> None:
    key = uuid7()
    phone.send(operation(key=key))
    answer = phone.send(operation(key=key), device=uuid4())[0]
    assert (answer["answer"], answer["code"]) == ("refused", "matter.already_stored")


def test_a_step_on_an_outdated_version_is_a_conflict(phone: Phone) -> None:
    key = uuid7()
    phone.send(operation(key=key))
    note = [operation("matters.note", base=1, id=key, text=text) for text in ("甲", "乙")]
    answers = phone.send(*note)
    assert [(answer["answer"], answer["code"]) for answer in answers] == [
        ("done", ""),
        ("conflict", "matter.changed"),
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "matters.explode", "body": {"id": str(uuid4())}}, "step.unavailable"),
        ({"name": "fire.burn"}, "sync.operation_unknown"),
        ({"name": "matters.note", "body": {"id": "not-a-key", "text": "x"}}, "record.not_found"),
        ({"name": "matters.note", "body": {"id": str(uuid4()), "text": "x"}}, "record.not_found"),
        ({"recorded_at": (datetime.now(UTC) + timedelta(days=2)).isoformat()}, "sync.from_the_future"),
        ({"recorded_at": (datetime.now(UTC) - timedelta(days=40)).isoformat()}, "sync.too_old"),
        ({"body": {"kind": "help", "title": "x", "colour": "red"}}, "matter.field_unknown"),
        ({"body": {"kind": "help", "title": "x", "photos": [{"name": "a.jpg"}]}}, "sync.photos_malformed"),
        ({"body": {"kind": "help", "body": "", "area": ""}}, "sync.form_invalid"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_code(
    phone: Phone, changed: dict[str, Any], code: str
) -> None:
    answer = phone.send(operation() | {"id": uuid7()} | changed)[0]
    assert (answer["answer"], answer["code"]) == ("refused", code)
    assert answer["sentence"]
    assert stored() == []


def test_too_many_operations_are_refused_as_a_whole(phone: Phone) -> None:
    sent = json.dumps({"device": str(DEVICE), "operations": [operation() for _ in range(501)]}, default=str)
    response = phone.client.post("/api/v1/sync", sent, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (422, "sync.too_many")


def test_a_phone_may_send_the_form_as_it_was_typed_with_photos(phone: Phone) -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    body = {
        "kind": "hazard",
        "body": "灶间堆柴",
        "area": str(ZHUKOU_VILLAGE),
        "hazard-hazard_kind": "straw",
        "name": "张三",
    }
    photos = [{"name": "灶间.jpg", "type": "image/jpeg", "data": b64encode(picture.getvalue()).decode()}]
    sent = operation() | {"body": body | {"photos": photos}}
    assert phone.send(sent)[0]["answer"] == "done"
    with scoped(SYSTEM):
        matter = Matter.objects.get()
        names = list(Attachment.objects.values_list("name", flat=True))
    assert (matter.title, matter.details, matter.area_code) == (
        "灶间堆柴",
        {"hazard_kind": "straw"},
        ZHUKOU_VILLAGE,
    )
    assert names == ["灶间.jpg"]


def test_rights_are_those_of_the_day_it_was_written_down(cast: Cast, phone: Phone) -> None:
    """Moved away since: what was recorded before the move still counts, what came after is refused."""
    member = cast.members["wang_jianguo"]
    today = datetime.now(UTC).date()
    planner = cast.actor("zhao_min")
    with scoped(planner):
        for row in postings_of(member):
            force.end_posting(posting_id=row.posting_id, ends_on=today, actor=planner, now=NOW)
    before = operation(title="调走之前") | {
        "recorded_at": (datetime.now(UTC) - timedelta(days=2)).isoformat()
    }
    after = operation(title="调走之后")
    # Without a post today the door itself is closed; the desk takes the phone's file instead.
    body = json.dumps({"device": str(DEVICE), "operations": [before, after]}, default=str)
    response = phone.client.post("/api/v1/sync", body, content_type="application/json")
    assert response.status_code == 200, response.content.decode()
    assert [(one["answer"], one["code"]) for one in response.json()["answers"]] == [
        ("done", ""),
        ("refused", "account.no_posting"),
    ]


def test_a_record_outside_ones_area_stays_in_ones_sight(cast: Cast, phone: Phone) -> None:
    key = uuid7()
    assert phone.send(operation(key=key, area_code=CHENGDONG))[0]["answer"] == "done"
    assert phone.client.get(f"/api/v1/matters/{key}").status_code == 200


def test_receipts_belong_to_their_account(cast: Cast, phone: Phone) -> None:
    phone.send(operation())
    with scoped(cast.actor("lin_xiaowen")):
        assert SyncReceipt.objects.count() == 0
    with scoped(cast.actor("wang_jianguo")):
        assert SyncReceipt.objects.count() == 1


def test_an_operation_of_another_account_on_the_same_device_is_refused_alone(
    cast: Cast, phone: Phone
) -> None:
    """Two officers share a phone: what one has sent already is neither done again nor stops the other's queue."""
    key, note = uuid7(), operation("matters.note", base=1, text="去过了")
    phone.send(operation(key=key), note | {"body": {"id": str(key), "text": "去过了"}})
    colleague = Phone(cast, "lin_xiaowen")
    own = operation(title="同事的")
    answers = colleague.send(note | {"body": {"id": str(key), "text": "去过了"}}, own)
    assert [(one["answer"], one["code"]) for one in answers] == [("refused", "sync.id_reused"), ("done", "")]
    assert stored() == ["老人走失", "同事的"]
    with scoped(SYSTEM):
        assert Entry.objects.filter(matter_id=key, verb="note").count() == 1
