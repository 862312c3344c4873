"""Filters kept under a name: kept from a board, put in order on a page of their own."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yicun.base import pages
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.queries.saved import chips_for
from yicun.matters.rules.bulk import NAMED_BY
from yicun.matters.terms.bulk import FILTER_KEPT, FILTER_REMOVED, FILTER_RENAMED, MOVED_UP

OK = 200


@pages.member_required
def filters(request: pages.Request) -> HttpResponse:
    """The page of one's filters; what is sent here is kept."""
    if request.method != "POST":
        return _page(request)
    sent = request.POST.dict()
    kept = {name: str(sent[name]) for name in NAMED_BY if name in sent}
    try:
        saved = services.save_filter(
            name=str(sent.get("name", "")),
            board=kept.pop("board", ""),
            filters=kept,
            is_shared=bool(sent.get("is_shared")),
            actor=request.actor,
            now=timezone.now(),
        )
    except Refused as refused:
        return _page(request, refused)
    messages.success(request, FILTER_KEPT.format(name=saved.name))
    return redirect(f"{reverse('matters:board')}?{_query(saved.board, saved.filters)}")


@pages.member_required
def change_filter(request: pages.Request, filter_id: UUID, deed: str) -> HttpResponse:
    if request.method != "POST" or deed not in DEEDS:
        return redirect("matters:filters")
    service, said = DEEDS[deed]
    given = {"name": request.POST.get("name", "")} if deed == "rename" else {}
    try:
        saved = service(filter_id=filter_id, actor=request.actor, now=timezone.now(), **given)
    except Refused as refused:
        return _page(request, refused)
    messages.success(request, said.format(name=saved.name))
    return redirect("matters:filters")


DEEDS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "rename": (services.rename_filter, FILTER_RENAMED),
    "move": (services.move_filter, MOVED_UP),
    "remove": (services.remove_filter, FILTER_REMOVED),
}


def _page(request: pages.Request, refused: Refused | None = None) -> HttpResponse:
    """With what was typed, when it was refused."""
    if refused is not None and refused.kind == "not_found":
        raise refused
    context = {
        "chips": chips_for(request.actor, timezone.now()),
        "refusal": pages.spoken(refused) if refused else None,
        "typed": request.POST.get("name", ""),
    }
    status = refused.status if refused else OK
    return render(request, "matters/filter_list.html", context, status=status)


def _query(board: str, kept: dict[str, str]) -> str:
    return urlencode({"board": board, **kept})
