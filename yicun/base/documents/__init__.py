"""Official documents: Typst templates filled with data, as PDF or as pictures of the pages; and the same for Word."""

from yicun.base.documents.fonts import FontReport, FontSource, fonts_available
from yicun.base.documents.rendering import TEMPLATES, render_pages, render_pdf
from yicun.base.documents.terms import REFUSALS
from yicun.base.documents.word import WORD_TEMPLATES, render_word

__all__ = [
    "REFUSALS",
    "TEMPLATES",
    "WORD_TEMPLATES",
    "FontReport",
    "FontSource",
    "fonts_available",
    "render_pages",
    "render_pdf",
    "render_word",
]
