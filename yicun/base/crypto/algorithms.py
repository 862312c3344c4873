"""Algorithms behind one interface: the stored code of an envelope says which one sealed it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

NONCE_BYTES = 12
TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An authenticated cipher. `code` is written into every envelope and never given to another one."""

    code: int
    name: str
    key_bytes: int
    cipher: Callable[[bytes], BlockCipherAlgorithm]

    def seal(self, key: bytes, nonce: bytes, data: bytes, bound: bytes) -> bytes:
        sealing = Cipher(self.cipher(key), GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(bound)
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def unseal(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Raises InvalidTag when a bit of the text, the key or what it is bound to differs."""
        if len(sealed) < TAG_BYTES:
            raise InvalidTag
        opening = Cipher(self.cipher(key), GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        opening.authenticate_additional_data(bound)
        return opening.update(sealed[:-TAG_BYTES]) + opening.finalize()


SM4_GCM = Algorithm(1, "sm4-gcm", 16, SM4)
AES_256_GCM = Algorithm(2, "aes-256-gcm", 32, AES)


@cache
def available_algorithms() -> tuple[Algorithm, ...]:
    """Those this build can run, the preferred one first."""
    return tuple(algorithm for algorithm in (SM4_GCM, AES_256_GCM) if runs(algorithm))


def runs(algorithm: Algorithm) -> bool:
    try:
        algorithm.seal(bytes(algorithm.key_bytes), bytes(NONCE_BYTES), b"", b"")
    except UnsupportedAlgorithm:
        return False
    return True
