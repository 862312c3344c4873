"""Which body a text belongs to, by a table of keywords; and which matters look like the one being typed."""

from collections import Counter
from collections.abc import Iterable, Iterator
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


class Keywords:
    """The table of routing words by the first two characters, so that a text asks only for words it may hold."""

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self._by_start: dict[str, list[Keyword]] = {}
        for keyword in keywords:
            self._by_start.setdefault(keyword.word[:2], []).append(keyword)

    def found_in(self, text: str) -> Iterator[Keyword]:
        """Each word once, however often the text repeats it."""
        starts = {text[at : at + 2] for at in range(len(text))} | set(text)
        for start in starts & self._by_start.keys():
            yield from (keyword for keyword in self._by_start[start] if keyword.word in text)


def route(title: str, body: str, keywords: Keywords) -> str | None:
    """The kind of body with the heaviest words; a word in the title counts threefold. None: no word known.

    Of bodies with equal weight the one whose word comes first in title and text: people begin with what matters.
    """
    scores: Counter[str] = Counter()
    first: dict[str, int] = {}
    whole = f"{title}\n{body}"
    for text, weight in ((title, TITLE_WEIGHT), (body, 1)):
        for keyword in keywords.found_in(text):
            kind = keyword.partner_kind
            scores[kind] += weight * keyword.weight
            first[kind] = min(first.get(kind, len(whole)), whole.index(keyword.word))
    return min(scores, key=lambda kind: (-scores[kind], first[kind], kind), default=None)


def likely_duplicates(text: str, candidates: Iterable[tuple[Key, str]]) -> list[tuple[Key, float]]:
    """At most five candidates that read alike, the likeliest first."""
    scored = [(key, likeness(text, other)) for key, other in candidates]
    found = sorted((s for s in scored if s[1] >= LIKELY_DUPLICATE), key=lambda s: -s[1])
    return found[:SUGGESTIONS]
