"""What each kind of matter asks beyond title, text and place. Values in, plain values or a refusal out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.matters.terms import Kind

FieldKind = Literal["line", "text", "integer", "date", "yes_no", "choice", "category"]


@dataclass(frozen=True, slots=True)
class Field:
    """`choices` names a list of `terms.CHOICES`; `scheme` a classification of the category table."""

    name: str
    kind: FieldKind
    is_required: bool = False
    choices: str = ""
    scheme: str = ""
    most: int = 200


FIELDS: Mapping[str, tuple[Field, ...]] = {
    Kind.INCIDENT: (
        Field("incident_class", "category", is_required=True, scheme="incident"),
        Field("confirmed_class", "category", scheme="incident"),
        Field("is_ongoing", "yes_no"),
    ),
    Kind.HELP: (
        Field("help_kind", "choice", choices="help_kind"),
        Field("people", "integer", most=9_999),
    ),
    Kind.DISPUTE: (
        Field("dispute_type", "category", is_required=True, scheme="dispute"),
        Field("scale", "choice", choices="scale"),
        Field("people", "integer", most=9_999),
        Field("grade", "choice", choices="grade"),
        Field("demand", "text", most=500),
    ),
    Kind.HAZARD: (
        Field("hazard_kind", "choice", is_required=True, choices="hazard_kind"),
        Field("spot", "line", most=100),
        Field("is_dwelling", "yes_no"),
        Field("is_removed_on_spot", "yes_no"),
    ),
    Kind.SERVICE: (
        Field("service_kind", "choice", is_required=True, choices="service_kind"),
        Field("needed_on", "date"),
    ),
    Kind.INFORMATION: (
        Field("source", "line", most=100),
        Field("valid_until", "date"),
    ),
}

EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 1, 1)
YES = frozenset({"true", "on", "1", "yes"})
NO = frozenset({"false", "off", "0", "no", ""})


def check_details(
    kind: str,
    given: Mapping[str, Any],
    *,
    choices: Mapping[str, Mapping[str, str]],
    categories: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """The details to store: only known fields, each of its kind. `categories`: scheme -> code -> label."""
    fields = {field.name: field for field in FIELDS[kind]}
    for name in given:
        if name not in fields:
            raise Refused("matter.detail_unknown", kind=Kind(kind).label, field=name)
    checked: dict[str, Any] = {}
    for name, field in fields.items():
        value = _plain(given.get(name))
        if value in (None, ""):
            if field.is_required:
                raise Refused("matter.detail_required", field=labels[name])
            continue
        checked[name] = _checked(field, value, choices, categories, labels[name])
    return checked


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _checked(
    field: Field,
    value: Any,
    choices: Mapping[str, Mapping[str, str]],
    categories: Mapping[str, Mapping[str, str]],
    label: str,
) -> Any:
    if field.kind in ("choice", "category"):
        allowed = choices[field.choices] if field.kind == "choice" else categories[field.scheme]
        if str(value) not in allowed:
            raise Refused("matter.detail_malformed", field=label, value=str(value)[:40])
        return str(value)
    if field.kind in ("line", "text"):
        return clean_text(str(value), field.most)
    read = {"integer": _integer, "date": _date, "yes_no": _yes_no}[field.kind]
    found = read(value, field)
    if found is None:
        raise Refused("matter.detail_malformed", field=label, value=str(value)[:40])
    return found


def _integer(value: Any, field: Field) -> int | None:
    text = str(value)
    is_number = text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if is_number and int(text) <= field.most else None


def _date(value: Any, field: Field) -> str | None:
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        return None
    return found.isoformat() if EARLIEST <= found < LATEST else None


def _yes_no(value: Any, field: Field) -> bool | None:
    text = str(value).lower()
    return True if text in YES else False if text in NO else None
