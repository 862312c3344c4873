"""Which kind of file it is, told from its content. The name only chooses between plain text and CSV."""

import codecs
import mmap
import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path


class Mime(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    BMP = "image/bmp"
    AVIF = "image/avif"
    HEIC = "image/heic"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    XLS = "application/vnd.ms-excel"
    DOC = "application/msword"
    LOCKED_OFFICE = "application/x-encrypted-office"
    MACROS = "application/vnd.ms-office.macro"
    CSV = "text/csv"
    TEXT = "text/plain"
    HTML = "text/html"
    PROGRAM = "application/x-executable"
    MP3 = "audio/mpeg"
    AMR = "audio/amr"
    WAV = "audio/wav"
    M4A = "audio/mp4"
    MP4 = "video/mp4"
    OTHER = "application/octet-stream"


HEAD_BYTES = 512
_SNIFFED_TEXT = 65_536
_CONTROL_SHARE = 0.02
_MAGIC: tuple[tuple[bytes, Mime], ...] = (
    (b"\xff\xd8\xff", Mime.JPEG),
    (b"\x89PNG\r\n\x1a\n", Mime.PNG),
    (b"GIF87a", Mime.GIF),
    (b"GIF89a", Mime.GIF),
    (b"%PDF-", Mime.PDF),
    (b"#!AMR", Mime.AMR),
    (b"ID3", Mime.MP3),
    (b"MZ", Mime.PROGRAM),
    (b"\x7fELF", Mime.PROGRAM),
    (b"\xca\xfe\xba\xbe", Mime.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Mime.PROGRAM),
    (b"#!", Mime.PROGRAM),
)
_RIFF = {b"WEBP": Mime.WEBP, b"WAVE": Mime.WAV}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), Mime.HEIC),
    **dict.fromkeys((b"avif", b"avis"), Mime.AVIF),
    b"M4A ": Mime.M4A,
}
_MARKUP = re.compile(
    rb"<(!doctype|html|head|body|script|svg|table|\?xml|\?php|meta|iframe|img)\b", re.IGNORECASE
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", Mime.LOCKED_OFFICE),
    ("VBA_PROJECT", Mime.MACROS),
    ("Workbook", Mime.XLS),
    ("WordDocument", Mime.DOC),
    ("Book", Mime.XLS),
)
_ZIP_PARTS = (("word/document.xml", Mime.DOCX), ("xl/workbook.xml", Mime.XLSX))
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13} | {127}


_PHOTO = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".avif")
_SUFFIXES: dict[str, tuple[str, ...]] = {
    Mime.JPEG: _PHOTO,
    Mime.PDF: (".pdf",),
    Mime.DOCX: (".docx",),
    Mime.XLSX: (".xlsx",),
    Mime.ODS: (".ods",),
    Mime.XLS: (".xls",),
    Mime.DOC: (".doc",),
    Mime.CSV: (".csv",),
    Mime.TEXT: (".txt",),
    Mime.MP3: (".mp3",),
    Mime.AMR: (".amr",),
    Mime.WAV: (".wav",),
    Mime.M4A: (".m4a",),
    Mime.MP4: (".mp4", ".mov", ".3gp"),
}


def safe_name(name: str, mime: str) -> str:
    """The name to hand a file out under: its ending says what the content is, whatever the sender called it."""
    known = _SUFFIXES.get(mime, (".bin",))
    return name if name.lower().endswith(known) else name + known[0]


def mime_of(path: Path, name: str = "") -> Mime:
    """The kind of the file at `path`; OTHER when nothing fits."""
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    found = mime_of_head(head)
    if found is not None:
        return found
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    if head.startswith(_OLE):
        return _ole_kind(path)
    if encoding_of(path) is None:
        return Mime.OTHER
    return Mime.CSV if name.lower().endswith(".csv") else Mime.TEXT


def mime_of_head(head: bytes) -> Mime | None:
    """The kind, as far as the first bytes alone can tell."""
    for magic, mime in _MAGIC:
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], Mime.OTHER)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], Mime.MP4)
    return _head_of_text_or_stream(head)


def _head_of_text_or_stream(head: bytes) -> Mime | None:
    if len(head) > 2 and head[0] == 0xFF and head[1] in (0xFB, 0xF3, 0xF2):
        return Mime.MP3
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return Mime.BMP
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")):
        return Mime.HTML
    return None


def _zip_kind(path: Path) -> Mime:
    try:
        with zipfile.ZipFile(path) as bundle:
            names = set(bundle.namelist())
            declared = bundle.read("mimetype")[:80].decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError):
        return Mime.OTHER
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        return Mime.MACROS
    if declared.strip() == Mime.ODS:
        return Mime.ODS
    return next((mime for part, mime in _ZIP_PARTS if part in names), Mime.OTHER)


def _ole_kind(path: Path) -> Mime:
    """Old Office files keep a directory of streams, named in UTF-16, somewhere inside."""
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as view:
        for stream, mime in _OLE_STREAMS:
            if view.find(stream.encode("utf-16-le") + b"\0\0") >= 0:
                return mime
    return Mime.OTHER


def encoding_of(path: Path) -> str | None:
    """The encoding the whole file is written in (utf-8-sig, utf-16, gb18030), or None when it is not text."""
    with path.open("rb") as opened:
        start = opened.read(_SNIFFED_TEXT)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if _decodes(path, "utf-16") else None
    controls = sum(start.count(bytes((byte,))) for byte in _CONTROL)
    if controls > len(start) * _CONTROL_SHARE:
        return None
    return next((name for name in ("utf-8-sig", "gb18030") if _decodes(path, name)), None)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as opened:
            while piece := opened.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
