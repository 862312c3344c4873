"""Choosing the matter that another one becomes part of: find it, read both, then merge by the ordinary step."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yicun.base import pages
from yicun.matters import queries
from yicun.matters.forms import TargetForm, step_form
from yicun.matters.terms import Action
from yicun.matters.views.panel import setting_for


@pages.member_required
def choose_merge(request: pages.Request, matter_id: UUID) -> HttpResponse:
    now, found = timezone.now(), queries.detail_of(matter_id, request.actor)
    matter = found.matter
    if not any(step.action == Action.MERGE for step in found.steps):
        return redirect("matters:detail", matter_id)
    search = TargetForm(request.GET)
    words, into_id = search.asked()
    into = queries.merge_target(matter, into_id, request.actor) if into_id else None
    others = queries.merge_targets(matter, words, request.actor, now)
    setting = setting_for(request, found, now)
    context = {
        "now": now,
        "matter": matter,
        "this": queries.beside_of(matter, now),
        "into": queries.beside_of(into, now) if into else None,
        "form": step_form(Action.MERGE, version=matter.version, setting=setting),
        "search": search,
        "rows": [_choice(row, words) for row in queries.rows_of(others, now)],
    }
    return render(request, "matters/matter_merge.html", context)


def _choice(row: Any, words: str) -> dict[str, Any]:
    """With the address that shows it beside the other one and keeps what was searched for."""
    return {"row": row, "query": urlencode({"q": words, "into": row.id})}
