"""One station's matters through every batch that can be taken back, and back again. Prints JSON."""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from benchmarks import ready
from benchmarks.county import VILLAGE
from yicun.base.models import Account, AuditEntry
from yicun.base.pages import today
from yicun.base.tenancy import scoped
from yicun.force.queries import actor_for
from yicun.kernel.actor import Actor
from yicun.matters import services
from yicun.matters.models import Clock, Matter
from yicun.matters.queries import bulk as batches
from yicun.matters.rules.drafting import Draft
from yicun.territory.queries import unit_by_code

__all__ = ["ready"]
AT_ONCE = 500
PATIENCE = 600
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("help", {}),
    ("service", {"service_kind": "other"}),
    ("hazard", {"hazard_kind": "wiring", "spot": "灶间"}),
]


def recorded(actor: Actor, rows: int) -> list[UUID]:
    """Some hundred at a time, each lot a minute later than the last."""
    began, keys = timezone.now() - timedelta(hours=1), []
    for lot in range(0, rows, AT_ONCE):
        drafts = [
            Draft(kind=kind, title=f"第{number}件", details=details, area_code=VILLAGE)
            for number in range(lot, min(lot + AT_ONCE, rows))
            for kind, details in [KINDS[number % len(KINDS)]]
        ]
        with scoped(actor):
            made = services.record_all(
                drafts=drafts, actor=actor, now=began + timedelta(minutes=lot // AT_ONCE)
            )
        keys += [one.pk for one in made]
    return keys


def standing(actor: Actor, keys: list[UUID]) -> tuple[Any, ...]:
    with scoped(actor):
        matters = Matter.objects.filter(pk__in=keys).order_by("pk").values()
        clocks = Clock.objects.filter(matter_id__in=keys, ended_at__isnull=True).order_by("pk")
        return (
            [{k: v for k, v in row.items() if k not in ("version", "changed_by")} for row in matters],
            list(clocks.values("id", "matter_id", "name", "started_at", "due_at")),
        )


def audited(actor: Actor, verb: str) -> int:
    with scoped(actor):
        return AuditEntry.objects.filter(verb=verb, account_id=actor.account_id).count()


def timed(actor: Actor, deed: Callable[[], Any], is_over: Callable[[Any], bool]) -> float:
    """Until the worker is through."""
    began = time.perf_counter()
    with scoped(actor):
        bulk_id = deed().pk
    while time.perf_counter() - began < PATIENCE:
        with scoped(actor):
            if is_over(batches.bulk_of(bulk_id, actor)):
                return time.perf_counter() - began
        time.sleep(0.2)
    raise SystemExit("the worker did not come through")


def batch(actor: Actor, keys: list[UUID], action: str, given: dict[str, Any]) -> dict[str, Any]:
    before, told = standing(actor, keys), audited(actor, action)
    began = time.perf_counter()
    with scoped(actor):
        prepared = services.prepare_bulk(matter_ids=keys, filters={}, actor=actor, now=timezone.now())
    preparing = time.perf_counter() - began
    began = time.perf_counter()
    with scoped(actor):
        services.bulk.outlooks(prepared, actor=actor)
    looking = time.perf_counter() - began
    doing = timed(
        actor,
        lambda: services.confirm_bulk(
            bulk_id=prepared.pk, action=action, given=given, actor=actor, now=timezone.now()
        ),
        lambda one: one.finished_at is not None,
    )
    entries = audited(actor, action) - told
    undoing = timed(
        actor,
        lambda: services.undo_bulk(bulk_id=prepared.pk, actor=actor, now=timezone.now()),
        lambda one: one.undone_at is not None,
    )
    with scoped(actor):
        progress = batches.progress_of(batches.bulk_of(prepared.pk, actor))
    return {
        "action": action,
        "rows": len(keys),
        "prepare_seconds": round(preparing, 1),
        "look_seconds": round(looking, 1),
        "seconds": round(doing, 1),
        "done": progress.done,
        "audited": entries,
        "undo_seconds": round(undoing, 1),
        "undone": progress.undone,
        "equal_again": standing(actor, keys) == before,
    }


def again(actor: Actor, keys: list[UUID], action: str, given: dict[str, Any]) -> None:
    """Done once more and left so: the next step needs it."""
    with scoped(actor):
        prepared = services.prepare_bulk(matter_ids=keys, filters={}, actor=actor, now=timezone.now())
    timed(
        actor,
        lambda: services.confirm_bulk(
            bulk_id=prepared.pk, action=action, given=given, actor=actor, now=timezone.now()
        ),
        lambda one: one.finished_at is not None,
    )


def main(rows: int) -> None:
    account = Account.objects.get(username="lin_xiaowen")
    actor = actor_for(account.pk, today(timezone.now()))
    keys = recorded(actor, rows)
    course: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}),
        ("assess", {"urgency": "urgent"}),
        ("assign", {"unit_id": unit_by_code("fire_rescue").id}),
    ]
    measured = []
    for action, given in course:
        measured.append(batch(actor, keys, action, given))
        again(actor, keys, action, given)
    print(json.dumps(measured))


if __name__ == "__main__":
    main(int(sys.argv[1]))
