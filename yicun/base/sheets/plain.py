"""Text tables: which separator, whether the last row was cut off, and cells that a spreadsheet would run."""

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SEPARATORS = ",\t;|"
SNIFFED_LINES = 20
RISKY = ("=", "+", "-", "@", "\t", "\r")


class Lines:
    """The lines of a file, and whether somebody has asked for one more than there are."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self._source)
        except StopIteration:
            self.ended = True
            raise


@dataclass(frozen=True, slots=True)
class CsvRecords:
    """The records of a text file, blank lines included: they count as rows of a spreadsheet do."""

    path: Path
    encoding: str

    def __iter__(self) -> Iterator[tuple[list[str], str | None]]:
        separator = self._separator()
        csv.field_size_limit(sys.maxsize)
        with self.path.open(encoding=self.encoding, newline="") as opened:
            lines = Lines(opened)
            for record in csv.reader(lines, delimiter=separator):
                # A record that is still open when the lines end has lost its closing quotation mark.
                yield [unescaped(cell) for cell in record], "row.cut_off" if lines.ended else None

    def _separator(self) -> str:
        with self.path.open(encoding=self.encoding, newline="") as opened:
            for _, line in zip(range(SNIFFED_LINES), opened, strict=False):
                outside = "".join(line.split('"')[::2])
                found = max(SEPARATORS, key=outside.count)
                if outside.count(found):
                    return found
        return SEPARATORS[0]


def escaped(text: str) -> str:
    """A cell a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{text}" if text.lstrip("'").startswith(RISKY) else text


def unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(RISKY) else text
