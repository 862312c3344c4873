"""Photographs are drawn anew: nothing of the original file survives but its picture."""

import struct
import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from yicun.kernel.refusals import Refused

LONGEST_SIDE = 2560
QUALITY = 85
MAX_PIXELS = 90_000_000  # a JPEG may hold twice as many: it is decoded at a fraction of its size
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error)


def redraw(source: Path, target: BinaryIO, *, name: str) -> None:
    """Write the picture upright, at most 2,560 pixels long, as JPEG that tells no place or device."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(source) as opened:
                picture = _upright(opened, name)
        picture.save(target, "JPEG", quality=QUALITY, optimize=True)
    except Image.DecompressionBombError as error:
        raise Refused("file.image_too_many_pixels", name=name) from error
    except _BROKEN as error:
        raise Refused("file.image_damaged", name=name) from error


def _upright(opened: Image.Image, name: str) -> Image.Image:
    box = (LONGEST_SIDE, LONGEST_SIDE)
    if opened.format in ("JPEG", "MPO"):
        opened.draft("RGB", box)
    if opened.width * opened.height > MAX_PIXELS:
        raise Refused("file.image_too_many_pixels", name=name)
    turned = ImageOps.exif_transpose(opened)
    turned.thumbnail(box, Image.Resampling.LANCZOS)
    plain = Image.new("RGB", turned.size, "white")
    if turned.has_transparency_data:
        layer = turned.convert("RGBA")
        plain.paste(layer, mask=layer.getchannel("A"))
    else:
        plain.paste(turned.convert("RGB"))
    return plain
