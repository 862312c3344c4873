"""Photos in pieces at the server's door: resumed after a cut, stored once, and no record without them."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from PIL import Image

from tests.cast import NOW, SYSTEM, Cast
from tests.portal.test_sync import DEVICE, Phone, operation, stored
from yicun.base import jobs, vault
from yicun.base.models import StoredFile
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.matters import services
from yicun.matters.models import Attachment

PIECE = 64 * 1024
Answer = tuple[int, dict[str, Any]]


def picture() -> bytes:
    """About 300 KB: noise does not compress."""
    out = BytesIO()
    Image.effect_noise((640, 640), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


class Uploader(Phone):
    """A phone that sends one photo; `name` is the same in every announcement."""

    def __init__(self, cast: Cast, username: str, content: bytes) -> None:
        super().__init__(cast, username)
        self.content, self.key = content, uuid7()

    def begin(self, *, size: int | None = None, queue_of: str = "") -> Answer:
        told = {"name": "灶间.jpg", "size": len(self.content) if size is None else size}
        return self._asked("put", f"/api/v1/uploads/{self.key}", json.dumps(told), queue_of=queue_of)

    def piece(self, offset: int, data: bytes | None = None, *, said: str | None = None) -> Answer:
        data = self.content[offset : offset + PIECE] if data is None else data
        url = f"/api/v1/uploads/{self.key}/pieces/{offset}?sha256={said or sha256(data).hexdigest()}"
        return self._asked("put", url, data, kind="application/octet-stream")

    def finish(self) -> Answer:
        told = json.dumps({"sha256": sha256(self.content).hexdigest()})
        return self._asked("post", f"/api/v1/uploads/{self.key}/finish", told)

    def record(self, **body: Any) -> dict[str, Any]:
        photos = [{"name": "灶间.jpg", "type": "image/jpeg", "upload": str(self.key)}]
        return operation(photos=photos, **body)

    def upload(self) -> None:
        self.begin()
        for offset in range(0, len(self.content), PIECE):
            assert self.piece(offset)[0] == 200
        assert self.finish()[0] == 200

    def _asked(
        self, method: str, url: str, data: str | bytes, kind: str = "application/json", queue_of: str = ""
    ) -> Answer:
        answer = getattr(self.client, method)(url, data, content_type=kind, headers={"X-Queue-Of": queue_of})
        return answer.status_code, answer.json()


@pytest.fixture
def phone(cast: Cast, settings: Any, tmp_path: Path) -> Uploader:
    settings.DATA = tmp_path
    with scoped(SYSTEM):
        services.load_reference(actor=SYSTEM, now=NOW)
    return Uploader(cast, "wang_jianguo", picture())


def test_a_photo_that_was_cut_off_goes_on_where_it_stopped(phone: Uploader) -> None:
    assert phone.begin() == (200, {"received": 0})
    assert phone.piece(0) == (200, {"received": PIECE})
    assert phone.begin() == (200, {"received": PIECE}), "the phone was switched off and asks again"
    for offset in range(PIECE, len(phone.content), PIECE):
        assert phone.piece(offset)[1] == {"received": min(offset + PIECE, len(phone.content))}
    status, kept = phone.finish()
    assert (status, kept["mime"]) == (200, "image/jpeg")
    assert phone.finish() == (200, kept), "an answer that was lost is given again"
    assert sha256(vault.path_of(kept["sha256"]).read_bytes()).hexdigest() == kept["sha256"]


def test_a_piece_sent_twice_is_stored_once(phone: Uploader) -> None:
    phone.begin()
    assert [phone.piece(0)[1], phone.piece(0)[1]] == [{"received": PIECE}] * 2
    longer = phone.content[: PIECE + 100]
    assert phone.piece(0, longer)[1] == {"received": PIECE + 100}, "a longer piece over the same start"
    status, told = phone.piece(PIECE, b"something else")
    assert (status, told["code"]) == (409, "upload.wrong_offset")


@pytest.mark.parametrize(
    ("offset", "data", "said", "code"),
    [
        (0, b"abc", "0" * 64, "upload.piece_altered"),
        (9, b"abc", None, "upload.wrong_offset"),
        (0, b"x" * (1024 * 1024 + 1), None, "upload.piece_too_large"),
        (0, b"x" * 500_000, None, "upload.too_much"),
        (-1, b"abc", None, "request.malformed"),
    ],
)
def test_a_piece_that_cannot_be_right_changes_nothing(
    phone: Uploader, offset: int, data: bytes, said: str | None, code: str
) -> None:
    phone.begin(size=400_000)
    assert phone.piece(offset, data, said=said)[1]["code"] == code
    assert phone.begin(size=400_000) == (200, {"received": 0})


def test_a_photo_of_200_mb_is_refused_when_it_is_announced(phone: Uploader) -> None:
    status, told = phone.begin(size=200 * 1024 * 1024)
    assert (status, told["code"]) == (422, "file.too_large")
    assert "50 MB" in told["title"]
    assert "灶间.jpg" in told["title"]


def test_a_record_is_not_acknowledged_before_its_photos_are_there(phone: Uploader) -> None:
    sent = phone.record(title="灶间堆柴")
    phone.begin()
    phone.piece(0)
    answer = phone.send(sent)[0]
    assert (answer["answer"], answer["code"]) == ("refused", "sync.photos_to_come")
    assert "1 张照片中有 1 张还没有传完" in answer["sentence"]
    assert stored() == []
    phone.upload()
    assert phone.send(sent)[0]["answer"] == "done"
    assert phone.send(sent)[0]["answer"] == "duplicate"
    with scoped(SYSTEM):
        (attached,) = Attachment.objects.all()
    with vault.open_stored(attached.file_id) as opened:
        assert Image.open(opened).size == (640, 640)


def test_a_step_brings_its_photos(phone: Uploader) -> None:
    key = uuid7()
    phone.send(operation(key=key))
    phone.upload()
    photos = phone.record()["body"]["photos"]
    note = operation("matters.note", base=1, id=str(key), text="拍了照片", photos=photos)
    assert phone.send(note)[0]["answer"] == "done"
    with scoped(SYSTEM):
        assert [one.matter_id for one in Attachment.objects.all()] == [key]


def test_a_photo_of_somebody_else_is_one_that_is_still_to_come(cast: Cast, phone: Uploader) -> None:
    phone.upload()
    stranger = Phone(cast, "li_xiuying")
    assert stranger.send(phone.record())[0]["code"] == "sync.photos_to_come"
    assert phone.send(phone.record())[0]["answer"] == "done"


def test_a_queue_is_taken_from_its_owner_alone(cast: Cast, phone: Uploader) -> None:
    """Another officer signed in on the same phone, in a page that was drawn for the first one."""
    other = str(cast.actor("li_xiuying").account_id)
    status, told = phone.begin(queue_of=other)
    assert (status, told["code"]) == (403, "sync.other_account")
    body = json.dumps({"device": str(DEVICE), "operations": [operation()]}, default=str)
    answer = phone.client.post(
        "/api/v1/sync", body, content_type="application/json", headers={"X-Queue-Of": other}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.other_account")
    assert stored() == []
    assert phone.begin(queue_of=str(cast.actor("wang_jianguo").account_id))[0] == 200


def test_the_list_of_what_is_held_names_what_was_stored_and_nothing_else(cast: Cast, phone: Uploader) -> None:
    sent = [operation(title="甲"), operation(title="乙")]
    refs = {answer["id"]: answer["ref"] for answer in phone.send(*sent)}
    asked = {"device": str(DEVICE), "ids": [str(one["id"]) for one in sent] + [str(uuid4())]}
    held = phone.client.get("/api/v1/sync", asked).json()
    assert {one["id"]: one["ref"] for one in held} == refs
    assert Phone(cast, "li_xiuying").client.get("/api/v1/sync", asked).json() == []
    assert phone.client.get("/api/v1/sync", asked | {"device": str(uuid4())}).json() == []
    many = phone.client.get("/api/v1/sync", {"device": str(DEVICE), "ids": [str(uuid4())] * 501})
    assert many.json()["code"] == "sync.too_many"


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_neither_ask_nor_send(phone: Uploader, method: str) -> None:
    answer = getattr(Client(), method)(f"/api/v1/sync?device={DEVICE}&ids={uuid4()}")
    assert answer.json()["code"] == "account.not_signed_in"


def test_abandoned_uploads_go_at_night_and_files_of_records_stay(phone: Uploader, cast: Cast) -> None:
    phone.upload()
    phone.send(phone.record())
    abandoned = Uploader(cast, "wang_jianguo", picture())
    abandoned.upload()
    begun = Uploader(cast, "wang_jianguo", picture())
    begun.begin()
    begun.piece(0)
    kept = StoredFile.objects.get().sha256
    jobs.sweep_uploads(timestamp=0)
    assert abandoned.begin()[1] == {"received": len(abandoned.content)}, "a week has not passed"
    assert vault.sweep_uploads(now=datetime.now(UTC) + timedelta(days=8)) == 3
    files = [path for path in (Path(vault.path_of(kept)).parents[2]).rglob("*") if path.is_file()]
    assert [path.name for path in files] == [kept]
    assert begun.begin() == (200, {"received": 0})
    assert abandoned.send(abandoned.record())[0]["code"] == "sync.photos_to_come"
