"""Taking a step from the page of a matter: one press, one service, or the same page with what was typed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yicun.base import pages
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.forms import STEP_FORMS, step_form
from yicun.matters.terms import Action
from yicun.matters.terms.pages import TAKEN
from yicun.matters.views.detail import matter_page
from yicun.matters.views.panel import Sent, setting_for

# The button that, without a script, lists the people of another unit: nothing is done yet.
NAMES_ONLY = "names_only"


@pages.member_required
def take_step(request: pages.Request, matter_id: UUID, action: str) -> HttpResponse:
    """After a sign-in the address is asked for with GET: that leads back to the matter."""
    if request.method != "POST" or action not in STEP_FORMS:
        return redirect("matters:detail", matter_id)
    found = queries.detail_of(matter_id, request.actor)
    sent = _sent(request, found, action)
    if NAMES_ONLY in request.POST:
        return matter_page(request, found, sent=sent)
    form = sent.form
    if not form.is_valid():
        return matter_page(request, found, sent=sent, status=422)
    try:
        _take(action, form.given(), matter_id, request)
    except Refused as refused:
        return _again(request, matter_id, action, refused)
    said = TAKEN.format(number=found.matter.number, action=Action(action).label)
    messages.success(request, said, extra_tags=f"draft:{action}:{matter_id}")
    return redirect("matters:detail", matter_id)


def _take(action: str, given: dict[str, Any], matter_id: UUID, request: pages.Request) -> None:
    """Files go in before the step, assessing or closing after it; together or not at all."""
    files = given.pop("photos", [])
    closes, assesses = given.pop("is_closed_too", False), given.pop("is_assessed_too", False)
    also = _taken_from(given, ("satisfaction",)) if closes else {}
    assessed = _taken_from(given, ("urgency", "grade")) if action == Action.ACCEPT else {}
    who: dict[str, Any] = {"matter_id": matter_id, "actor": request.actor, "now": timezone.now()}
    with transaction.atomic():
        for file in files:
            given["version"] = services.attach(
                file=file, name=file.name, version=given["version"], **who
            ).version
        if action != Action.ATTACH:
            services.take_step(action=action, given=given, version=given.pop("version"), **who)
        if assesses:
            services.assess(**assessed, **who)
        if closes:
            services.close(**also, **who)


def _taken_from(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given.pop(name) for name in names if name in given}


def _again(request: pages.Request, matter_id: UUID, action: str, refused: Refused) -> HttpResponse:
    """The matter as it is now, with what was typed: in its form, or to be copied when the step is no longer open."""
    found = queries.detail_of(matter_id, request.actor)
    sent = _sent(request, found, action, version=found.matter.version)
    return matter_page(request, found, sent=sent, refused=refused)


def _sent(request: pages.Request, found: queries.Detail, action: str, version: int | None = None) -> Sent:
    """With `version` the form is for the matter as it is now, not as the person saw it."""
    data = request.POST.copy()
    if NAMES_ONLY in data:
        data.pop("member_id", None)
    if version is not None:
        data["version"] = str(version)
    setting = setting_for(request, found, timezone.now(), data.get("unit_id", ""))
    typed = {"data": data, "files": request.FILES}
    return Sent(action, step_form(action, version=found.matter.version, setting=setting, **typed))
