"""The same papers for Word. What people typed reaches the template as values only: never as XML, never as its language.

A county that words a paper otherwise puts its own template of the same name into `papers` under the data folder.
"""

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from django.conf import settings
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from yicun.base.documents.rendering import FOLDER, printable
from yicun.kernel.refusals import Refused

WORD_TEMPLATES = tuple(sorted(path.stem for path in FOLDER.glob("*.docx")))
OWN = "papers"
# No XML may hold these, however they are escaped.
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def render_word(template_name: str, data: dict[str, Any]) -> bytes:
    if template_name not in WORD_TEMPLATES:
        raise Refused("document.unknown_template", template=template_name)
    paper = DocxTemplate(str(_place_of(template_name)))
    # A sandbox: a template that a county brings may print values, and call nothing.
    words = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, loader=DictLoader({}))
    try:
        paper.render(_clean(printable(data)), jinja_env=words)
    except (TemplateError, PackageNotFoundError, BadZipFile) as error:
        raise Refused("document.data_missing", template=template_name) from error
    written = BytesIO()
    paper.save(written)
    return written.getvalue()


def _place_of(template_name: str) -> Path:
    own = Path(settings.DATA) / OWN / f"{template_name}.docx"
    return own if own.is_file() else FOLDER / f"{template_name}.docx"


def _clean(value: object) -> Any:
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value
