"""Papers of a request for a signature, and the matter's own sheet for Word."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone

from yicun.base import pages
from yicun.base.documents import render_pdf, render_word
from yicun.matters import queries

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.member_required
def print_approval(request: pages.Request, approval_id: UUID) -> HttpResponse:
    found = queries.paper_for(approval_id, request.actor, timezone.now())
    paper = render_pdf("approval_sheet", queries.approval_sheet_of(found))
    answer = HttpResponse(paper, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.number}-{found.kind}.pdf"'
    return answer


@pages.member_required
def approval_word(request: pages.Request, approval_id: UUID) -> HttpResponse:
    found = queries.paper_for(approval_id, request.actor, timezone.now())
    return _word("approval_sheet", queries.approval_sheet_of(found), f"{found.number}-{found.kind}")


@pages.member_required
def matter_word(request: pages.Request, matter_id: UUID) -> HttpResponse:
    found = queries.detail_of(matter_id, request.actor)
    return _word("matter_sheet", queries.paper_of(found), found.matter.number)


def _word(template: str, data: dict[str, Any], name: str) -> HttpResponse:
    answer = HttpResponse(render_word(template, data), content_type=WORD)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
