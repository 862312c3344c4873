"""Writing a matter down, with likely duplicates and places found while typing."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yicun.base import pages
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.forms import RecordForm
from yicun.matters.forms.fields import served_by
from yicun.matters.forms.recording import blank, fresh_id
from yicun.matters.terms import Kind
from yicun.matters.terms.pages import STORED
from yicun.territory import queries as territory

DRAFT = "matter_record"
LAST_AREA = "matters.last_area"
FOUND = 20


@pages.member_required
def record(request: pages.Request) -> HttpResponse:
    if request.method != "POST":
        return _page(request, _blank(request))
    form = _form(request, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        number = _store(request, form)
    except Refused as refused:
        return _refused(request, form, refused)
    request.session[LAST_AREA] = form.cleaned_data["area"]
    messages.success(request, STORED.format(number=number), extra_tags=f"draft:{DRAFT}")
    return redirect("matters:detail", form.cleaned_data["id"])


@pages.member_required
def duplicates(request: pages.Request) -> HttpResponse:
    """Matters of the same place that read like what is being typed."""
    text, code = request.GET.get("body", "")[:2_000], request.GET.get("area", "")
    now = timezone.now()
    found = []
    if text.strip() and code.isascii() and code.isdigit() and len(code) <= 15:
        found = [matter for matter, _ in queries.possible_duplicates(text, int(code), request.actor, now)]
    return render(request, "matters/parts/duplicates.html", {"rows": queries.rows_of(found, now), "now": now})


@pages.member_required
def places(request: pages.Request) -> HttpResponse:
    """What the place picker finds by name, pinyin initials or code."""
    found = territory.find_areas(request.GET.get("q", "")[:40], limit=FOUND)
    shown = [
        {"code": str(area.code), "name": area.name, "path": _around(area.code, area.name)} for area in found
    ]
    return JsonResponse(shown, safe=False, json_dumps_params={"ensure_ascii": False})


def _around(code: int, name: str) -> str:
    """Where a place lies, without saying its own name again."""
    return territory.short_path_of(code).removesuffix(name).strip()


def _blank(request: pages.Request) -> RecordForm:
    """The village of the record before; the first time, the village of somebody who serves only one."""
    kind, served = request.GET.get("kind", ""), served_by(request.actor)
    only = int(served[0][0]) if len(served) == 1 else None
    area = request.session.get(LAST_AREA, only)
    return _form(request, initial=blank(kind if kind in Kind.values else Kind.DISPUTE, area))


def _form(request: pages.Request, *sent: Any, **more: Any) -> RecordForm:
    return RecordForm(*sent, places_url=reverse("matters:places"), served=served_by(request.actor), **more)


def _store(request: pages.Request, form: RecordForm) -> str:
    """The matter with its photos, or nothing of it."""
    now = timezone.now()
    with transaction.atomic():
        matter = services.record(draft=form.draft(), actor=request.actor, now=now)
        for file in form.cleaned_data["photos"]:
            services.attach(matter_id=matter.pk, file=file, name=file.name, actor=request.actor, now=now)
    return matter.number


def _refused(request: pages.Request, form: RecordForm, refused: Refused) -> HttpResponse:
    """A second press leads to what the first one stored. Something else under the same key gets a key of its own."""
    if refused.code == "matter.already_stored":
        stored = queries.visible_to(request.actor).filter(pk=form.cleaned_data["id"])
        if stored.filter(kind=form.cleaned_data["kind"], body=form.cleaned_data["body"].strip()).exists():
            return redirect("matters:detail", form.cleaned_data["id"])
        data = request.POST.copy()
        data["id"] = str(fresh_id())
        form = _form(request, data)
    else:
        form.blame(refused)
    return _page(request, form, status=refused.status, refusal=pages.spoken(refused))


def _page(request: pages.Request, form: RecordForm, status: int = 200, **more: Any) -> HttpResponse:
    return render(
        request, "matters/matter_record.html", {"form": form, "draft": DRAFT, **more}, status=status
    )
