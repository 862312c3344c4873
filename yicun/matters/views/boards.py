"""Boards: lists of matters narrowed by a filter, and the sheet of exactly what the filter shows."""

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yicun.base import pages
from yicun.matters import queries, services
from yicun.matters.forms import FilterForm
from yicun.matters.forms.bulk import KeepForm
from yicun.matters.queries.saved import chips_for
from yicun.matters.rules.bulk import NAMED_BY, may_share
from yicun.matters.terms import Board

PAGE = 20
EXPORT_NAME = "matters-{on}.xlsx"


@pages.member_required
def board(request: pages.Request) -> HttpResponse:
    now = timezone.now()
    form, chosen, filters, text = asked_of(request)
    after = request.GET.get("after", "")
    page = queries.page_for(request.actor, chosen, filters, now, text, after, PAGE)
    context = {
        "now": now,
        "form": form,
        "board": chosen,
        "tabs": _tabs(chosen, queries.counts_for(request.actor, now)),
        "rows": queries.rows_of(page.matters, now),
        "is_filtered": bool(filters or text),
        "chips": chips_for(request.actor),
        "keep": KeepForm(may_share=may_share(request.actor)) if filters or text else None,
        "kept": _kept(request, chosen),
        **_links(request, chosen, after, page.after),
    }
    return render(request, "matters/matter_board.html", context)


@pages.member_required
def export(request: pages.Request) -> FileResponse:
    """Written to a file first: an answer that has begun cannot be refused any more."""
    now = timezone.now()
    _form, chosen, filters, text = asked_of(request)
    found = queries.board_for(request.actor, chosen, filters, now, text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / EXPORT_NAME.format(on=pages.today(now))
        services.export(found=found, path=path, filters=request.GET.dict(), actor=request.actor, now=now)
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def asked_of(request: pages.Request) -> tuple[FilterForm, str, dict[str, object], str]:
    """The form, the board, the filters and the words looked for."""
    asked = request.GET.copy()
    wanted = asked.get("board", "")
    asked["board"] = wanted if wanted in Board.values else _usual(request)
    form = FilterForm(asked, on=pages.today(timezone.now()), places_url=reverse("matters:places"))
    filters = form.chosen()
    filters.pop("board", None)
    return form, str(asked["board"]), filters, str(filters.pop("q", ""))


def _links(request: pages.Request, chosen: str, after: str, following: str) -> dict[str, str]:
    here = _without_cursor(request, chosen)
    is_narrowed = len(_kept(request, chosen)) > 1
    return {
        "whole_url": _link("board", board=Board.ALL.value),
        "wider_url": _wider(request) if chosen != Board.ALL and is_narrowed else "",
        "clear_url": _link("board", board=chosen) if is_narrowed else "",
        "export_url": f"{reverse('matters:export')}?{here}",
        "bulk_url": f"{reverse('matters:bulks')}?{here}",
        "first_url": f"?{here}" if after else "",
        "next_url": f"?{here}&after={following}" if following else "",
    }


def _kept(request: pages.Request, chosen: str) -> list[tuple[str, str]]:
    """What of the address makes the filter; the board first."""
    asked = request.GET.dict()
    named = [(name, str(asked[name])) for name in sorted(NAMED_BY - {"board"}) if asked.get(name)]
    return [("board", chosen), *named]


def _usual(request: pages.Request) -> str:
    """Somebody who searches means everything; otherwise what is mine."""
    return (Board.ALL if request.GET.get("q") else Board.MINE).value


def _tabs(chosen: str, counts: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            "label": one.label,
            "url": _link("board", board=one.value),
            "count": None if one == Board.ALL else queries.shown_count(counts[one.value]),
            "is_current": one.value == chosen,
        }
        for one in Board
    ]


def _wider(request: pages.Request) -> str:
    """The same question put to everything that this person may see."""
    return f"?{_without_cursor(request, Board.ALL.value)}"


def _link(name: str, **facts: str) -> str:
    return f"{reverse(f'matters:{name}')}?" + "&".join(f"{key}={value}" for key, value in facts.items())


def _without_cursor(request: pages.Request, chosen: str) -> str:
    asked = request.GET.copy()
    asked.pop("after", None)
    asked["board"] = chosen
    return asked.urlencode()
