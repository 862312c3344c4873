"""The three task lists, one demand with its steps, and what stands behind a campaign's numbers."""

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yicun.base import pages
from yicun.base.documents import render_pdf
from yicun.force import queries as force
from yicun.kernel.refusals import Refused
from yicun.matters import queries as matters
from yicun.relief import queries, services
from yicun.relief.forms import STEP_FORMS, ProposeForm, Setting, StepForm, blank
from yicun.relief.terms import STORED, TAKEN, WEEK_OF, Action, ListName

EXPORT_NAME = "tasks-{on}.xlsx"
OK, INVALID = 200, 422
LISTED = 50


@pages.member_required
def tasks(request: pages.Request) -> HttpResponse:
    now, actor, chosen = timezone.now(), request.actor, _chosen_list(request)
    context = {
        "now": now,
        "chosen": chosen,
        "is_pushed": chosen == ListName.PUSHED,
        "may_propose": queries.may_propose(actor),
        "at_gate": queries.at_gate(actor, now),
        **(_pushed(request, now) if chosen == ListName.PUSHED else _stored(request, chosen, now)),
    }
    return render(request, "relief/demand_list.html", context)


@pages.member_required
def export(request: pages.Request) -> FileResponse:
    now = timezone.now()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / EXPORT_NAME.format(on=pages.today(now))
        services.export_demands(path=path, actor=request.actor, now=now)
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


@pages.member_required
def propose(request: pages.Request) -> HttpResponse:
    if not queries.may_propose(request.actor):
        raise Refused("demand.not_proposer")
    on = pages.today(timezone.now())
    if request.method != "POST":
        wanted = request.GET.get("list", ListName.DIRECTIVE.value)
        return _propose_page(request, ProposeForm(on=on, initial=blank(wanted, on)))
    form = ProposeForm(request.POST, on=on)
    if not form.is_valid():
        return _propose_page(request, form, status=INVALID)
    try:
        services.propose(request=form.request(), actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.code == "demand.already_stored":
            return redirect("relief:detail", form.cleaned_data["id"])
        form.blame(refused)
        return _propose_page(request, form, status=refused.status, refusal=pages.spoken(refused))
    messages.success(request, STORED, extra_tags="draft:demand")
    return redirect("relief:detail", form.cleaned_data["id"])


@pages.member_required
def detail(request: pages.Request, demand_id: UUID) -> HttpResponse:
    return _demand_page(request, demand_id)


@pages.member_required
def take_step(request: pages.Request, demand_id: UUID, action: str) -> HttpResponse:
    """After a sign-in the address is asked for with GET: that leads back to the demand."""
    now = timezone.now()
    found = queries.detail_of(demand_id, request.actor, now)
    if request.method != "POST" or action not in STEP_FORMS:
        return redirect("relief:detail", demand_id)
    form = STEP_FORMS[action](request.POST, setting=_setting(action, found, request, now), prefix=action)
    if not form.is_valid():
        return _demand_page(request, demand_id, sent=(action, form), status=INVALID)
    given = form.given()
    try:
        services.take_step(
            action=action, demand_id=demand_id, version=given.pop("version"), given=given,
            actor=request.actor, now=now,
        )  # fmt: skip
    except Refused as refused:
        return _demand_page(request, demand_id, sent=(action, form), refused=refused)
    messages.success(request, TAKEN.format(title=found.demand.title, action=Action(action).label))
    return redirect("relief:detail", demand_id)


@pages.member_required
def counted(request: pages.Request, demand_id: UUID) -> HttpResponse:
    """The matters behind one number of a campaign."""
    now = timezone.now()
    found = queries.detail_of(demand_id, request.actor, now)
    if not found.definitions:
        raise Refused("record.not_found")
    first, last = _day(request, "first"), _day(request, "last")
    area = _number(request, "area")
    behind = queries.counted_matters(
        found.demand, found.definitions[0], request.actor, first=first, last=last, area=area
    )
    shown = list(behind.order_by("-recorded_at", "-id")[: LISTED + 1])
    context = {"now": now, "demand": found.demand, "rows": matters.rows_of(shown[:LISTED], now)}
    context["has_more"] = len(shown) > LISTED
    context["week"] = WEEK_OF.format(first=first, last=last) if first and last else ""
    return render(request, "relief/demand_counted.html", context)


@pages.member_required
def print_report(request: pages.Request, demand_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = queries.detail_of(demand_id, request.actor, now)
    paper = render_pdf("campaign_report", queries.paper_of(found, now))
    answer = HttpResponse(paper, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="campaign.pdf"'
    return answer


def _pushed(request: pages.Request, now: datetime) -> dict[str, Any]:
    pushed = queries.pushed_for(request.actor, now)
    return {"pushed": pushed, "tabs": _tabs(request, ListName.PUSHED.value, len(pushed))}


def _stored(request: pages.Request, chosen: str, now: datetime) -> dict[str, Any]:
    is_ended, number = request.GET.get("over") == "1", _page_number(request)
    rows, has_more = queries.page_of(request.actor, chosen, pages.today(now), is_ended=is_ended, page=number)
    turning = _turning(chosen, is_ended, number, has_more)
    return {"rows": rows, "is_ended": is_ended, "tabs": _tabs(request, chosen, None), **turning}


def _tabs(request: pages.Request, chosen: str, pushed: int | None) -> list[dict[str, Any]]:
    counts: dict[str, int | None] = {**queries.counts_for(request.actor), ListName.PUSHED.value: pushed}
    return [
        {
            "label": one.label,
            "url": f"?list={one.value}",
            "count": counts[one.value],
            "is_current": one == chosen,
        }
        for one in ListName
    ]


def _turning(chosen: str, is_ended: bool, number: int, has_more: bool) -> dict[str, str]:
    kept = f"?list={chosen}&over={int(is_ended)}"
    return {
        "next_url": f"{kept}&page={number + 1}" if has_more else "",
        "first_url": kept if number > 1 else "",
    }


def _propose_page(request: pages.Request, form: ProposeForm, status: int = OK, **more: Any) -> HttpResponse:
    return render(request, "relief/demand_propose.html", {"form": form, **more}, status=status)


def _demand_page(
    request: pages.Request,
    demand_id: UUID,
    *,
    sent: tuple[str, StepForm] | None = None,
    refused: Refused | None = None,
    status: int = OK,
) -> HttpResponse:
    now = timezone.now()
    found = queries.detail_of(demand_id, request.actor, now)
    context = {
        "now": now,
        "today": pages.today(now),
        "detail": found,
        "demand": found.demand,
        "row": found.row,
        "offers": _offers(request, found, now, sent),
        "refusal": pages.spoken(refused) if refused else None,
    }
    return render(request, "relief/demand_detail.html", context, status=refused.status if refused else status)


def _offers(
    request: pages.Request, found: queries.Detail, now: datetime, sent: tuple[str, StepForm] | None
) -> list[dict[str, Any]]:
    """A form for each open step; the one that was refused comes back as it was typed."""
    offers = []
    for step in found.steps:
        if step.action not in STEP_FORMS:
            continue
        is_sent = sent is not None and sent[0] == step.action
        setting = _setting(step.action, found, request, now)
        form = sent[1] if sent and is_sent else STEP_FORMS[step.action](setting=setting, prefix=step.action)
        url = reverse("relief:take_step", args=[found.demand.pk, step.action])
        is_grave = step.action in (Action.WITHDRAW, Action.RETURN_BACK)
        offers.append(
            {"label": step.word, "form": form, "url": url, "is_open": is_sent, "is_grave": is_grave}
        )
    return offers


def _setting(action: str, found: queries.Detail, request: pages.Request, now: datetime) -> Setting:
    """What the form of this step offers; the others stay empty and ask nothing of the database."""
    demand, mine = found.demand, found.mine
    offered: dict[str, Any] = {"units": [(str(row.unit_id), row.unit) for row in mine]}
    if action == Action.FULFIL:
        known = queries.sources_for(demand, request.actor, now)
        offered["sources"] = [("", "---"), *((str(key), words) for key, words in known)]
        offered["periods"] = _periods(found) if len(mine) == 1 else []
    elif action == Action.APPOINT:
        offered["members"] = [
            (str(one.member_id), one.label)
            for row in mine
            for one in force.members_of(row.unit_id, pages.today(now), with_below=True)
        ]
    return Setting(demand.version, initial=_initial(action, found), **offered)


def _initial(action: str, found: queries.Detail) -> dict[str, Any]:
    if action == Action.REVISE:
        return {"deliverable": found.demand.deliverable, "authority": found.demand.authority}
    if action == Action.DEFINE and found.definitions:
        return {**found.definitions[0].counted, "area": found.definitions[0].counted_area}
    return {}


def _periods(found: queries.Detail) -> list[tuple[str, str]]:
    """Those that are owed, the oldest first."""
    stands = found.mine[0].account
    owed = [*stands.missed, *([stands.current] if stands.current and not stands.is_done else [])]
    return [(one.starts_on.isoformat(), WEEK_OF.format(first=one.starts_on, last=one.due_on)) for one in owed]


def _chosen_list(request: pages.Request) -> str:
    wanted = request.GET.get("list", "")
    return wanted if wanted in ListName.values else ListName.DIRECTIVE.value


def _page_number(request: pages.Request) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 4 else 1


def _day(request: pages.Request, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def _number(request: pages.Request, name: str) -> int | None:
    """An area that exists, or the whole campaign."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
