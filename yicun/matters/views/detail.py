"""One matter: its page, its paper, its files, and a party's name for a stated purpose."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yicun.base import pages, vault
from yicun.base.documents import render_pdf
from yicun.base.files import safe_name
from yicun.kernel.refusals import Refused
from yicun.matters import queries, services
from yicun.matters.forms import RevealForm
from yicun.matters.forms.setting import ANYBODY
from yicun.matters.views.panel import Sent, drawn, members_of

OK = 200


@pages.member_required
def detail(request: pages.Request, matter_id: UUID) -> HttpResponse:
    return matter_page(request, queries.detail_of(matter_id, request.actor))


@pages.member_required
def members(request: pages.Request, matter_id: UUID) -> HttpResponse:
    """Who of the chosen unit may be named: the field of the assignment form alone."""
    queries.detail_of(matter_id, request.actor)
    unit = request.GET.get("unit_id", "")
    choices = (
        [ANYBODY, *members_of(int(unit), timezone.now())] if unit.isascii() and unit.isdigit() else [ANYBODY]
    )
    return render(request, "matters/parts/members.html", {"choices": choices})


@pages.member_required
def open_attachment(request: pages.Request, matter_id: UUID, attachment_id: UUID) -> FileResponse:
    """Whoever may see the matter may open its files; always as a download, never run by the browser."""
    found = queries.attachment_of(matter_id, attachment_id, request.actor)
    name = safe_name(found.name, found.file.mime)
    answer = FileResponse(vault.open_stored(found.file_id), as_attachment=True, filename=name)
    answer.headers["Content-Type"] = found.file.mime
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.member_required
def print_sheet(request: pages.Request, matter_id: UUID) -> HttpResponse:
    found = queries.detail_of(matter_id, request.actor)
    paper = render_pdf("matter_sheet", queries.paper_of(found))
    answer = HttpResponse(paper, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.matter.number}.pdf"'
    return answer


@require_POST
@pages.member_required
def read_party(request: pages.Request, matter_id: UUID, party_id: UUID) -> HttpResponse:
    """Shown this once; the next load of the page is masked again."""
    form = RevealForm(request.POST)
    form.is_valid()
    purpose = form.cleaned_data.get("purpose", "")
    plain = services.read_party(
        matter_id=matter_id, party_id=party_id, purpose=purpose, actor=request.actor, now=timezone.now()
    )
    found = queries.detail_of(matter_id, request.actor)
    return matter_page(request, found, revealed={"id": party_id, **plain})


def matter_page(
    request: pages.Request,
    found: queries.Detail,
    *,
    sent: Sent | None = None,
    refused: Refused | None = None,
    status: int = OK,
    **more: Any,
) -> HttpResponse:
    """The whole page; `sent`: the form that was refused, as it was typed."""
    now = timezone.now()
    panel = drawn(request, found, now, sent)
    said = {**pages.spoken(refused), "typed": panel.left_over} if refused else None
    context = {**_shown(found, now), "panel": panel, "refusal": said, **more}
    status = refused.status if refused else status
    answer = render(request, "matters/matter_detail.html", context, status=status)
    return answer if status == OK else _in_place(answer)


def _shown(found: queries.Detail, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "detail": found,
        "matter": found.matter,
        "row": queries.rows_of([found.matter], now)[0],
        "course": queries.course_of(found),
        "facts": queries.facts_of(found.matter),
        "history": queries.history_of(found),
        "instructions": queries.instructions_of(found, now),
        "papers": queries.papers_of(found.matter.pk, now),
        "due": queries.due_of(found.running),
        "clocks": [queries.due_of(face) for face in found.clocks if face.ended_at and not face.is_set_aside],
        "co_handlers": queries.co_handlers_of(found),
        "merge": queries.merge_of(found),
        "merged": queries.merged_rows_of(found),
        "reveal": RevealForm(auto_id=False),
    }


def _in_place(answer: HttpResponse) -> HttpResponse:
    """A refused step under htmx: the same page with the sentence on top, the address unchanged."""
    answer.headers["HX-Retarget"] = "#main"
    answer.headers["HX-Reselect"] = "#main"
    answer.headers["HX-Reswap"] = "outerHTML show:window:top"
    answer.headers["HX-Push-Url"] = "false"
    return answer
