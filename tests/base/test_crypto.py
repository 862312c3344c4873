"""Encryption at rest: bound to a key and a purpose, and turned with the keys."""

import json
import multiprocessing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.base.workbooks import wall
from yicun.base.crypto import Keyring, available_algorithms, canonical_json, open_keyring, sm3
from yicun.base.crypto.algorithms import AES_256_GCM, SM4_GCM, Algorithm, runs
from yicun.kernel.refusals import Refused

ALGORITHMS = pytest.mark.parametrize("algorithm", available_algorithms(), ids=lambda a: str(a.name))


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return open_keyring(tmp_path / "keys")


def test_the_national_algorithm_comes_first() -> None:
    assert available_algorithms() == (SM4_GCM, AES_256_GCM)


def test_an_algorithm_this_build_lacks_is_left_out() -> None:
    def missing(key: bytes) -> AES:
        raise UnsupportedAlgorithm("not in this build")

    assert not runs(Algorithm(9, "none", 16, missing))


def test_sm4_gcm_gives_the_published_vector() -> None:
    """RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    text = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("aabbccddeeffeeaa"))
    sealed = SM4_GCM.seal(key, nonce, text, bound)
    assert sealed[:16].hex() == "17f399f08c67d5ee19d0dc9969c4bb7d"
    assert sealed[-16:].hex() == "83de3541e4c2b58177e065a9bf7b62ec"
    assert SM4_GCM.unseal(key, nonce, sealed, bound) == text


@ALGORITHMS
@settings(deadline=None)
@given(data=st.binary(max_size=200), bound=st.binary(max_size=20), at=st.integers(0, 1000))
def test_a_sealed_text_opens_unless_a_single_bit_differs(
    algorithm: Algorithm, data: bytes, bound: bytes, at: int
) -> None:
    key, nonce = b"k" * algorithm.key_bytes, b"n" * 12
    sealed = algorithm.seal(key, nonce, data, bound)
    assert algorithm.unseal(key, nonce, sealed, bound) == data
    place = at % len(sealed)
    for wrong in (sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], sealed[: place % 16]):
        with pytest.raises(InvalidTag):
            algorithm.unseal(key, nonce, wrong, bound)


@pytest.mark.parametrize("data", [b"", "林秀英".encode(), bytes(range(256)) * 500])
def test_an_envelope_opens_for_its_purpose_alone(keyring: Keyring, data: bytes) -> None:
    envelope = keyring.encrypt(data, purpose="party.name")
    assert keyring.decrypt(envelope, purpose="party.name") == data
    assert envelope != keyring.encrypt(data, purpose="party.name")
    with pytest.raises(Refused) as caught:
        keyring.decrypt(envelope, purpose="party.phone")
    assert caught.value.code == "crypto.altered"


def test_a_changed_cut_or_foreign_envelope_is_refused(keyring: Keyring, tmp_path: Path) -> None:
    envelope = keyring.encrypt(b"secret", purpose="p")
    wrong = [
        b"",
        envelope[:10],
        envelope[:-1],
        b"\x02" + envelope[1:],
        envelope[:1] + b"\x02" + envelope[2:],
        envelope[:-1] + bytes([envelope[-1] ^ 1]),
    ]
    for changed in wrong:
        with pytest.raises(Refused) as caught:
            keyring.decrypt(changed, purpose="p")
        assert caught.value.code == "crypto.altered"
    with pytest.raises(Refused) as caught:
        open_keyring(tmp_path / "other").decrypt(envelope, purpose="p")
    assert (caught.value.code, caught.value.facts["key"]) == ("crypto.key_unknown", keyring.newest.number)


def test_after_a_rotation_the_newest_key_seals_and_the_old_ones_open(
    keyring: Keyring, tmp_path: Path
) -> None:
    other_process = Keyring(tmp_path / "keys")
    old = keyring.encrypt(b"old", purpose="p")
    index = keyring.blind_index("13800000000", purpose="phone")
    number = keyring.rotate()
    new = keyring.encrypt(b"new", purpose="p")
    assert (keyring.newest.number, keyring.numbers[-1], len(keyring.numbers)) == (number, number, 2)
    assert int.from_bytes(new[2:6], "big") == number != int.from_bytes(old[2:6], "big")
    for reader in (keyring, other_process, Keyring(tmp_path / "keys")):
        assert [reader.decrypt(sealed, purpose="p") for sealed in (old, new)] == [b"old", b"new"]
        assert reader.blind_index("13800000000", purpose="phone") == index


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("林秀英", " 林 秀英\n", True),
        ("１３８0", "1380", True),
        ("ab", "AB", True),
        ("林秀英", "林秀", False),
    ],
)
def test_a_blind_index_is_equal_for_equal_texts_of_one_purpose(
    keyring: Keyring, one: str, two: str, same: bool
) -> None:
    assert (keyring.blind_index(one, purpose="n") == keyring.blind_index(two, purpose="n")) is same
    assert keyring.blind_index(one, purpose="n") != keyring.blind_index(one, purpose="m")


def test_the_key_file_is_closed_to_others_and_refused_when_it_is_not(
    keyring: Keyring, tmp_path: Path
) -> None:
    path = tmp_path / "keys" / "data-keys.json"
    assert (path.stat().st_mode & 0o777, [found.name for found in path.parent.iterdir()]) == (
        0o600,
        [path.name],
    )
    path.chmod(0o640)
    with pytest.raises(Refused) as caught:
        Keyring(path.parent)
    assert (caught.value.code, caught.value.facts["mode"]) == ("crypto.key_exposed", "640")


def test_a_damaged_or_missing_key_file_is_never_replaced(keyring: Keyring, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "data-keys.json"
    facts = json.loads(path.read_text())
    short = [facts["keys"][0] | {"secret": "AAAA"}]
    unknown = [facts["keys"][0] | {"algorithm": "rot13"}]
    for wrong in ("{", "[]", *(json.dumps(facts | {"keys": keys}) for keys in ([], short, unknown))):
        path.write_text(wrong)
        with pytest.raises(Refused) as caught:
            Keyring(path.parent)
        assert (caught.value.code, path.read_text()) == ("crypto.key_unreadable", wrong)
    with pytest.raises(Refused) as caught:
        Keyring(tmp_path / "nowhere")
    assert caught.value.code == "crypto.key_unreadable"


def _number_of(folder: str) -> int:
    return open_keyring(Path(folder)).newest.number


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    own = _number_of(str(tmp_path / "keys" / ".." / "keys"))
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        numbers = pool.map(_number_of, [str(tmp_path / "keys")] * 3)
    assert {own, _number_of(str(tmp_path / "keys"))} == set(numbers)


def test_sm3_gives_the_published_vector() -> None:
    """GB/T 32905, example 1."""
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, 1.5]}, '{"a":[true,null,1.5],"b":1}'),
        ({"村": "红卫"}, '{"村":"红卫"}'),
        (datetime(2026, 11, 23, 8, tzinfo=timezone(timedelta(hours=8))), '"2026-11-23T00:00:00+00:00"'),
        (date(2026, 11, 23), '"2026-11-23"'),
        ((UUID(int=1), Decimal("1.50")), '["00000000-0000-0000-0000-000000000001","1.50"]'),
    ],
)
def test_a_value_has_one_canonical_form(value: object, written: str) -> None:
    assert canonical_json(value) == written.encode()


@pytest.mark.parametrize(
    ("value", "error"),
    [(float("nan"), ValueError), (wall(2026, 1, 1), ValueError), ({1: 2}, TypeError), (b"x", TypeError)],
)
def test_what_has_no_canonical_form_is_not_hashed(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        canonical_json(value)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8"))
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(st.characters(codec="utf-8")), PLAIN, max_size=4))
def test_the_order_of_keys_does_not_change_the_canonical_form(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert (
        canonical_json(value) == canonical_json(turned) == canonical_json(json.loads(canonical_json(value)))
    )
