"""`yicun replay`: every message of a board at its own time, some dozens in one transaction.

A message is whole or not there at all, and so is a batch: after a kill the same command goes on where it stopped.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import timezone

from yicun.base.sheets import guess_mapping, parse_rows, problem, read_table
from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.matters.queries.importing import import_columns
from yicun.matters.queries.reference import calendar
from yicun.matters.queries.replayed import counts_of, handled_of
from yicun.matters.rules import importing as columns
from yicun.matters.rules.replaying import Message, by_body, figures, message_of
from yicun.matters.services.importing import mapping_of
from yicun.matters.services.replaying import CHANNEL, replay
from yicun.portal.commands import terms
from yicun.portal.commands.deeds.acting import ordered

NEEDED = ("source_key", "happened_at")
SHOWN = 20
AT_ONCE = 50


@dataclass(slots=True)
class Run:
    rows: int = 0
    changed: int = 0
    keys: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def note(self, number: int, code: str, sentence: str) -> None:
        self.problems.append({"row": number, "code": code, "sentence": sentence})


def replay_file(*, path: Path, mapping: str, ordered_by: str | None = None) -> dict[str, Any]:
    now = timezone.now()
    actor = ordered(ordered_by, now)
    run = Run()
    coming = _messages(path, mapping, now, run)
    while batch := list(islice(coming, AT_ONCE)):
        with scoped(actor):
            for message in batch:
                _replay(message, actor, run)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{len(run.keys)}/{run.rows}")
    with scoped(actor):
        handled = handled_of(CHANNEL, run.keys, actor)
        counts = counts_of(CHANNEL, run.keys, actor)
    return {
        "rows": run.rows,
        **counts,
        **figures(handled, calendar()),
        "changed": run.changed,
        "unanswered": len(run.problems),
        "problems": run.problems,
        "bodies": by_body(handled, calendar()),
    }


def lines(report: dict[str, Any]) -> Iterator[str]:
    yield terms.REPLAYED.format(**report)
    yield terms.ON_TIME.format(share=_percent(report["on_time_share"]), **report)
    yield terms.BODY_HEAD
    for body in report["bodies"]:
        yield terms.BODY_LINE.format(share=_percent(body["on_time_share"]), **body)
    for one in report["problems"][:SHOWN]:
        yield terms.ROW_REFUSED.format(**one)
    if len(report["problems"]) > SHOWN:
        yield terms.MORE_ROWS.format(count=len(report["problems"]) - SHOWN)


def _messages(path: Path, mapping: str, now: datetime, run: Run) -> Iterator[Message]:
    """Oldest first, as a desk would have met them: rows are sorted by their time."""
    table = read_table(path)
    wanted = columns.as_required(
        columns.plain_columns(import_columns(), now.astimezone(SHANGHAI).date()), NEEDED
    )
    chosen = mapping_of(mapping) if mapping else guess_mapping(table.header, wanted)
    columns.check_mapping(chosen, table.header)
    messages = []
    for row in parse_rows(table, wanted, chosen):
        run.rows += 1
        if row.values is None:
            run.note(row.number, row.problems[0].code, row.problems[0].sentence)
        else:
            messages.append(message_of(row.number, row.values))
    yield from sorted(messages, key=lambda message: (message.asked_at, message.number))


def _replay(message: Message, actor: Actor, run: Run) -> None:
    run.keys.append(message.key)
    try:
        with scoped(actor):
            changed, refused = replay(message=message, actor=actor)
        run.changed += changed
    except Refused as stopped:
        refused = stopped
    if refused is not None:
        told = problem(refused)
        run.note(message.number, told.code, told.sentence)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
