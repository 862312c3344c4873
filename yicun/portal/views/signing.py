"""The queue of papers to be signed: sign, send back, forward; several of one kind at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yicun.base import pages
from yicun.kernel.refusals import Refused, sentence
from yicun.portal import signing
from yicun.portal.forms import DecideForm, ForwardForm
from yicun.portal.terms import DECIDED, OPINION, SIGNED_TOGETHER, SIGNING_FAILED

OK = 200


@pages.member_required
def queue(request: pages.Request) -> HttpResponse:
    return _queue(request)


@pages.member_required
def decide(request: pages.Request, source: str, paper_id: UUID, act: str) -> HttpResponse:
    """After a sign-in the address is asked for with GET: that leads to the queue, or to whom to forward it."""
    now = timezone.now()
    deed = signing.deed_of(source, act)
    card = signing.card_of(source, paper_id, request.actor, now)
    if act == "forward":
        return _forward(request, card)
    if request.method != "POST":
        return redirect("portal:signing")
    form = DecideForm(request.POST)
    try:
        given = form.given(act)
        deed(approval_id=paper_id, actor=request.actor, now=now, **given)
    except Refused as refused:
        return _queue(request, refused=refused, key=paper_id, typed=request.POST.get("opinion", ""))
    return _done(request, card, act)


@require_POST
@pages.member_required
def sign_together(request: pages.Request) -> HttpResponse:
    """One signature each: what fails is named, and the others stand."""
    now = timezone.now()
    try:
        chosen = signing.chosen_cards(request.POST.getlist("paper"), request.actor, now)
    except Refused as refused:
        return _queue(request, refused=refused)
    failed = []
    for card, version in chosen:
        try:
            with transaction.atomic():
                deed = signing.deed_of(card.source, "sign")
                deed(approval_id=card.paper.id, version=version, actor=request.actor, now=now)
        except Refused as refused:
            failed.append(SIGNING_FAILED.format(title=card.paper.title, reason=sentence(refused)))
    _tell(request, len(chosen) - len(failed), failed)
    return redirect("portal:signing")


def _forward(request: pages.Request, card: signing.Card) -> HttpResponse:
    now = timezone.now()
    offered = signing.source_of(card.source).signers(card.paper.id, request.actor, now)
    form = ForwardForm(request.POST or None, offered=offered, initial={"version": card.paper.version})
    context = {"card": card, "form": form, "now": now, "has_anybody": bool(offered)}
    if request.method != "POST" or not form.is_valid():
        status = OK if request.method != "POST" else 422
        return render(request, "portal/signing_forward.html", context, status=status)
    try:
        deed = signing.deed_of(card.source, "forward")
        deed(approval_id=card.paper.id, actor=request.actor, now=now, **form.cleaned_data)
    except Refused as refused:
        said = {"refusal": pages.spoken(refused)}
        return render(request, "portal/signing_forward.html", context | said, status=refused.status)
    return _done(request, card, "forward")


def _queue(
    request: pages.Request, *, refused: Refused | None = None, key: UUID | None = None, typed: str = ""
) -> HttpResponse:
    """The queue; the paper that could not be decided with the sentence on it and what was typed."""
    lists = _lists(request)
    is_shown = key in {card.paper.id for card in lists["waiting"]}
    context = {
        **lists,
        "refusal": pages.spoken(refused) if refused else None,
        "refused_id": key if is_shown else None,
        "typed_opinion": typed,
        # Its card is gone: the words are left on the page to be copied.
        "typed": [(OPINION, typed)] if typed and not is_shown else [],
    }
    return render(request, "portal/signing.html", context, status=refused.status if refused else OK)


def _lists(request: pages.Request) -> dict[str, Any]:
    now, actor = timezone.now(), request.actor
    waiting = signing.waiting_for(actor, now)
    kinds = [card.kind for card in waiting]
    return {
        "now": now,
        "waiting": waiting,
        "has_several": len(kinds) > len(set(kinds)),
        "returned": signing.returned_by(actor, now),
        "signed": signing.signed_by(actor, now),
        "asked": signing.asked_by(actor, now),
    }


def _done(request: pages.Request, card: signing.Card, act: str) -> HttpResponse:
    messages.success(request, DECIDED[act].format(kind=card.paper.kind_label, title=card.paper.title))
    return redirect("portal:signing")


def _tell(request: pages.Request, count: int, failed: list[str]) -> None:
    if count:
        messages.success(request, SIGNED_TOGETHER.format(count=count))
    for one in failed:
        messages.error(request, one)
