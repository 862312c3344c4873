"""Uploads in pieces over a connection that breaks."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yicun.base.files import Mime, Stored, append, begin, collect, finish, path_of, sweep
from yicun.kernel.refusals import Refused

CONTENT = "现场照片说明\n".encode() * 50
SIZE = len(CONTENT)
ONE, TWO = UUID(int=1), UUID(int=2)
LIMIT = 1 << 20


class Phone:
    """One phone's view of the upload service."""

    def __init__(self, root: Path, owner: str = "lin") -> None:
        self.folder, self.store, self.owner = root / "uploads", root / "files", owner

    def begin(self, upload_id: UUID = ONE, *, name: str = "a.txt", size: int = SIZE) -> int:
        facts: dict[str, Any] = {"upload_id": upload_id, "owner": self.owner, "folder": self.folder}
        return begin(name=name, size=size, max_bytes=LIMIT, **facts)

    def append(self, offset: int, data: bytes, upload_id: UUID = ONE) -> int:
        return append(upload_id=upload_id, owner=self.owner, offset=offset, data=data, folder=self.folder)

    def finish(self, sha256: str | None = None, upload_id: UUID = ONE) -> Stored:
        return finish(
            upload_id=upload_id, owner=self.owner, sha256=sha256, folder=self.folder, store=self.store
        )


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    return Phone(tmp_path)


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, SIZE), max_size=6))
def test_pieces_of_any_size_make_up_the_file(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    phone = Phone(tmp_path_factory.mktemp("phone"))
    offset = phone.begin()
    for cut in [*sorted(cuts), SIZE]:
        offset = phone.append(offset, CONTENT[offset:cut])
        assert offset == cut == phone.begin()
    stored = phone.finish(hashlib.sha256(CONTENT).hexdigest())
    assert stored == Stored(hashlib.sha256(CONTENT).hexdigest(), SIZE, Mime.TEXT)
    assert path_of(stored.sha256, folder=phone.store).read_bytes() == CONTENT


def test_an_answer_that_was_lost_is_given_again(phone: Phone) -> None:
    phone.begin()
    phone.append(0, CONTENT)
    assert phone.append(0, CONTENT) == phone.append(5, CONTENT[5:]) == SIZE
    first = phone.finish()
    assert (phone.finish(), phone.begin()) == (first, SIZE)
    with pytest.raises(Refused) as caught:
        phone.append(0, CONTENT)
    assert caught.value.facts == {"expected": SIZE}
    assert not list(phone.folder.glob("*.part"))


@pytest.mark.parametrize("offset", [0, 4, 6, SIZE])
def test_a_piece_at_the_wrong_place_changes_nothing(phone: Phone, offset: int) -> None:
    phone.begin()
    phone.append(0, CONTENT[:5])
    with pytest.raises(Refused) as caught:
        phone.append(offset, b"x")
    assert (caught.value.code, caught.value.facts) == ("upload.wrong_offset", {"expected": 5})
    assert phone.begin() == 5


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"size": 0}, "file.empty"),
        ({"size": LIMIT + 1}, "file.too_large"),
        ({"name": "b.txt"}, "upload.id_reused"),
        ({"size": SIZE - 1}, "upload.id_reused"),
    ],
)
def test_an_announcement_that_cannot_be_met_is_refused(
    phone: Phone, facts: dict[str, Any], code: str
) -> None:
    phone.begin()
    with pytest.raises(Refused) as caught:
        phone.begin(**facts)
    assert caught.value.code == code
    assert phone.begin() == 0


def test_more_than_announced_is_refused_and_the_rest_goes_on(phone: Phone) -> None:
    phone.begin()
    with pytest.raises(Refused) as caught:
        phone.append(0, CONTENT + b"x")
    assert caught.value.code == "upload.too_much"
    assert phone.append(0, CONTENT) == SIZE


def test_less_than_announced_is_not_finished(phone: Phone) -> None:
    phone.begin()
    for received in (0, 5):
        phone.append(0, CONTENT[:received])
        with pytest.raises(Refused) as caught:
            phone.finish()
        assert (caught.value.code, caught.value.facts["received"]) == ("upload.incomplete", received)


def test_bytes_changed_on_the_way_are_sent_anew(phone: Phone) -> None:
    phone.begin()
    phone.append(0, b"x" * SIZE)
    with pytest.raises(Refused) as caught:
        phone.finish(hashlib.sha256(CONTENT).hexdigest())
    assert caught.value.code == "upload.altered"
    assert phone.begin() == 0
    phone.append(0, CONTENT)
    assert phone.finish(hashlib.sha256(CONTENT).hexdigest()).size == SIZE


def test_a_file_that_may_not_be_kept_is_refused_at_the_end(phone: Phone) -> None:
    phone.begin(size=4)
    phone.append(0, b"MZ\x90\x00")
    with pytest.raises(Refused) as caught:
        phone.finish()
    assert caught.value.code == "file.can_run"
    assert not phone.store.exists() or not [path for path in phone.store.rglob("*") if path.is_file()]


def test_bytes_that_the_disk_lost_are_asked_for_again(phone: Phone) -> None:
    """The power went before the last bytes lay on the disk: what is there is not what was sent."""
    phone.begin()
    phone.append(0, CONTENT[:20])
    (phone.folder / f"{ONE}.part").write_bytes(CONTENT[:10] + bytes(10))
    with pytest.raises(Refused) as caught:
        phone.append(0, CONTENT[:20])
    assert caught.value.code == "upload.wrong_offset"
    phone.append(20, CONTENT[20:])
    with pytest.raises(Refused) as caught:
        phone.finish(hashlib.sha256(CONTENT).hexdigest())
    assert (caught.value.code, phone.begin()) == ("upload.altered", 0)


def test_an_upload_is_collected_once_it_is_whole_and_as_long_as_its_file_is_there(phone: Phone) -> None:
    who: dict[str, Any] = {"upload_id": ONE, "owner": "lin", "folder": phone.folder, "store": phone.store}
    assert collect(**who) is None
    phone.begin()
    phone.append(0, CONTENT)
    assert collect(**who) is None
    stored = phone.finish()
    assert collect(**who) == stored
    assert collect(**who | {"owner": "chen"}) is None
    path_of(stored.sha256, folder=phone.store).unlink()
    assert collect(**who) is None
    assert phone.begin() == 0, "and may be sent anew"


def test_an_upload_of_somebody_else_answers_as_one_that_does_not_exist(phone: Phone, tmp_path: Path) -> None:
    stranger = Phone(tmp_path, owner="chen")
    with pytest.raises(Refused) as caught:
        stranger.append(0, b"x")
    assert caught.value.code == "upload.unknown"
    phone.begin()
    for attempt in (
        lambda: stranger.append(0, b"x"),
        stranger.finish,
        lambda: stranger.finish(upload_id=TWO),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "upload.unknown"
    with pytest.raises(Refused) as caught:
        stranger.begin()
    assert caught.value.code == "upload.id_reused"


def test_uploads_in_which_nothing_happens_are_swept(phone: Phone) -> None:
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert sweep(folder=phone.folder, before=now) == (0, frozenset())
    for upload_id in (ONE, TWO):
        phone.begin(upload_id)
        phone.append(0, CONTENT, upload_id)
    for path in phone.folder.iterdir():
        happened = now - timedelta(hours=1 if str(TWO) in path.name and path.suffix == ".part" else 3)
        os.utime(path, (happened.timestamp(), happened.timestamp()))
    assert sweep(folder=phone.folder, before=now - timedelta(hours=2)) == (1, frozenset())
    assert {path.stem for path in phone.folder.iterdir()} == {str(TWO)}
    stored = phone.finish(upload_id=TWO)
    assert stored.size == SIZE
    assert sweep(folder=phone.folder, before=now + timedelta(days=3650)) == (1, frozenset({stored.sha256}))
    assert list(phone.folder.iterdir()) == []
