"""Many at once: ticked on a board, looked at, confirmed, followed, taken back."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yicun.base import pages
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.forms.bulk import DEED_FORMS, DeedForm, deed_form
from yicun.matters.queries import bulk as found
from yicun.matters.rules.bulk import MOST, UNDO_WITHIN
from yicun.matters.services import bulk as batches
from yicun.matters.terms import Action
from yicun.matters.terms import bulk as words
from yicun.matters.views.boards import asked_of

OK = 200
SHEET_NAME = "bulk-{on}.xlsx"


@pages.member_required
def bulks(request: pages.Request) -> HttpResponse:
    """What was done lately; what is sent here was ticked on the board whose address it carries."""
    now = timezone.now()
    if request.method != "POST":
        context = {"now": now, "bulks": found.bulks_for(request.actor)}
        return render(request, "matters/bulk_list.html", context)
    keys = _whole(request, now) if "whole" in request.POST else _ticked(request)
    kept = request.GET.dict()
    prepared = services.prepare_bulk(matter_ids=keys, filters=kept, actor=request.actor, now=now)
    return redirect("matters:bulk", prepared.pk)


@pages.member_required
def bulk(request: pages.Request, bulk_id: UUID) -> HttpResponse:
    """What may be done with those chosen; once confirmed, how far it is and what came of it."""
    seen = found.bulk_of(bulk_id, request.actor)
    if seen.confirmed_at is None:
        return _choices(request, seen)
    now = timezone.now()
    context = {
        "now": now,
        "bulk": seen,
        "progress": found.progress_of(seen),
        "told": found.told_of(seen.given),
        "refused": found.reasons_of(found.refusals_of(seen), request.actor),
        "kept": found.reasons_of(found.keepings_of(seen), request.actor),
        "may_undo": found.may_be_undone(seen, now),
        "undo_until": seen.confirmed_at + UNDO_WITHIN,
        "caution": words.CAUTION[seen.action],
        "back_url": _board(seen.filters),
    }
    return render(request, "matters/bulk_result.html", context)


@pages.member_required
def do_deed(request: pages.Request, bulk_id: UUID, action: str) -> HttpResponse:
    """Looked at first; the same again with `confirm` does it."""
    seen = found.bulk_of(bulk_id, request.actor)
    is_open = seen.confirmed_at is None or "confirm" in request.POST
    if request.method != "POST" or action not in DEED_FORMS or not is_open:
        return redirect("matters:bulk", bulk_id)
    form = deed_form(action, on=pages.today(timezone.now()), data=request.POST)
    if not form.is_valid():
        return _choices(request, seen, action, form, status=422)
    try:
        if "confirm" in request.POST:
            return _confirmed(request, bulk_id, action, form)
        return _preview(request, seen, action, form)
    except Refused as refused:
        if seen.confirmed_at is not None:
            raise
        return _choices(request, seen, action, form, refused=refused, status=refused.status)


@pages.member_required
def undo(request: pages.Request, bulk_id: UUID) -> HttpResponse:
    if request.method == "POST":
        services.undo_bulk(bulk_id=bulk_id, actor=request.actor, now=timezone.now())
        after = found.progress_of(found.bulk_of(bulk_id, request.actor))
        said = words.UNDO_STARTED if after.is_undoing else words.UNDONE
        messages.success(request, said.format(undone=after.undone, kept=after.kept))
    return redirect("matters:bulk", bulk_id)


@pages.member_required
def bulk_sheet(request: pages.Request, bulk_id: UUID) -> FileResponse:
    now, seen = timezone.now(), found.bulk_of(bulk_id, request.actor)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / SHEET_NAME.format(on=pages.today(now))
        services.export_bulk(bulk=seen, path=path, actor=request.actor, now=now)
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def _confirmed(request: pages.Request, bulk_id: UUID, action: str, form: DeedForm) -> HttpResponse:
    services.confirm_bulk(
        bulk_id=bulk_id, action=action, given=form.given(), actor=request.actor, now=timezone.now()
    )
    after = found.progress_of(found.bulk_of(bulk_id, request.actor))
    said = words.STARTED if after.is_running else words.DONE
    messages.success(request, said.format(action=after.label, done=after.done, refused=after.refused))
    return redirect("matters:bulk", bulk_id)


def _preview(request: pages.Request, seen: Any, action: str, form: DeedForm) -> HttpResponse:
    given, actor, now = form.given(), request.actor, timezone.now()
    outlook = batches.outlook(seen, action=action, given=given, actor=actor, now=now)
    context = {
        "bulk": seen,
        "label": Action(action).label,
        "outlook": outlook,
        "reasons": found.reasons_of(outlook.refused, actor),
        "told": found.told_of(given),
        "caution": words.CAUTION[action],
        "form": form,
        "action_url": reverse("matters:do_deed", args=(seen.pk, action)),
    }
    return render(request, "matters/bulk_preview.html", context)


def _choices(
    request: pages.Request,
    seen: Any,
    chosen: str = "",
    form: DeedForm | None = None,
    *,
    refused: Refused | None = None,
    status: int = OK,
) -> HttpResponse:
    offers = _offers(request, seen, chosen, form)
    context = {
        "bulk": seen,
        "offers": [offer for offer in offers if offer["able"]],
        "closed": [offer for offer in offers if not offer["able"]],
        "refusal": pages.spoken(refused) if refused else None,
        "back_url": _board(seen.filters),
    }
    return render(request, "matters/bulk_choose.html", context, status=status)


def _offers(request: pages.Request, seen: Any, chosen: str, form: DeedForm | None) -> list[dict[str, Any]]:
    on = pages.today(timezone.now())
    return [
        {
            "label": action.label,
            "url": reverse("matters:do_deed", args=(seen.pk, action.value)),
            "able": outlook.able,
            "reasons": found.sentences_of(outlook.refused),
            "form": form if action == chosen else deed_form(action, on=on),
            "is_open": action == chosen,
        }
        for action, outlook in batches.outlooks(seen, actor=request.actor).items()
    ]


def _ticked(request: pages.Request) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("id")]
    except ValueError as bent:
        raise Refused("value.malformed", text=request.POST.get("id", "")[:40]) from bent


def _whole(request: pages.Request, now: datetime) -> list[UUID]:
    """Everything that the filter shows, and one more than may be done at once, which says that it is too much."""
    _form, board, filters, text = asked_of(request)
    matters = queries.board_for(request.actor, board, filters, now, text)
    return list(matters.values_list("pk", flat=True)[: MOST + 1])


def _board(kept: dict[str, str]) -> str:
    return f"{reverse('matters:board')}?{urlencode(kept)}"
