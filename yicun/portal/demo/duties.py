"""What was asked of the stations and what was met about in the last three weeks, told by the real services.

`reference/demo_duties.json` holds both. Days count back from today, as in the stories of the matters.
"""

import json
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from yicun.base.pages import today
from yicun.kernel.clocks import SHANGHAI
from yicun.matters import services as matters
from yicun.orglife import services as orglife
from yicun.orglife.rules import Draft
from yicun.portal.demo.telling import Telling
from yicun.relief import services as relief
from yicun.territory import queries as territory

FILE = Path(__file__).resolve().parent.parent / "reference" / "demo_duties.json"
MORNING, AFTERNOON, GATE_AFTER = time(9, 10), time(14, 30), timedelta(hours=2)
SATURDAY = 5
GATEKEEPER = "ye_qingfang"


def tell_duties(telling: Telling) -> None:
    """In the transaction of the stories: all of it, or nothing."""
    asked = {row["key"]: _ask(row, telling) for row in _told()["demands"]}
    for row in _told()["meetings"]:
        _meet(row, asked, telling)


def _ask(row: dict[str, Any], telling: Telling) -> UUID:
    at = _at(row["days"], telling)
    begins = today(at)
    request = relief.Request(
        **{name: row[name] for name in ("list_name", "title", "deliverable", "authority_kind", "authority")},
        units=tuple(territory.unit_by_code(code).id for code in row["units"]),
        roles=tuple(row.get("roles", ())),
        cadence=row["cadence"],
        minutes=row["minutes"],
        starts_on=begins,
        expires_on=begins + timedelta(days=row["length"]),
        defence=row.get("defence", ""),
        counted=row.get("counted", {}),
        is_no_duplicate=True,
    )
    demand = relief.propose(request=request, actor=telling.actor(row["by"], at), now=at)
    if "gate" in row:
        _let_through(row, demand.pk, at + GATE_AFTER, telling)
    for username, stage, days, text in row.get("remarks", ()):
        when = _at(days, telling)
        who = telling.actor(username, when)
        relief.remark(demand_id=demand.pk, stage=stage, text=text, actor=who, now=when)
    for username, days, text in row.get("met", ()):
        when = _at(days, telling)
        relief.fulfil(demand_id=demand.pk, text=text, actor=telling.actor(username, when), now=when)
    return demand.pk


def _let_through(row: dict[str, Any], demand_id: UUID, at: datetime, telling: Telling) -> None:
    given = {"reason": row["reason"]} if "reason" in row else {}
    relief.take_step(
        action=row["gate"],
        demand_id=demand_id,
        given=given,
        actor=telling.actor(row.get("gatekeeper", GATEKEEPER), at),
        now=at,
    )
    for chief, owner in row.get("owner", {}).items():
        member_id = telling.actor(owner, at).member_id
        relief.appoint(demand_id=demand_id, member_id=member_id, actor=telling.actor(chief, at), now=at)


def _meet(row: dict[str, Any], asked: dict[str, UUID], telling: Telling) -> None:
    at = _at(row["days"], telling, AFTERNOON)
    draft = Draft(
        system_code=row["system_code"],
        held_on=today(at),
        minutes_spent=row["minutes_spent"],
        people=row["people"],
        place=row["place"],
        unit_ids=tuple(territory.unit_by_code(code).id for code in row["unit_ids"]),
        offices=tuple(row["offices"]),
        agenda=tuple(row["agenda"]),
        text=row["text"],
        demand_id=asked.get(row.get("demand", "")),
    )
    meeting = orglife.hold(draft=draft, actor=telling.actor(row["by"], at), now=at)
    for one in row["decisions"]:
        decision = orglife.decide(
            meeting_id=meeting.pk,
            text=one["text"],
            kind=one["kind"],
            unit_id=territory.unit_by_code(one["unit"]).id,
            due_on=today(at) + timedelta(days=one["due"]),
            area_code=one["area"],
            actor=telling.actor(row["by"], at),
            now=at,
        )
        if "close" in one:
            _carry_out(decision.matter_id, one, at, telling)


def _carry_out(matter_id: UUID, one: dict[str, Any], at: datetime, telling: Telling) -> None:
    """Handled by whoever is named, verified and closed by the desk of his station."""
    for action, who, days, given in (
        ("take", one["close"], 1, {}),
        ("feed_back", one["close"], 3, {"result": one["text"]}),
        ("verify", one.get("desk", "lin_xiaowen"), 4, {}),
        ("close", one.get("desk", "lin_xiaowen"), 4, {}),
    ):
        when = min(at + timedelta(days=days), telling.now)
        actor = telling.actor(who, when)
        matters.take_step(action=action, matter_id=matter_id, given=given, actor=actor, now=when)


def _at(days: int, telling: Telling, hour: time = MORNING) -> datetime:
    """So many days ago; what would fall on a weekend was on the Friday before."""
    day = today(telling.now) - timedelta(days=days)
    day -= timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    return min(datetime.combine(day, hour, SHANGHAI), telling.now)


@lru_cache(maxsize=1)
def _told() -> dict[str, Any]:
    duties: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return duties
