"""Matters out of somebody's file: read, look at it first, then record what is sound.

Every row is judged by the rules of the page. A row that is refused goes back into the user's own sheet and fails no
other row; a row whose number is known already changes nothing. The caller's transaction holds the whole file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from yicun.base import audit
from yicun.base.sheets import (
    Column,
    Problem,
    RowResult,
    Table,
    guess_mapping,
    parse_rows,
    problem,
    read_table,
)
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.kernel.words import listed
from yicun.matters.queries import reference
from yicun.matters.queries.importing import built_in_mapping, import_columns, known_keys, villages_by_name
from yicun.matters.rules import drafting
from yicun.matters.rules import importing as rules
from yicun.matters.rules.drafting import Draft
from yicun.matters.services.intake import record_all
from yicun.matters.terms import CHOICES, DETAIL_LABELS, Channel, Kind
from yicun.matters.terms.pages import YES_NO
from yicun.territory import queries as territory

AT_ONCE = 500
SAMPLE = 10
KNOWN_ALREADY = "matter.already_recorded"

Problems = dict[int, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how to read it. `mapping`: field -> header; None asks for the one saved as `mapping_name`, or guesses.

    `kind` is that of rows which do not name one.
    """

    path: Path
    channel: str = Channel.BOARD.value
    kind: str = Kind.SERVICE.value
    mapping: Mapping[str, str] | None = None
    mapping_name: str = ""
    name: str = ""


@dataclass(slots=True)
class Summary:
    """`problems`: what is wrong with the refused rows, by their number in the sheet.

    `unread`: other sheets of the workbook, which nobody has looked at.
    """

    rows: int = 0
    recorded: int = 0
    duplicates: int = 0
    problems: Problems = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        return len(self.problems)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of it. `summary.recorded` counts the rows that would be recorded."""

    header: tuple[str, ...]
    columns: list[Column]
    mapping: dict[str, str]
    sample: list[Draft]
    summary: Summary


def columns_at(now: datetime) -> list[Column]:
    """What a file may hold; also the columns of the empty sheet that people fill in."""
    lists = {
        **CHOICES,
        **reference.categories(),
        rules.YES_NO: {str(key).lower(): word for key, word in YES_NO.items()},
    }
    plain = rules.plain_columns(import_columns(), now.astimezone(SHANGHAI).date())
    return rules.without_reply(plain) + rules.detail_columns(lists, DETAIL_LABELS)


def mapping_of(name: str) -> dict[str, str]:
    """A county's own mapping goes before one that the product brings under the same name."""
    try:
        return reference.mapping(name)
    except Refused:
        built_in = built_in_mapping(name)
        if not built_in:
            raise
        return built_in


def preview(*, source: Source, actor: Actor, now: datetime) -> Preview:
    """Nothing is stored: every row is read and judged, and compared with what is there already."""
    reading = _Reading(source, actor, now)
    summary = Summary(unread=reading.table.unread)
    sample: list[Draft] = []
    for rows in reading.chunks(summary):
        fresh = _fresh(rows, source.channel, summary)
        summary.recorded += len(fresh)
        sample += [draft for _, draft in fresh[: SAMPLE - len(sample)]]
    return Preview(reading.table.header, reading.columns, reading.mapping, sample, summary)


def commit(*, source: Source, actor: Actor, now: datetime) -> Summary:
    """Record every sound row that is not there yet."""
    reading = _Reading(source, actor, now)
    summary = Summary(unread=reading.table.unread)
    with transaction.atomic():
        for rows in reading.chunks(summary):
            fresh = _fresh(rows, source.channel, summary)
            _record(fresh, reading, summary, actor, now)
        audit.record(
            verb="commit",
            subject="matters.import",
            subject_id=uuid7(),
            actor=actor,
            now=now,
            facts={
                "file": source.name or source.path.name,
                "channel": source.channel,
                "rows": summary.rows,
                "recorded": summary.recorded,
                "duplicates": summary.duplicates,
                "refused": summary.refused,
            },
        )
    return summary


class _Reading:
    """The file being walked: rows become drafts, some hundreds at a time; what is wrong is noted in the summary."""

    def __init__(self, source: Source, actor: Actor, now: datetime) -> None:
        if source.channel not in Channel.values or source.kind not in Kind.values:
            raise Refused("value.unknown_choice", text=f"{source.channel} {source.kind}"[:40])
        self.source, self.actor, self.now = source, actor, now
        self.columns = columns_at(now)
        self.table: Table = read_table(source.path, name=source.name or None)
        self.mapping = self._mapping()
        rules.check_mapping(self.mapping, self.table.header)
        self._villages = villages_by_name()
        self._categories = reference.categories()
        self._seen: Counter[str] = Counter()

    def _mapping(self) -> dict[str, str]:
        if self.source.mapping is not None:
            chosen = dict(self.source.mapping)
        elif self.source.mapping_name:
            chosen = mapping_of(self.source.mapping_name)
        else:
            chosen = guess_mapping(self.table.header, self.columns)
        names = {column.name for column in self.columns}
        return {name: header for name, header in chosen.items() if name in names and header}

    def chunks(self, summary: Summary) -> Iterator[list[tuple[int, Draft]]]:
        parsed = parse_rows(self.table, self.columns, self.mapping)
        while rows := list(islice(parsed, AT_ONCE)):
            summary.rows += len(rows)
            yield list(self._sound(rows, summary))

    def _sound(self, rows: Iterable[RowResult], summary: Summary) -> Iterator[tuple[int, Draft]]:
        for row in rows:
            if row.values is None:
                summary.problems[row.number] = row.problems
                continue
            try:
                yield row.number, self._draft(row)
            except Refused as refused:
                self.note(row.number, refused, summary)

    def _draft(self, row: RowResult) -> Draft:
        values = row.values or {}
        draft = rules.draft_of(
            values,
            channel=self.source.channel,
            kind=self.source.kind,
            area_code=self._area_code(str(values.get("area") or ""), str(values.get("place_text") or "")),
            key="" if values.get("source_key") else rules.own_key(values, self._seen),
        )
        checked = drafting.checked(
            draft, now=self.now, choices=CHOICES, categories=self._categories, labels=DETAIL_LABELS
        )
        if checked.area_code is not None and not territory.has_area(checked.area_code):
            raise Refused("matter.area_unknown", code=checked.area_code)
        return checked

    def _area_code(self, written: str, place_text: str) -> int | None:
        if not written:
            return rules.village_named(place_text, self._villages) if place_text else None
        if written.isdecimal():
            return int(written.ljust(15, "0")) if len(written) <= 15 else int(written)
        found = self._villages.get("".join(written.split()), [])
        if not found:
            raise Refused("import.area_unknown", name=written[:40])
        if len(found) > 1:
            paths = listed(territory.short_path_of(code) for code in found)
            raise Refused("import.area_ambiguous", name=written[:40], choices=paths)
        return found[0]

    def note(self, number: int, refused: Refused, summary: Summary) -> None:
        column = rules.PLACES.get(refused.code, "")
        header = self.mapping.get(column)
        at = self.table.position(header) if header else None
        summary.problems[number] = (problem(refused, column=column, at=at),)


def _fresh(rows: list[tuple[int, Draft]], channel: str, summary: Summary) -> list[tuple[int, Draft]]:
    """Without those whose number is stored already, or stood further up in the same file."""
    known = known_keys(channel, [draft.source_key for _, draft in rows])
    fresh: list[tuple[int, Draft]] = []
    for number, draft in rows:
        if draft.source_key in known:
            summary.duplicates += 1
            continue
        known.add(draft.source_key)
        fresh.append((number, draft))
    return fresh


def _record(
    rows: list[tuple[int, Draft]], reading: _Reading, summary: Summary, actor: Actor, now: datetime
) -> None:
    """Together; when the database refuses one of them, each by itself."""
    if not rows:
        return
    try:
        record_all(drafts=[draft for _, draft in rows], actor=actor, now=now, are_checked=True)
        summary.recorded += len(rows)
    except Refused as refused:
        if len(rows) > 1:
            for row in rows:
                _record([row], reading, summary, actor, now)
        elif refused.code == KNOWN_ALREADY:
            summary.duplicates += 1
        else:
            reading.note(rows[0][0], refused, summary)
