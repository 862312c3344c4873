"""Fill a template and print it. What people typed reaches Typst as data only, never as its language."""

import json
import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import typst

from yicun.base.documents.fonts import MACHINE, FontSource, fonts_available, loaded_fonts
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused

FOLDER = Path(__file__).parent / "templates"
SHARED = "official"
TEMPLATES = tuple(sorted(path.stem for path in FOLDER.glob("*.typ") if path.stem != SHARED))
SCREEN_PPI = 110.0


def render_pdf(template_name: str, data: dict[str, Any], *, fonts: FontSource = MACHINE) -> bytes:
    return _compiled(template_name, data, "pdf", fonts)[0]


def render_pages(
    template_name: str, data: dict[str, Any], *, ppi: float = SCREEN_PPI, fonts: FontSource = MACHINE
) -> list[bytes]:
    """The pages as PNG, to be looked at before printing."""
    return _compiled(template_name, data, "png", fonts, ppi)


def _compiled(
    template_name: str,
    data: dict[str, Any],
    form: Literal["pdf", "png"],
    source: FontSource,
    ppi: float | None = None,
) -> list[bytes]:
    if template_name not in TEMPLATES:
        raise Refused("document.unknown_template", template=template_name)
    fonts = fonts_available(source)
    if not fonts.can_print:
        raise Refused("document.no_chinese_font")
    inputs = {"data": json.dumps(printable(data), ensure_ascii=False), "fonts": json.dumps(fonts.found)}
    compiler = typst.Compiler(root=str(FOLDER), font_paths=loaded_fonts(source), sys_inputs=inputs)
    try:
        pages = compiler.compile(str(FOLDER / f"{template_name}.typ"), format=form, ppi=ppi)
    except typst.TypstError as error:
        raise Refused("document.data_missing", template=template_name, reason=error.message) from error
    return pages if isinstance(pages, list) else [pages or b""]


def printable(value: object) -> object:
    """Plain values as they should stand on paper; moments by the clock of the county."""
    if isinstance(value, str):
        return "".join(letter for letter in value if letter == "\n" or unicodedata.category(letter) != "Cc")
    if isinstance(value, dict):
        return {str(key): printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inner) for inner in value]
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value
