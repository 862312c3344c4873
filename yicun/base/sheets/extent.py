"""How far a workbook spreads, before it is unfolded in memory: a small file can stand for a huge one."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from yicun.base.files import Mime
from yicun.kernel.refusals import Refused

LIMIT_UNPACKED = 600 * (1 << 20)
LIMIT_CELLS = 20_000_000
_PIECE = 1 << 20
_TAIL = 4096
_FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>(?!\s*</)""")
_REPEATED_ROW = re.compile(rb"""number-rows-repeated=["'](\d+)["']""")
_REPEATED_CELL = re.compile(
    rb"""<table:table-cell\s[^>]*?number-columns-repeated=["'](\d+)["'][^>]*(?<!/)>"""
)


def refuse_sprawl(path: Path, mime: Mime, name: str) -> None:
    """Refuse a workbook whose cells would not fit in memory side by side."""
    if mime is Mime.XLS:
        return  # 65,536 rows by 256 columns by its format
    try:
        with zipfile.ZipFile(path) as bundle:
            unpacked = sum(part.file_size for part in bundle.infolist())
            if unpacked > LIMIT_UNPACKED:
                raise Refused("sheet.too_large", name=name, limit=f"{LIMIT_UNPACKED >> 20} MB")
            cells = _xlsx_cells(bundle) if mime is Mime.XLSX else _ods_cells(bundle)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, KeyError) as error:
        raise Refused("sheet.damaged", name=name) from error
    if cells > LIMIT_CELLS:
        raise Refused("sheet.too_large", name=name, limit=f"{LIMIT_CELLS:,}")


def _xlsx_cells(bundle: zipfile.ZipFile) -> int:
    """Rows times columns of the largest sheet, by the furthest cells that hold something."""
    return max(
        (_furthest(bundle, part) for part in bundle.namelist() if part.startswith("xl/worksheets/")),
        default=0,
    )


def _furthest(bundle: zipfile.ZipFile, part: str) -> int:
    columns: set[bytes] = set()
    rows = 0
    with bundle.open(part) as opened:
        for piece in _overlapping(opened):
            found = _FILLED_CELL.findall(piece)
            columns.update(column for column, _ in found)
            rows = max(rows, max((int(row) for _, row in found), default=0))
    return rows * max((_number(column) for column in columns), default=0)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _ods_cells(bundle: zipfile.ZipFile) -> int:
    """Cells written once and repeated; empty ones are left out by the reader."""
    cells = rows = 0
    with bundle.open("content.xml") as opened:
        for piece in _overlapping(opened):
            cells = max([cells, *(int(times) for times in _REPEATED_CELL.findall(piece))])
            rows = max([rows, *(int(times) for times in _REPEATED_ROW.findall(piece))])
    return cells * rows


def _overlapping(opened: IO[bytes]) -> Iterator[bytes]:
    """Pieces that share their ends, so that no mark is cut in two."""
    tail = b""
    while piece := opened.read(_PIECE):
        yield tail + piece
        tail = piece[-_TAIL:]
