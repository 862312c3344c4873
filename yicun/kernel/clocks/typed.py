"""A clock asked in typed text, as the command line does."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from yicun.kernel.clocks.count import due
from yicun.kernel.clocks.model import Due, Limit, Pause, Unit, as_moment
from yicun.kernel.clocks.speech import explain
from yicun.kernel.refusals import Refused
from yicun.kernel.words import half_width
from yicun.kernel.workdays import SHANGHAI, Calendar

_LIMIT = re.compile(r"([0-9]{1,9})[ _]*(hour|natural_day|working_day|day)s?")
_UNITS = {**{unit.value: unit for unit in Unit}, "day": Unit.NATURAL_DAY}


def parse_limit(text: str) -> Limit:
    """`5 working_days`, `15 days` (natural days) or `24 hours`."""
    written = _LIMIT.fullmatch(half_width(text).strip().lower())
    if written is None:
        raise Refused("clock.limit_malformed", text=text)
    return Limit(_UNITS[written[2]], int(written[1]))


def _parse_moment(text: str) -> date | datetime | None:
    """A date, or a time (without a zone: Shanghai's); None for anything else."""
    written = half_width(text).strip()
    try:
        return date.fromisoformat(written)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def parse_pause(text: str) -> Pause:
    """`FROM..TO`, both dates inside the pause; `FROM..` is a pause still open."""
    first, dots, last = text.partition("..")
    starts, ends = _parse_moment(first), _parse_moment(last)
    if not dots or starts is None or (ends is None and last.strip()):
        raise Refused("clock.pause_malformed", text=text)
    return Pause(starts, ends)


def parse_start(text: str) -> date | datetime:
    start = _parse_moment(text)
    if start is None:
        raise Refused("clock.start_malformed", text=text)
    as_moment(start)
    return start


def answer(start: str, limit: str, pauses: Iterable[str], calendar: Calendar) -> dict[str, Any]:
    """What `yicun clock due --json` prints."""
    result = due(
        parse_limit(limit),
        start=parse_start(start),
        ledger=tuple(parse_pause(pause) for pause in pauses),
        calendar=calendar,
    )
    return {
        "due_at": _iso(result.due_at),
        "due_on": _iso(result.due_on),
        "is_provisional": result.is_provisional,
        "steps": _steps(result),
    }


def _steps(result: Due) -> list[dict[str, Any]]:
    return [
        {
            "kind": step.kind.value,
            "from": _iso(step.starts),
            "to": _iso(step.ends),
            "counted": step.counted,
            "total": step.total,
            "sentence": said,
        }
        for step, said in zip(result.steps, explain(result), strict=True)
    ]


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
