"""Which Chinese fonts this machine has: those prescribed for official documents, or a free stand-in."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

# By the part they play in a document, the prescribed ones first.
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "SimSun")
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei")
WANTED: dict[str, tuple[str, ...]] = {
    "body": ("FangSong_GB2312", "FangSong", "STFangsong", *_SERIF, *_SANS),
    "title": ("FZXiaoBiaoSong-B05S", *_SERIF, *_SANS),
    "heading": ("SimHei", *_SANS, *_SERIF),
    "kai": ("KaiTi_GB2312", "KaiTi", "STKaiti", *_SERIF, *_SANS),
}
PRESCRIBED = 3


@dataclass(frozen=True, slots=True)
class FontSource:
    """Where fonts come from: a folder of the county's own, the machine, or both."""

    folder: Path | None = None
    with_system: bool = True


MACHINE = FontSource()


@dataclass(frozen=True, slots=True)
class FontReport:
    """For each part of a document the fonts found, best first; a document needs one for every part."""

    found: dict[str, tuple[str, ...]]

    @property
    def can_print(self) -> bool:
        return all(self.found.values())

    @property
    def has_prescribed_body(self) -> bool:
        return bool(set(self.found["body"]) & set(WANTED["body"][:PRESCRIBED]))


def fonts_available(source: FontSource = MACHINE) -> FontReport:
    return _report(loaded_fonts(source).families())


@cache
def loaded_fonts(source: FontSource) -> typst.Fonts:
    """Searched once per process: looking through a machine's fonts takes longer than printing."""
    paths = [str(source.folder)] if source.folder is not None and source.folder.is_dir() else []
    return typst.Fonts(
        include_system_fonts=source.with_system, include_embedded_fonts=False, font_paths=paths
    )


def _report(families: list[str]) -> FontReport:
    known = {family.casefold() for family in families}
    return FontReport(
        {part: tuple(f for f in wanted if f.casefold() in known) for part, wanted in WANTED.items()}
    )
