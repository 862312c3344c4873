"""What has happened in the demo county in the last three weeks, told by the real services.

`reference/demo_matters.csv` holds the matters, `reference/demo_stories.json` the steps they went through,
`reference/demo_filters.csv` what people kept under a name. Days count back from today, so that the boards are alive
whenever the demo is started.
"""

import csv
import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from yicun.base import inbox, tenancy
from yicun.base.models import Account
from yicun.base.pages import today
from yicun.kernel.actor import system_actor
from yicun.kernel.clocks import SHANGHAI
from yicun.matters import queries as matters_read
from yicun.matters import services as matters
from yicun.matters.rules.drafting import Draft, PartyDraft
from yicun.matters.terms import SWEEPER, PartyRole, Urgency
from yicun.portal.commands.deeds.acting import acting
from yicun.portal.demo.duties import tell_duties
from yicun.portal.demo.telling import Telling
from yicun.territory import queries as territory

FOLDER = Path(__file__).resolve().parent.parent / "reference"
OPENS, CLOSES = time(8, 30), time(18, 0)
BEFORE_IT_WAS_WRITTEN_DOWN = timedelta(minutes=20)
SATURDAY = 5
INTO = ":"
READ_AFTER = timedelta(hours=20)

Row = Mapping[str, str]


def tell_stories(*, now: datetime) -> int:
    """How many matters were written; none when the county has some already. All of them, or nothing."""
    system = acting(None, now)
    with tenancy.scoped(system):
        if matters_read.visible_to(system).exists():
            return 0
        telling = Telling(now, dict(Account.objects.values_list("username", "pk")))
        for row in sorted(_rows(), key=lambda row: _recorded_at(row, now)):
            _tell(row, telling)
        tell_duties(telling)
        _read_older_notices(telling)
        _keep_filters(telling)
        tenancy.set_scope(system)
        lo, hi = system.widest or (1, 0)
        matters.supervise(actor=system_actor(SWEEPER, lo, hi), now=now)
    return len(telling.told)


def _read_older_notices(telling: Telling) -> None:
    """In three weeks people have looked into their inboxes."""
    for username in telling.accounts:
        actor = telling.actor(username, telling.now)
        older = inbox.for_actor(actor).filter(changed_at__lt=telling.now - READ_AFTER, read_at__isnull=True)
        for notice in older:
            inbox.mark_read(notice_id=notice.pk, actor=actor, now=telling.now)


def _keep_filters(telling: Telling) -> None:
    """What some of them look for every day."""
    for row in _filters():
        matters.save_filter(
            name=row["name"],
            board=row["board"],
            filters=dict(pair.split("=") for pair in row["filters"].split(";")),
            is_shared=bool(row["is_shared"]),
            actor=telling.actor(row["by"], telling.now),
            now=telling.now,
        )


def _tell(row: Row, telling: Telling) -> None:
    at = _recorded_at(row, telling.now)
    actor = telling.actor(row["by"], at)
    matter = matters.record(draft=_draft(row, at), actor=actor, now=at)
    telling.told[row["key"]] = matter
    name, _, into = row["story"].partition(INTO)
    for action, who, hours, given in steps_of(name):
        at = later(at, hours, telling.now, is_urgent=row["urgency"] == Urgency.URGENT)
        matters.take_step(
            action=action,
            matter_id=matter.pk,
            given={key: _filled(value, row, into, telling) for key, value in given.items()},
            actor=telling.actor(_username(who, row), at),
            now=at,
        )


def _draft(row: Row, at: datetime) -> Draft:
    party = PartyDraft(PartyRole.REPORTER.value, row["party"], row["phone"])
    return Draft(
        kind=row["kind"],
        channel=row["channel"],
        urgency=row["urgency"],
        title=row["title"],
        body=row["body"],
        details=dict(pair.split("=", 1) for pair in row["details"].split(";") if pair),
        area_code=int(row["area"]),
        place_text=row["place"],
        happened_at=at - BEFORE_IT_WAS_WRITTEN_DOWN,
        parties=(party,) if row["party"] else (),
    )


def _filled(value: str, row: Row, into: str, telling: Telling) -> Any:
    """`$unit` and `$other` are units by their code, `$into` another matter, the rest are words of the row."""
    if not value.startswith("$"):
        return value
    name = value[1:]
    if name in ("unit", "other"):
        return territory.unit_by_code(row[name]).id
    return telling.told[into].pk if name == "into" else row[name]


def _username(who: str, row: Row) -> str:
    told = _told()
    if who in ("handler", "other"):
        return row["handler" if who == "handler" else "other_by"]
    if who in told["people"]:
        return str(told["people"][who])
    chain = territory.chain_of(int(row["area"]))
    desk = next(desk for desk in told["desks"] if desk["town"] in (*chain, 0))
    return str(desk[who])


def steps_of(name: str) -> list[tuple[str, str, float, dict[str, str]]]:
    """A story may begin with another one."""
    steps: list[tuple[str, str, float, dict[str, str]]] = []
    for step in _told()["stories"][name]:
        steps += steps_of(step) if isinstance(step, str) else [tuple(step)]
    return steps


def later(at: datetime, hours: float, now: datetime, *, is_urgent: bool) -> datetime:
    """So many hours on, and then in office hours unless it is urgent; never later than now."""
    local = (at + timedelta(hours=hours)).astimezone(SHANGHAI)
    while not is_urgent and (local.weekday() >= SATURDAY or not OPENS <= local.time() < CLOSES):
        is_early = local.weekday() < SATURDAY and local.time() < OPENS
        day = local.date() if is_early else local.date() + timedelta(days=1)
        local = datetime.combine(day, OPENS, SHANGHAI) + timedelta(minutes=local.minute)
    return min(local, now)


def _recorded_at(row: Row, now: datetime) -> datetime:
    day = today(now) - timedelta(days=int(row["days"]))
    return min(datetime.combine(day, time.fromisoformat(row["at"]), SHANGHAI), now)


@lru_cache(maxsize=1)
def _rows() -> tuple[Row, ...]:
    with (FOLDER / "demo_matters.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _filters() -> list[Row]:
    with (FOLDER / "demo_filters.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def _told() -> dict[str, Any]:
    stories: dict[str, Any] = json.loads((FOLDER / "demo_stories.json").read_text(encoding="utf-8"))
    return stories
