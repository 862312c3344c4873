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
    """The kind of body with the heaviest words; a word in the title counts threefold. None: no word known."""
    scores: Counter[str] = Counter()
    for keyword in keywords:
        hits = TITLE_WEIGHT * (keyword.word in title) + (keyword.word in body)
        if hits:
            scores[keyword.partner_kind] += hits * keyword.weight
    if not scores:
        return None
    best = max(scores.values())
    return min(kind for kind, score in scores.items() if score == best)


def likely_duplicates(text: str, candidates: Iterable[tuple[Key, str]]) -> list[tuple[Key, float]]:
    """At most five candidates that read alike, the likeliest first."""
    scored = [(key, likeness(text, other)) for key, other in candidates]
    found = sorted((s for s in scored if s[1] >= LIKELY_DUPLICATE), key=lambda s: -s[1])
    return found[:SUGGESTIONS]
