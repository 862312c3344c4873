"""Encryption at rest, hashes and keyed search, on the national algorithms where this build has them."""

from yicun.base.crypto.algorithms import Algorithm, available_algorithms
from yicun.base.crypto.hashes import canonical_json, sm3
from yicun.base.crypto.keyring import Keyring, open_keyring
from yicun.base.crypto.terms import REFUSALS

__all__ = [
    "REFUSALS",
    "Algorithm",
    "Keyring",
    "available_algorithms",
    "canonical_json",
    "open_keyring",
    "sm3",
]
