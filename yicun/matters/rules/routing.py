"""Which body a text belongs to, by a table of keywords; and which matters look like the one being typed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from yicun.kernel.words import likeness

TITLE_WEIGHT = 3
LIKELY_DUPLICATE = 0.35
SUGGESTIONS = 5

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Keyword:
    word: str
    partner_kind: str
    weight: int


def route(title: str, body: str, keywords: Iterable[Keyword]) -> str | None:
    """The kind of body with the heaviest words; a word in the title counts threefold. None: no word known.

    Of bodies with equal weight the one whose word comes first in title and text: people begin with what matters.
    """
    scores: Counter[str] = Counter()
    first: dict[str, int] = {}
    text = f"{title}\n{body}"
    for keyword in keywords:
        hits = TITLE_WEIGHT * (keyword.word in title) + (keyword.word in body)
        if hits:
            kind = keyword.partner_kind
            scores[kind] += hits * keyword.weight
            first[kind] = min(first.get(kind, len(text)), text.index(keyword.word))
    return min(scores, key=lambda kind: (-scores[kind], first[kind], kind), default=None)


def likely_duplicates(text: str, candidates: Iterable[tuple[Key, str]]) -> list[tuple[Key, float]]:
    """At most five candidates that read alike, the likeliest first."""
    scored = [(key, likeness(text, other)) for key, other in candidates]
    found = sorted((s for s in scored if s[1] >= LIKELY_DUPLICATE), key=lambda s: -s[1])
    return found[:SUGGESTIONS]
