"""Who is away, and who signs meanwhile."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yicun.base import pages
from yicun.force import queries as force
from yicun.force import services
from yicun.kernel.refusals import Refused
from yicun.portal.forms import AbsenceForm, DelegationForm
from yicun.portal.terms import LEAVE_DONE

OK = 200


@pages.member_required
def leave(request: pages.Request) -> HttpResponse:
    return _page(request, *_forms(request))


@require_POST
@pages.member_required
def note_absence(request: pages.Request) -> HttpResponse:
    absence, delegation = _forms(request, absence=request.POST)
    if not absence.is_valid():
        return _page(request, absence, delegation, status=422)
    try:
        services.note_absence(**absence.given(), actor=request.actor, now=timezone.now())
    except Refused as refused:
        return _page(request, absence, delegation, refused=refused)
    return _done(request, "note_absence")


@require_POST
@pages.member_required
def delegate(request: pages.Request) -> HttpResponse:
    absence, delegation = _forms(request, delegation=request.POST)
    if not delegation.is_valid():
        return _page(request, absence, delegation, status=422)
    try:
        services.delegate(**delegation.given(), actor=request.actor, now=timezone.now())
    except Refused as refused:
        return _page(request, absence, delegation, refused=refused)
    return _done(request, "delegate")


@require_POST
@pages.member_required
def end_absence(request: pages.Request, absence_id: UUID) -> HttpResponse:
    services.end_absence(absence_id=absence_id, actor=request.actor, now=timezone.now())
    return _done(request, "end_absence")


@require_POST
@pages.member_required
def recall(request: pages.Request, delegation_id: UUID) -> HttpResponse:
    services.recall(delegation_id=delegation_id, actor=request.actor, now=timezone.now())
    return _done(request, "recall")


def _forms(
    request: pages.Request, absence: object = None, delegation: object = None
) -> tuple[AbsenceForm, DelegationForm]:
    on, actor = pages.today(timezone.now()), request.actor
    people = [(row.member_id, row.label) for row in force.member_rows(actor.unit_ids, on)]
    fit = [(row.member_id, row.label) for row in force.possible_delegates(actor, on)]
    first = {"starts_on": on, "until": on, "member_id": actor.member_id}
    return (
        AbsenceForm(absence, people=people, initial=first, prefix="absence"),
        DelegationForm(delegation, fit=fit, initial=first, prefix="delegation"),
    )


def _page(
    request: pages.Request,
    absence: AbsenceForm,
    delegation: DelegationForm,
    *,
    refused: Refused | None = None,
    status: int = OK,
) -> HttpResponse:
    on, actor = pages.today(timezone.now()), request.actor
    member_id = actor.member_id
    context = {
        "away": force.absences_of(actor.unit_ids, on),
        "today": on,
        "delegations": force.delegations_of(member_id, on) if member_id else [],
        "me": member_id,
        "absence_form": absence,
        "delegation_form": delegation if delegation.has_anybody else None,
        "refusal": pages.spoken(refused) if refused else None,
    }
    return render(request, "portal/leave.html", context, status=refused.status if refused else status)


def _done(request: pages.Request, deed: str) -> HttpResponse:
    messages.success(request, LEAVE_DONE[deed])
    return redirect("portal:leave")
