"""Pages and fragments: one template for both, refusals as sentences, the way back kept inside this site, file names."""

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, StaticFilesStorage
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import server_error

from yicun.base.engine.faults import refusal_for
from yicun.kernel.actor import Actor, ActorKind
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused, sentence

ASK_AGAIN_AFTER = 5
MEGABYTE = 1024 * 1024


class Request(HttpRequest):
    """A request behind our middleware: it knows who asks, and whether by token or by session."""

    actor: Actor
    has_token: bool
    is_token_unknown: bool


class DigestedFiles(ManifestStaticFilesStorage):
    """A collected file is named by its digest and may be kept for ever; before `collectstatic` names are plain."""

    def url(self, name: str | None, force: bool = False) -> str:
        return super().url(name or "", force) if self.hashed_files else StaticFilesStorage.url(self, name)


NEVER_SHOWN = frozenset({"csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", "code"})
Typed = Sequence[tuple[str, object]]
View = Callable[..., HttpResponseBase]


def today(now: datetime) -> date:
    """The day in the county."""
    return now.astimezone(SHANGHAI).date()


def member_required(view: View) -> View:
    """Signed in and holding a posting today. Who may see or do what is asked further down, never here."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.actor.kind is not ActorKind.MEMBER or not request.actor.posts:
            raise Refused("account.no_posting")
        check_second_factor(request)
        return view(request, *args, **kwargs)

    guarded.access = "member"  # type: ignore[attr-defined]
    return guarded


def check_second_factor(request: Request) -> None:
    """An account that must have one is led to set it up before anything else, and again once it took it away."""
    account = request.user
    if account.is_authenticated and account.needs_second_factor and not is_mfa_enabled(account):
        raise Refused("account.second_factor_missing")


def public_page(view: View) -> View:
    """Open to everybody; said aloud so that a test can demand that every route has said something."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def way_back(request: HttpRequest, otherwise: str = "/") -> str:
    """The page the person came from, when it is one of ours."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return otherwise
    parts = urlsplit(referer)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    # A path of ours that begins with two strokes would be read as the name of another host.
    return path if url_has_allowed_host_and_scheme(path, None) else otherwise


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The sentence with its code. What was typed comes back on the page: a refusal never eats a text."""
    if request.path.startswith("/api/"):
        return problem(refused)
    if refused.code == "account.second_factor_missing":
        return redirect("mfa_activate_totp")
    if refused.kind == "not_found":
        return not_found(request, None)
    context = {**spoken(refused), "typed": _typed(request), "back": way_back(request)}
    return render(request, "base/refusal.html", context, status=refused.status)


def _typed(request: HttpRequest) -> Typed:
    """Nothing secret: a password is never shown again."""
    return [(name, value) for name, value in request.POST.items() if value and name not in NEVER_SHOWN]


def spoken(refused: Refused) -> dict[str, object]:
    """A refusal as the templates say it."""
    return {"code": refused.code, "sentence": sentence(refused)}


def plain_refusal(request: HttpRequest, refused: Refused, typed: Typed = ()) -> HttpResponse:
    """Before anybody is known, and without asking the database: not even the host's name may be trusted."""
    if request.path.startswith("/api/"):
        return problem(refused)
    context = {**spoken(refused), "typed": typed, "back": "/"}
    return HttpResponse(render_to_string("base/refusal.html", context), status=refused.status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Byte for byte the same for what is not there and for what this person may not see."""
    if request.path.startswith("/api/"):
        return problem(Refused("record.not_found"))
    return HttpResponse(render_to_string("404.html"), status=404)


def not_accepted(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself turns away: a body above its limit, a host that is not ours."""
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // MEGABYTE
        return plain_refusal(request, Refused("request.too_large", limit=most))
    return plain_refusal(request, Refused("request.not_accepted"))


def out_of_order(request: HttpRequest) -> HttpResponse:
    """An error nobody caught, told without touching the database again; a program gets a problem document, too."""
    refused = refusal_for(sys.exception())
    if refused is None and request.path.startswith("/api/"):
        refused = Refused("server.failed")
    if refused is None:
        return server_error(request)
    response = plain_refusal(request, refused, _typed(request))
    if refused.kind == "unavailable":
        response.headers["Retry-After"] = str(ASK_AGAIN_AFTER)
    return response


def wrong_method(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A bare "not allowed" in words, with the methods that are."""
    allowed = answer.headers["Allow"]
    told = plain_refusal(request, Refused("request.method", method=request.method, allowed=allowed))
    told.headers["Allow"] = allowed
    return told


def problem(refused: Refused) -> JsonResponse:
    """RFC 9457. Half a character out of the request must not spoil the answer."""
    said = sentence(refused).encode("utf-8", "replace").decode()
    body = {
        "type": f"urn:yicun:refusal:{refused.code}",
        "title": said,
        "status": refused.status,
        "code": refused.code,
    }
    headers = {"WWW-Authenticate": "Bearer"} if refused.kind == "unauthenticated" else None
    return JsonResponse(
        body,
        headers=headers,
        status=refused.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
