"""The one register of everything the product refuses: a code for programs, a sentence for people."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal, get_args

Kind = Literal[
    "unreadable",
    "unauthenticated",
    "forbidden",
    "not_found",
    "wrong_method",
    "conflict",
    "too_large",
    "wrong_media",
    "invalid",
    "broken",
    "unavailable",
]

STATUS: Mapping[Kind, int] = {
    "unreadable": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "wrong_method": 405,
    "conflict": 409,
    "too_large": 413,
    "wrong_media": 415,
    "invalid": 422,
    "broken": 500,
    "unavailable": 503,
}

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_FACT = re.compile(r"[a-z][a-z0-9_]*")


def _names_in(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@dataclass(frozen=True, slots=True)
class Sentence:
    kind: Kind
    text: str

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"unknown kind of refusal: {self.kind}")
        for name in _names_in(self.text):
            if not _FACT.fullmatch(name):
                raise ValueError(f"a fact is named by a plain word, not {name!r}")


_REGISTER: dict[str, Sentence] = {}


def register(sentences: Mapping[str, Sentence]) -> None:
    """Make codes known. Registering the identical sentence again is harmless; a different one raises."""
    for code, written in sentences.items():
        if not _CODE.fullmatch(code):
            raise ValueError(f"a refusal code is dotted lower snake case, not {code!r}")
        if _REGISTER.get(code, written) != written:
            raise ValueError(f"two different sentences for {code}")
    _REGISTER.update(sentences)


def all_codes() -> dict[str, Sentence]:
    return dict(sorted(_REGISTER.items()))


class Refused(Exception):
    """Raised by a rule that says no. The facts fill the sentence; further facts are for programs."""

    def __init__(self, code: str, /, **facts: object) -> None:
        if code not in _REGISTER:
            raise LookupError(f"unknown refusal code: {code}")
        missing = _names_in(_REGISTER[code].text) - facts.keys()
        if missing:
            raise LookupError(f"{code} needs the facts {', '.join(sorted(missing))}")
        super().__init__(code)
        self.code = code
        self.facts: dict[str, object] = facts

    @property
    def kind(self) -> Kind:
        return _REGISTER[self.code].kind

    @property
    def status(self) -> int:
        return STATUS[self.kind]

    def __str__(self) -> str:
        return f"{self.code} {self.facts}"


def sentence(refused: Refused) -> str:
    return _REGISTER[refused.code].text.format_map(refused.facts)
