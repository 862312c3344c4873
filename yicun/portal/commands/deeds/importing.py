"""`yicun import matters`: one transaction for the whole file."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import timezone

from yicun.base.sheets import mark_errors
from yicun.base.tenancy import scoped
from yicun.kernel.words import listed
from yicun.matters.services import importing
from yicun.matters.services.importing import Problems, Source, Summary
from yicun.portal.commands import terms
from yicun.portal.commands.deeds.acting import acting

SHOWN = 20


def import_file(
    *, path: Path, channel: str, mapping: str, errors: Path | None, username: str | None, is_trial: bool
) -> dict[str, Any]:
    now = timezone.now()
    source = Source(path=path, channel=channel, mapping_name=mapping)
    actor = acting(username, now)
    with scoped(actor):
        if is_trial:
            summary = importing.preview(source=source, actor=actor, now=now).summary
        else:
            summary = importing.commit(source=source, actor=actor, now=now)
    written = _write_errors(path, summary.problems, errors)
    return {
        **_counts(summary),
        "errors_file": written,
        "dry_run": is_trial,
        "unread_sheets": list(summary.unread),
        "first_errors": _first(summary.problems),
    }


def lines(summary: dict[str, Any]) -> Iterator[str]:
    template = terms.TRIED if summary["dry_run"] else terms.IMPORTED
    yield template.format(**summary)
    for one in summary["first_errors"]:
        yield terms.ROW_REFUSED.format(**one)
    if summary["refused"] > len(summary["first_errors"]):
        yield terms.MORE_ROWS.format(count=summary["refused"] - len(summary["first_errors"]))
    if summary["unread_sheets"]:
        yield terms.SHEETS_UNREAD.format(sheets=listed(summary["unread_sheets"]))
    if summary["errors_file"]:
        yield terms.ERRORS_WRITTEN.format(file=summary["errors_file"])


def _counts(summary: Summary) -> dict[str, int]:
    return {
        "rows": summary.rows,
        "recorded": summary.recorded,
        "duplicates": summary.duplicates,
        "refused": summary.refused,
    }


def _write_errors(path: Path, problems: Problems, errors: Path | None) -> str | None:
    """The user's own sheet with the reasons in it; nothing when all is well, so that no old file seems new."""
    if errors is None or not problems:
        return None
    mark_errors(path, problems, errors)
    return str(errors)


def _first(problems: Problems) -> list[dict[str, Any]]:
    told = ((number, one) for number, found in sorted(problems.items()) for one in found[:1])
    return [
        {"row": number, "code": one.code, "sentence": one.sentence} for number, one in islice(told, SHOWN)
    ]
