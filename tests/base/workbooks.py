"""Workbooks of kinds that no library here can write: the old .xls and .ods, just enough of each."""

import struct
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SECTOR = 512
SMALLEST_STREAM = 4096
ODS = "application/vnd.oasis.opendocument.spreadsheet"
LOCK = struct.pack("<HHHHHHH", 0x002F, 10, 1, 1, 1, 0, 0)  # the record that announces a password
_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)

Rows = Sequence[Sequence[Any]]


def wall(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A moment as a cell holds it: cells know no time zone."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).replace(tzinfo=None)


def write_xls(path: Path, rows: Rows, *, locked: bool = False) -> None:
    path.write_bytes(old_container("Workbook", _biff(rows, LOCK if locked else b"")))


def old_container(stream: str, content: bytes) -> bytes:
    """A compound file with one stream; also what an encrypted workbook looks like from outside."""
    content = content.ljust(SMALLEST_STREAM, b"\0")
    content += b"\0" * (-len(content) % SECTOR)
    sectors = len(content) // SECTOR
    chain = [*range(1, sectors), -2, -2, -3]  # the content, the directory, this table itself
    table = struct.pack(f"<{len(chain)}i", *chain).ljust(SECTOR, b"\xff")
    folder = _entry("Root Entry", 5, -2, 0, child=1) + _entry(stream, 2, 0, len(content))
    folder += _entry("", 0, 0, 0) * 2
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIIiIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, sectors, 0, 4096, -2, 0, -2, 0)
    head += struct.pack("<109i", sectors + 1, *[-1] * 108)
    return head + content + folder + table


def _entry(name: str, kind: int, start: int, size: int, child: int = -1) -> bytes:
    written = name.encode("utf-16-le")
    length = len(written) + 2 if name else 0
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBiii", length, kind, 1, -1, -1, child)
        + b"\0" * 36
        + struct.pack("<iQ", start, size)
    )


def _biff(rows: Rows, lock: bytes) -> bytes:
    start = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0, 0, 0, 0x0600)
    sheet = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0010, 0, 0, 0, 0x0600)
    end = struct.pack("<HH", 0x000A, 0)
    title = "表".encode("utf-16-le")
    listed = struct.pack("<HHIHBB", 0x0085, 8 + len(title), 0, 0, len(title) // 2, 1) + title
    place = len(start) + len(lock) + len(listed) + len(end)
    listed = listed[:4] + struct.pack("<I", place) + listed[8:]
    cells = b"".join(
        _biff_cell(row, column, value)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value is not None
    )
    return start + lock + listed + end + sheet + cells + end


def _biff_cell(row: int, column: int, value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return struct.pack("<HHHHHHB", 0x0204, 9 + len(text), row, column, 0, len(value), 1) + text
    return struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, value)


def write_ods(path: Path, rows: Rows, *, times: int = 1, wide: int = 1) -> None:
    """`times` and `wide` repeat the last row and its last cell, as a small file may do for a huge sheet."""
    lines = [[_ods_cell(value) for value in row] for row in rows]
    lines[-1][-1] = lines[-1][-1].replace(" ", f' table:number-columns-repeated="{wide}" ', 1)
    marks = ["", *[""] * (len(lines) - 2), f' table:number-rows-repeated="{times}"'][-len(lines) :]
    body = "".join(
        f"<table:table-row{mark}>{''.join(cells)}</table:table-row>"
        for mark, cells in zip(marks, lines, strict=True)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}><office:body>'
        f'<office:spreadsheet><table:table table:name="表">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("mimetype", ODS, zipfile.ZIP_STORED)
        bundle.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>',
        )
        bundle.writestr("content.xml", content)


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell />"
    if isinstance(value, str):
        content = f"<text:p>{escape(value)}</text:p>"
        return f'<table:table-cell office:value-type="string">{content}</table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
        "</table:table-cell>"
    )
