"""A row of somebody's file as a draft: which columns a file may have, and what a row of them means."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from yicun.base.sheets import Column
from yicun.base.sheets import Kind as Cell
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters.rules.drafting import Draft, PartyDraft
from yicun.matters.rules.kinds import EARLIEST, FIELDS, Field
from yicun.matters.terms import Kind, PartyRole, Urgency

REPLY = ("answer", "answered_at")
# What a kind demands and a file of another system cannot know.
UNSAID: Mapping[str, Mapping[str, str]] = {Kind.SERVICE: {"service_kind": "other"}}
# Where in the user's sheet a refusal of the page's own rules belongs.
PLACES: Mapping[str, str] = {
    "matter.title_missing": "title",
    "matter.name_is_a_number": "reporter",
    "matter.happened_in_future": "happened_at",
    "matter.area_unknown": "area",
    "import.area_unknown": "area",
    "import.area_ambiguous": "area",
}
YES_NO = "yes_no"
CELLS = {
    "line": Cell.TEXT,
    "text": Cell.LONG_TEXT,
    "integer": Cell.INTEGER,
    "date": Cell.DATE,
    YES_NO: Cell.CHOICE,
    "choice": Cell.CHOICE,
    "category": Cell.CHOICE,
}


def plain_columns(rows: Iterable[Mapping[str, str]], today: date) -> list[Column]:
    """The columns every kind has, from their table; a day to come is no day on which something happened."""
    choices = {
        "kind": {kind.value: str(kind.label) for kind in Kind},
        "urgency": {urgency.value: str(urgency.label) for urgency in Urgency},
    }
    return [
        Column(
            name=row["name"],
            label=row["label"],
            kind=Cell(row["kind"]),
            choices=choices.get(row["name"], {}),
            max_length=int(row["most"]) if row["most"] else None,
            earliest=EARLIEST,
            latest=today if row["kind"] == Cell.DATETIME else None,
            note=row["note"],
            example=row["example"],
            aliases=tuple(filter(None, row["aliases"].split(";"))),
        )
        for row in rows
    ]


def detail_columns(lists: Mapping[str, Mapping[str, str]], labels: Mapping[str, str]) -> list[Column]:
    """What single kinds ask beyond that, each field once. `lists`: choices and classifications by their name."""
    fields = {field.name: field for kind in FIELDS.values() for field in kind}
    return [
        Column(
            name=field.name,
            label=labels[field.name],
            kind=CELLS[field.kind],
            choices=lists.get(_list_of(field), {}),
            max_length=field.most if field.kind in ("line", "text") else None,
            earliest=EARLIEST,
        )
        for field in fields.values()
    ]


def _list_of(field: Field) -> str:
    return field.kind if field.kind == YES_NO else field.choices or field.scheme


def draft_of(values: Mapping[str, Any], *, channel: str, kind: str, area_code: int | None, key: str) -> Draft:
    """`kind`: that of a row which does not name one. `key`: the number of a row which has none."""
    kind = values.get("kind") or kind
    given = {name: _plain(values.get(name)) for name in _detail_names() if values.get(name) not in (None, "")}
    name, phone = values.get("reporter") or "", values.get("phone") or ""
    return Draft(
        kind=kind,
        channel=channel,
        source_key=values.get("source_key") or key,
        title=values.get("title") or "",
        body=values.get("body") or "",
        details={**UNSAID.get(kind, {}), **given},
        area_code=area_code,
        place_text=values.get("place_text") or "",
        happened_at=values.get("happened_at"),
        urgency=values.get("urgency") or Urgency.ORDINARY.value,
        parties=(PartyDraft(PartyRole.REPORTER.value, name, phone),) if name or phone else (),
    )


def village_named(text: str, villages: Mapping[str, Sequence[int]]) -> int | None:
    """The village that a free text of a place names: with its town, or alone where only one has the name."""
    plain = "".join(text.split())
    longest = max((name for name in villages if name in plain), key=len, default="")
    codes = villages.get(longest, ())
    return codes[0] if len(codes) == 1 else None


def own_key(values: Mapping[str, Any], seen: Counter[str]) -> str:
    """A number for a row without one, the same whenever the same file comes again.

    Equal rows of one file stay several: the second of them counts as the second.
    """
    text = "\x1f".join(f"{name}={values[name]}" for name in sorted(values) if values[name] not in (None, ""))
    digest = hashlib.sha256(text.encode()).hexdigest()[:20]
    seen[digest] += 1
    return f"row-{digest}-{seen[digest]}"


def check_mapping(mapping: Mapping[str, str], header: Sequence[str]) -> None:
    """Something must say what a matter is about; a header the file lacks is named."""
    for column in mapping.values():
        if column not in header:
            raise Refused("mapping.column_missing", column=column)
    if not {"title", "body"} & mapping.keys():
        raise Refused("import.nothing_mapped")


def without_reply(columns: Iterable[Column]) -> list[Column]:
    return [column for column in columns if column.name not in REPLY]


def as_required(columns: Iterable[Column], names: Iterable[str]) -> list[Column]:
    wanted = frozenset(names)
    return [replace(column, required=column.name in wanted) for column in columns]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).date().isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _detail_names() -> frozenset[str]:
    return frozenset(field.name for fields in FIELDS.values() for field in fields)
