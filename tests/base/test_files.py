"""Files by their content: what is kept, what is refused, and what a photograph loses on its way in."""

import hashlib
import io
import random
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.base.workbooks import old_container
from yicun.base.files import Mime, Stored, discard, encoding_of, mime_of, open_stored, path_of, put
from yicun.kernel.refusals import Refused, sentence

MB = 1 << 20


def photo(form: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", turned: int = 1) -> bytes:
    """Left half red, right half blue; `turned` is the orientation the camera notes, beside a position."""
    picture = Image.new("RGB", size, (200, 20, 20))
    picture.paste((20, 20, 200), (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "SECRET-DEVICE"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.convert(mode).save(out, form, **({"exif": exif} if form in ("JPEG", "PNG", "WEBP") else {}))
    return out.getvalue()


def bundle(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        for name, text in parts.items():
            opened.writestr(name.replace("__", "/").replace("_", "."), text)
    return out.getvalue()


def store(folder: Path, content: bytes, *, name: str = "附件", max_bytes: int = MB) -> Stored:
    return put(io.BytesIO(content), folder=folder, name=name, max_bytes=max_bytes)


def drawn(stored: Stored, folder: Path) -> Image.Image:
    return Image.open(io.BytesIO(path_of(stored.sha256, folder=folder).read_bytes()))


def left_over(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


KINDS: list[tuple[bytes, str, Mime]] = [
    (b"%PDF-1.7\n", "a.pdf", Mime.PDF),
    (bundle(word__document_xml="x"), "a.docx", Mime.DOCX),
    (bundle(xl__workbook_xml="x"), "a.xlsx", Mime.XLSX),
    (bundle(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "a.ods", Mime.ODS),
    (old_container("Workbook", b"x"), "a.xls", Mime.XLS),
    (old_container("WordDocument", b"x"), "a.doc", Mime.DOC),
    ("姓名,村\n".encode(), "a.CSV", Mime.CSV),
    ("情况说明".encode("gb18030"), "a.txt", Mime.TEXT),
    ("情况说明".encode("utf-16"), "a", Mime.TEXT),
    (b"ID3\x04", "a.mp3", Mime.MP3),
    (b"\xff\xfb\x90\x00", "a.mp3", Mime.MP3),
    (b"#!AMR\n", "a.amr", Mime.AMR),
    (b"RIFF\x10\0\0\0WAVEfmt ", "a.wav", Mime.WAV),
    (b"\0\0\0\x20ftypM4A \0\0\0\0", "a.m4a", Mime.M4A),
    (b"\0\0\0\x20ftypisom\0\0\0\0", "a.mp4", Mime.MP4),
]


@pytest.mark.parametrize(("content", "name", "mime"), KINDS)
def test_a_file_is_kept_byte_for_byte_under_its_hash(
    tmp_path: Path, content: bytes, name: str, mime: Mime
) -> None:
    stored = store(tmp_path, content, name=name)
    sha256 = hashlib.sha256(content).hexdigest()
    assert stored == Stored(sha256, len(content), mime)
    assert left_over(tmp_path) == [tmp_path / sha256[:2] / sha256[2:4] / sha256]
    assert path_of(sha256, folder=tmp_path).stat().st_mode & 0o777 == 0o600
    with open_stored(sha256, folder=tmp_path) as opened:
        assert opened.read() == content


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    assert store(tmp_path, b"text", name="a.txt") == store(tmp_path, b"text", name="b.txt")
    assert len(left_over(tmp_path)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"x" * (MB + 1), "file.too_large"),
        (b"MZ\x90\x00", "file.can_run"),
        (b"\x7fELF\x02", "file.can_run"),
        (b"#!/bin/sh\n", "file.can_run"),
        (b"  <!DOCTYPE html><p>", "file.can_run"),
        (b"\xef\xbb\xbf<SVG xmlns='http://www.w3.org/2000/svg'/>", "file.can_run"),
        ("<script>".encode("utf-16"), "file.can_run"),
        (b"<?xml version='1.0'?><svg/>", "file.can_run"),
        (bundle(word__document_xml="x", word__vbaProject_bin="x"), "file.has_macros"),
        (old_container("VBA_PROJECT", b"x"), "file.has_macros"),
        (old_container("EncryptedPackage", b"x"), "file.kind_refused"),
        (old_container("Setup", b"x"), "file.kind_refused"),
        (bundle(a_txt="x"), "file.kind_refused"),
        (b"PK\x03\x04 broken", "file.kind_refused"),
        (b"RIFF\x10\0\0\0AVI LIST", "file.kind_refused"),
        (bytes(range(256)), "file.kind_refused"),
        (b"\xff\xfe\x00", "file.kind_refused"),
        (b"\x81", "file.kind_refused"),
        (b"\0\0\0\x20ftypheic\0\0\0\0", "file.heic"),
        (b"\xff\xd8\xff\xe0 no picture", "file.image_damaged"),
        (photo()[:-40], "file.image_damaged"),
        (photo("PNG")[:-40], "file.image_damaged"),
        (photo("WEBP")[:-40], "file.image_damaged"),
    ],
)
def test_what_may_not_be_kept_is_refused_in_words_and_leaves_nothing(
    tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        store(tmp_path, content, name="附件.jpg")
    assert caught.value.code == code
    assert "“附件.jpg”" in sentence(caught.value)
    assert left_over(tmp_path) == []


class Endless:
    """A photograph of 200 MB that counts what is read of it."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        piece = (b"\xff\xd8\xff" + b"\0" * size)[:size] if not self.given else b"\0" * size
        self.given += len(piece)
        return piece


def test_a_photo_of_200_mb_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    stream = Endless()
    with pytest.raises(Refused) as caught:
        put(stream, folder=tmp_path, name="现场.jpg", max_bytes=20 * MB)
    assert sentence(caught.value) == "文件“现场.jpg”超过 20 MB，请压缩或拆分后再上传。"
    assert (stream.given, left_over(tmp_path)) == (20 * MB + 1, [])
    with pytest.raises(Refused) as caught:
        put(stream, folder=tmp_path, name="现场.jpg", max_bytes=2_048, declared_size=200 * MB)
    assert (caught.value.facts["limit"], stream.given) == ("2 KB", 20 * MB + 1)


def test_file_of_exactly_the_limit_is_kept(tmp_path: Path) -> None:
    written = "桥头路灯".encode()
    whole = {"max_bytes": len(written), "declared_size": len(written)}
    assert put(io.BytesIO(written), folder=tmp_path, name="说明.txt", **whole).size == len(written)


def test_a_stream_in_small_pieces_is_told_by_its_whole_content(tmp_path: Path) -> None:
    class Drip(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(3)

    content = b"a <html> and #! and MZ are only words here"
    assert put(Drip(content), folder=tmp_path, name="a.txt", max_bytes=MB).size == len(content)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"])
def test_a_photograph_of_every_kind_becomes_a_plain_jpeg(tmp_path: Path, form: str) -> None:
    stored = store(tmp_path, photo(form))
    content = path_of(stored.sha256, folder=tmp_path).read_bytes()
    picture = Image.open(io.BytesIO(content))
    assert (stored.mime, picture.format, picture.size) == (Mime.JPEG, "JPEG", (64, 48))
    assert (dict(picture.getexif()), "exif" in picture.info, b"SECRET" in content) == ({}, False, False)
    assert stored == Stored(hashlib.sha256(content).hexdigest(), len(content), Mime.JPEG)
    assert store(tmp_path, photo(form)) == stored


@pytest.mark.parametrize(
    ("turned", "size", "red_at"),
    [(1, (64, 48), (5, 24)), (3, (64, 48), (58, 24)), (6, (48, 64), (24, 5)), (8, (48, 64), (24, 58))],
)
def test_a_photograph_is_turned_upright(
    tmp_path: Path, turned: int, size: tuple[int, int], red_at: tuple[int, int]
) -> None:
    stored = store(tmp_path, photo(turned=turned))
    picture = drawn(stored, tmp_path)
    red, _, blue = picture.getpixel(red_at)  # type: ignore[misc]
    assert (picture.size, red > 150 > blue) == (size, True)


@pytest.mark.parametrize(
    ("size", "form", "kept"),
    [((6000, 3000), "JPEG", (2560, 1280)), ((100, 5120), "PNG", (50, 2560)), ((2560, 10), "PNG", (2560, 10))],
)
def test_a_large_photograph_is_made_smaller(
    tmp_path: Path, size: tuple[int, int], form: str, kept: tuple[int, int]
) -> None:
    stored = store(tmp_path, photo(form, size))
    assert drawn(stored, tmp_path).size == kept


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "RGBA", "LA"])
def test_a_picture_in_any_colours_is_kept(tmp_path: Path, mode: str) -> None:
    stored = store(tmp_path, photo("JPEG" if mode == "CMYK" else "PNG", mode=mode))
    assert drawn(stored, tmp_path).mode == "RGB"


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(out, "PNG")
    stored = store(tmp_path, out.getvalue())
    assert drawn(stored, tmp_path).getpixel((4, 4)) == (255, 255, 255)


def png_of(width: int, height: int) -> bytes:
    """A picture that claims a size it does not hold."""
    small = photo("PNG")
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    chunk = b"IHDR" + head + small[24:29]
    return small[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + small[33:]


@pytest.mark.parametrize(("width", "height"), [(10_000, 9_001), (30_000, 30_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_undecoded(
    tmp_path: Path, width: int, height: int
) -> None:
    with pytest.raises(Refused) as caught:
        store(tmp_path, png_of(width, height))
    assert caught.value.code == "file.image_too_many_pixels"


@pytest.mark.parametrize("sha256", ["0" * 64, "../../etc/passwd", "A" * 64, "", "0" * 63, "0" * 64 + "\n"])
def test_an_address_that_is_none_opens_nothing(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(Refused) as caught:
        open_stored(sha256, folder=tmp_path)
    assert caught.value.code == "file.unknown"


def test_a_file_nobody_points_to_is_discarded_once(tmp_path: Path) -> None:
    stored = store(tmp_path, b"text")
    assert [discard(stored.sha256, folder=tmp_path) for _ in range(2)] == [True, False]


def test_a_stored_file_survives_a_failing_second_write(tmp_path: Path) -> None:
    stored = store(tmp_path, b"text")

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        put(Broken(), folder=tmp_path, name="a", max_bytes=MB)
    assert left_over(tmp_path) == [path_of(stored.sha256, folder=tmp_path)]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=200))
def test_text_is_told_by_its_encoding(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "encoded.txt"
    for encoding, expected in (("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")):
        path.write_bytes(text.encode(encoding))
        found = encoding_of(path)
        assert found == expected or (encoding == "utf-8" and found == "utf-16")


def test_no_bytes_at_all_break_the_sniffing(tmp_path: Path) -> None:
    dice = random.Random(2026)
    starts = [content for content, _, _ in KINDS] + [photo(), photo("PNG")]
    for number in range(400):
        content = bytearray(dice.choice(starts)[:4000])
        for _ in range(dice.randrange(6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        (tmp_path / "x").write_bytes(content[: dice.randrange(1, len(content) + 1)])
        assert isinstance(mime_of(tmp_path / "x", f"{number}.csv"), Mime)
