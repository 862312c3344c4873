"""Official documents: Typst templates filled with data, as PDF or as pictures of the pages."""

from yicun.base.documents.fonts import FontReport, FontSource, fonts_available
from yicun.base.documents.rendering import TEMPLATES, render_pages, render_pdf
from yicun.base.documents.terms import REFUSALS

__all__ = [
    "REFUSALS",
    "TEMPLATES",
    "FontReport",
    "FontSource",
    "fonts_available",
    "render_pages",
    "render_pdf",
]
