"""Meetings: what is due, what was held, what was decided and how far that has come."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from yicun.base import pages
from yicun.base.documents import render_pdf
from yicun.kernel.refusals import Refused
from yicun.kernel.words import read_date
from yicun.matters import queries as matters
from yicun.matters.terms import Kind
from yicun.orglife import queries, services
from yicun.orglife.forms import (
    DecisionForm,
    HoldForm,
    MinutesForm,
    OwnForm,
    blank_decision,
    blank_meeting,
    system_choices,
)
from yicun.orglife.terms import DECIDED_NOW, STORED, WRITTEN
from yicun.relief import queries as relief
from yicun.territory import queries as territory

OK, INVALID = 200, 422
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 30)
LISTED = 50


@pages.member_required
def meetings(request: pages.Request) -> HttpResponse:
    now, actor = timezone.now(), request.actor
    number = _page_number(request)
    held, has_more = queries.page_of(actor, number)
    may_hold = queries.may_hold(actor)
    context = {
        "systems": queries.standing_of(actor, now),
        "held": [{"meeting": one, "unit": matters.unit_name(one.handling_unit_id)} for one in held],
        "burden": queries.burden_of(actor, queries.holding_unit(actor), pages.today(now))
        if may_hold
        else None,
        "may_hold": may_hold,
        "next_url": f"?page={number + 1}" if has_more else "",
        "first_url": "?" if number > 1 else "",
    }
    return render(request, "orglife/meeting_list.html", context)


@pages.member_required
def hold(request: pages.Request) -> HttpResponse:
    now = timezone.now()
    unit_id = queries.holding_unit(request.actor)
    if request.method != "POST":
        return _hold_page(request, _blank(request, unit_id, now), unit_id, now)
    form = _hold_form(request, now, request.POST)
    if not form.is_valid():
        return _hold_page(request, form, unit_id, now, status=INVALID)
    try:
        services.hold(draft=form.draft(), actor=request.actor, now=now)
    except Refused as refused:
        if refused.code == "meeting.already_stored":
            return redirect("orglife:detail", form.cleaned_data["id"])
        form.blame(refused)
        said = pages.spoken(refused)
        return _hold_page(request, form, unit_id, now, status=refused.status, refusal=said)
    messages.success(request, STORED, extra_tags="draft:meeting")
    return redirect("orglife:detail", form.cleaned_data["id"])


@pages.member_required
def detail(request: pages.Request, meeting_id: UUID) -> HttpResponse:
    return _meeting_page(request, meeting_id)


@pages.member_required
def write_minutes(request: pages.Request, meeting_id: UUID) -> HttpResponse:
    form = MinutesForm(request.POST)
    queries.meeting_of(meeting_id, request.actor)
    if request.method != "POST":
        return redirect("orglife:detail", meeting_id)
    if not form.is_valid():
        return _meeting_page(request, meeting_id, minutes=form, status=INVALID)
    try:
        given = form.cleaned_data
        services.write_minutes(meeting_id=meeting_id, **given, actor=request.actor, now=timezone.now())
    except Refused as refused:
        return _meeting_page(request, meeting_id, minutes=form, refused=refused)
    messages.success(request, WRITTEN)
    return redirect("orglife:detail", meeting_id)


@pages.member_required
def decide(request: pages.Request, meeting_id: UUID) -> HttpResponse:
    now = timezone.now()
    queries.meeting_of(meeting_id, request.actor)
    if request.method != "POST":
        return redirect("orglife:detail", meeting_id)
    form = DecisionForm(request.POST, on=pages.today(now))
    if not form.is_valid():
        return _meeting_page(request, meeting_id, decision=form, status=INVALID)
    try:
        services.decide(meeting_id=meeting_id, **form.given(), actor=request.actor, now=now)
    except Refused as refused:
        if refused.code == "matter.already_stored":
            return redirect("orglife:detail", meeting_id)
        form.blame(refused)
        return _meeting_page(request, meeting_id, decision=form, refused=refused)
    found = queries.detail_of(meeting_id, request.actor, now)
    messages.success(request, DECIDED_NOW.format(number=found.decisions[-1].number))
    return redirect("orglife:detail", meeting_id)


@pages.member_required
def print_minutes(request: pages.Request, meeting_id: UUID) -> HttpResponse:
    found = queries.detail_of(meeting_id, request.actor, timezone.now())
    answer = HttpResponse(
        render_pdf("meeting_minutes", queries.paper_of(found)), content_type="application/pdf"
    )
    answer.headers["Content-Disposition"] = f'inline; filename="meeting-{found.meeting.held_on}.pdf"'
    return answer


@pages.member_required
def counted(request: pages.Request) -> HttpResponse:
    """The matters behind one number of a briefing."""
    now = timezone.now()
    on = pages.today(now)
    unit_id = _number(request, "unit") or queries.holding_unit(request.actor)
    first, last = _day(request, "first") or on, _day(request, "last") or on
    found = queries.period_matters(request.actor, unit_id, first, last)
    kind = request.GET.get("kind", "")
    if kind in Kind.values:
        found = found.filter(kind=kind)
    if area := _number(request, "area"):
        found = found.filter(area_code__range=territory.area(area).range)
    shown = list(found.order_by("-recorded_at", "-id")[: LISTED + 1])
    context = {"now": now, "rows": matters.rows_of(shown[:LISTED], now), "has_more": len(shown) > LISTED}
    return render(request, "orglife/meeting_counted.html", {**context, "first": first, "last": last})


def _blank(request: pages.Request, unit_id: int, now: datetime) -> HoldForm:
    """The system asked for; place and people as the last time."""
    known = [system.code for system in queries.systems_at(pages.today(now))]
    asked = request.GET.get("system", "")
    wanted = asked if asked in known else next(iter(known), "")
    own = queries.visible_to(request.actor).filter(handling_unit_id=unit_id)
    last = own.filter(system_code=wanted).order_by("-held_on").first()
    place, people = (last.place, last.people) if last else ("", 0)
    return _hold_form(request, now, initial=blank_meeting(wanted, pages.today(now), place, people))


def _hold_form(request: pages.Request, now: datetime, *sent: Any, **more: Any) -> HoldForm:
    on = pages.today(now)
    demands = [(str(row.id), row.title) for row in relief.owed_by(request.actor, now)]
    return HoldForm(*sent, systems=system_choices(queries.systems_at(on)), on=on, demands=demands, **more)


def _hold_page(
    request: pages.Request, form: HoldForm, unit_id: int, now: datetime, status: int = OK, **more: Any
) -> HttpResponse:
    """What came in since the last one and what it left open stand beside the form."""
    on = pages.today(now)
    chosen = str(form["system_code"].value() or "")
    system = next((one for one in queries.systems_at(on) if one.code == chosen), None)
    context: dict[str, Any] = {"now": now, "form": form, **more}
    if system is not None:
        first = queries.covered_from(unit_id, system, on, request.actor)
        context["briefing"] = queries.briefing_of(request.actor, unit_id, first, on)
        context["counted_url"] = _counted_url(unit_id, first, on)
        context["left"] = queries.unresolved(request.actor, unit_id, chosen, on)
    return render(request, "orglife/meeting_hold.html", context, status=status)


def _meeting_page(
    request: pages.Request,
    meeting_id: UUID,
    *,
    minutes: OwnForm | None = None,
    decision: OwnForm | None = None,
    refused: Refused | None = None,
    status: int = OK,
) -> HttpResponse:
    now = timezone.now()
    context = {
        **_shown(queries.detail_of(meeting_id, request.actor, now), now, minutes, decision),
        "is_writing": minutes is not None,
        "refusal": pages.spoken(refused) if refused else None,
    }
    status = refused.status if refused else status
    return render(request, "orglife/meeting_detail.html", context, status=status)


def _shown(
    found: queries.Detail, now: datetime, minutes: OwnForm | None, decision: OwnForm | None
) -> dict[str, Any]:
    meeting, on = found.meeting, pages.today(now)
    words = {"version": meeting.version, "text": meeting.text}
    return {
        "now": now,
        "detail": found,
        "meeting": meeting,
        "briefing": found.briefing,
        "counted_url": _counted_url(meeting.handling_unit_id, meeting.covers_from, meeting.held_on),
        "minutes": minutes or MinutesForm(initial=words, auto_id="minutes_%s"),
        "decision": decision or DecisionForm(on=on, initial=blank_decision(on)),
    }


def _counted_url(unit_id: int, first: date, last: date) -> str:
    return f"{reverse('orglife:counted')}?{urlencode({'unit': str(unit_id), 'first': str(first), 'last': str(last)})}"


def _page_number(request: pages.Request) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 4 else 1


def _day(request: pages.Request, name: str) -> date | None:
    """A day that somebody may have worked on; anything else is today."""
    try:
        return read_date(request.GET.get(name, ""), earliest=FIRST_DAY, latest=LAST_DAY)
    except Refused:
        return None


def _number(request: pages.Request, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
