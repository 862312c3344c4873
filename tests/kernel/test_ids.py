import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from yicun.kernel.ids import is_uuid7, uuid7, uuid7_time
from yicun.kernel.refusals import Refused


def test_a_key_has_the_layout_of_the_standard() -> None:
    key = uuid7(0x0123456789AB)
    assert (key.version, key.variant) == (7, "specified in RFC 4122")
    assert key.hex[:12] == "0123456789ab"
    assert is_uuid7(key)


def test_the_example_of_the_standard_is_read() -> None:
    key = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    assert uuid7_time(key) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


@pytest.mark.parametrize("key", [uuid4(), UUID(int=0), UUID(int=0x7 << 76)])
def test_another_kind_of_key_has_no_time(key: UUID) -> None:
    assert not is_uuid7(key)
    with pytest.raises(Refused) as refused:
        uuid7_time(key)
    assert refused.value.code == "id.not_version_7"


def test_keys_rise_and_carry_the_time_they_were_made() -> None:
    before = time.time()
    keys = [uuid7() for _ in range(5_000)]
    after = time.time()
    assert keys == sorted(keys)
    assert len(set(keys)) == 5_000
    assert before - 0.002 <= uuid7_time(keys[0]).timestamp() <= uuid7_time(keys[-1]).timestamp() <= after


def test_keys_of_one_told_millisecond_rise() -> None:
    keys = [uuid7(1_700_000_000_000) for _ in range(1_000)]
    assert keys == sorted(set(keys))
    assert {uuid7_time(key) for key in keys} == {datetime.fromtimestamp(1_700_000_000, UTC)}


def test_a_told_time_is_kept_even_if_it_lies_back() -> None:
    assert uuid7(2_000).int >> 80 == 2_000
    assert uuid7(1_000).int >> 80 == 1_000


def test_a_clock_set_back_does_not_set_keys_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    assert first < uuid7() < uuid7()


def test_threads_never_share_a_key() -> None:
    def made(_: int) -> list[UUID]:
        return [uuid7() for _ in range(500)]

    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(made, range(8)))
    assert all(batch == sorted(batch) for batch in batches)
    assert len({key for batch in batches for key in batch}) == 4_000


def test_a_forked_child_makes_keys_of_its_own() -> None:
    reading, writing = os.pipe()
    last = uuid7(5_000)
    child = os.fork()
    if child == 0:
        os.write(writing, uuid7(5_000).bytes)
        os._exit(0)
    os.waitpid(child, 0)
    theirs, ours = UUID(bytes=os.read(reading, 16)), uuid7(5_000)
    os.close(reading)
    os.close(writing)
    assert ours > last
    assert abs(theirs.int - last.int) > 1 << 33


@pytest.mark.parametrize("ms", [-1, 1 << 48])
def test_a_time_that_does_not_fit_is_a_programming_error(ms: int) -> None:
    with pytest.raises(ValueError, match="not a millisecond"):
        uuid7(ms)
