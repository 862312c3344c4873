"""What a table should hold, and which header of the user's file means which column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from yicun.base.sheets import terms
from yicun.base.sheets.cells import half_width
from yicun.kernel.refusals import Refused, sentence

ALIKE = 0.6
FOUNDING_YEAR = date(1949, 10, 1)


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATETIME = "datetime"
    DATE = "date"
    INTEGER = "integer"
    CHOICE = "choice"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `choices` leads from the stored code to the word people read."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    max_length: int | None = None
    earliest: date = FOUNDING_YEAR
    latest: date | None = None
    note: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: `at` is the column of the user's sheet from 1, None for the whole row."""

    column: str
    code: str
    sentence: str
    at: int | None = None


def problem(refused: Refused, *, column: str = "", at: int | None = None) -> Problem:
    """A refusal, of ours or of a service, pinned to a place in the user's sheet."""
    return Problem(column, refused.code, sentence(refused), at)


def guess_mapping(header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Column name -> header text: equal names first, then the most alike; each header is used once."""
    headers = {_bare(text): text for text in header if text and text != terms.REASON}
    mapping: dict[str, str] = {}
    for column in columns:
        found = next((word for word in _words(column) if word in headers), None)
        if found:
            mapping[column.name] = headers.pop(found)
    for likeness, column, word in _by_likeness(headers, [c for c in columns if c.name not in mapping]):
        if likeness >= ALIKE and column.name not in mapping and word in headers:
            mapping[column.name] = headers.pop(word)
    return mapping


def _by_likeness(headers: Mapping[str, str], columns: Sequence[Column]) -> list[tuple[float, Column, str]]:
    pairs = [(_likeness(column, word), column, word) for column in columns for word in headers]
    return sorted(pairs, key=lambda pair: -pair[0])


def _likeness(column: Column, word: str) -> float:
    return max(_alike(own, word) for own in _words(column))


def _alike(own: str, word: str) -> float:
    """Part of the other ("time" in "time of report") counts as alike as well."""
    if own and word and (own in word or word in own):
        return max(ALIKE, len(min(own, word, key=len)) / len(max(own, word, key=len)))
    return SequenceMatcher(None, own, word, autojunk=False).ratio()


def _words(column: Column) -> tuple[str, ...]:
    return tuple(_bare(word) for word in (column.label, column.name, *column.aliases))


def _bare(text: str) -> str:
    return "".join(letter for letter in half_width(text).casefold() if letter.isalnum())
