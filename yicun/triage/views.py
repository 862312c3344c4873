"""The public desk: no account, no script needed, nothing kept on the device."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from yicun.base import pages
from yicun.kernel.refusals import Refused
from yicun.triage import queries, services
from yicun.triage.forms import FollowForm, RatingForm, ReportForm, SupplementForm, blank
from yicun.triage.terms import ADDED, RATED, RECEIVED

EVERYBODY = "everybody"


@pages.public_page
def desk(request: pages.Request) -> HttpResponse:
    if request.method != "POST":
        return _desk(request, ReportForm(initial=blank()))
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _desk(request, form, status=422)
    if form.is_from_a_program:
        return redirect("triage:desk")
    try:
        _limit(request, "public_report")
        code = services.report(given=form.report(), actor=request.actor, now=timezone.now())
    except Refused as refused:
        return _desk(request, form, status=refused.status, refusal=pages.spoken(refused))
    messages.success(request, RECEIVED)
    return redirect(_address(code))


@pages.public_page
def follow(request: pages.Request) -> HttpResponse:
    code = request.GET.get("code", "")
    form = FollowForm(request.GET)
    if not form.is_valid():
        return redirect("triage:desk")
    try:
        _limit(request, "public_follow")
        found = queries.followed(code, request.actor)
    except Refused as refused:
        return _desk(
            request, ReportForm(initial=blank()), status=refused.status, wrong_code=pages.spoken(refused)
        )
    context = {"found": found, "supplement": SupplementForm(), "rating": RatingForm()}
    return render(request, "triage/public_follow.html", context)


@require_POST
@pages.public_page
def supplement(request: pages.Request) -> HttpResponse:
    _limit(request, "public_report")
    form, code = SupplementForm(request.POST), request.POST.get("code", "")
    if form.is_valid():
        text = form.cleaned_data["text"]
        services.supplement(code=code, text=text, actor=request.actor, now=timezone.now())
        messages.success(request, ADDED)
    return redirect(_address(code))


@require_POST
@pages.public_page
def rate(request: pages.Request) -> HttpResponse:
    _limit(request, "public_report")
    form, code = RatingForm(request.POST), request.POST.get("code", "")
    if form.is_valid():
        services.rate(code=code, **form.cleaned_data, actor=request.actor, now=timezone.now())
        messages.success(request, RATED)
    return redirect(_address(code))


def _desk(request: pages.Request, form: ReportForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "follow": FollowForm(request.GET or None), **more}
    return render(request, "triage/public_desk.html", context, status=status)


def _address(code: str) -> str:
    return f"{reverse('triage:follow')}?{urlencode({'code': code})}"


def _limit(request: pages.Request, action: str) -> None:
    """Per source and for everybody together; counted in the cache that every process sees."""
    if not ratelimit.consume(request, action=action, key=EVERYBODY):
        raise Refused("report.too_many")
