"""Pinyin of names, so that a place or a person is found by typing letters."""

from functools import lru_cache

from pypinyin import lazy_pinyin


@lru_cache(maxsize=4096)
def syllables(name: str) -> tuple[str, ...]:
    """One syllable per character, lower case; letters and digits stay, punctuation and spaces go."""
    # The stub knows only strings; a list gives every other sign a place of its own.
    spoken = lazy_pinyin(name, errors=list)  # type: ignore[arg-type]
    return tuple(part.lower() for part in spoken if part.isalnum())


def full_pinyin(name: str) -> str:
    return "".join(syllables(name))


def initials(name: str) -> str:
    return "".join(part[0] for part in syllables(name))
