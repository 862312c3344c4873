"""The API's plumbing: who may call, and how a refusal is answered (RFC 9457)."""

from typing import Any

from django.http import HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.utils import check_csrf

from yicun.base.pages import Request, check_second_factor, problem
from yicun.kernel.actor import ActorKind
from yicun.kernel.refusals import Refused
from yicun.kernel.words import PRODUCT


def account_only(request: Request) -> bool:
    """A bearer token, or the session with its CSRF token and the second factor that its account must have."""
    if not request.user.is_authenticated:
        return False
    if request.has_token:
        return True
    if check_csrf(request) is not None:
        raise Refused("request.csrf")
    check_second_factor(request)
    return True


def member_only(request: Request) -> bool:
    """Besides, a post: a person without one is told so."""
    if not account_only(request):
        return False
    if request.actor.kind is not ActorKind.MEMBER or not request.actor.posts:
        raise Refused("account.no_posting")
    return True


def build_api() -> NinjaAPI:
    api = NinjaAPI(
        title=PRODUCT,
        version="1",
        docs_url=None,
        urls_namespace="api",
        auth=member_only,
        openapi_url="/openapi.json",
    )

    @api.exception_handler(Refused)
    def say_refusal(request: Request, refused: Refused) -> HttpResponse:
        return problem(refused)

    @api.exception_handler(AuthenticationError)
    def say_sign_in(request: Request, error: AuthenticationError) -> HttpResponse:
        return problem(Refused("account.not_signed_in"))

    @api.exception_handler(ValidationError)
    def say_malformed(request: Request, error: ValidationError) -> HttpResponse:
        return problem(Refused("request.malformed", reason=_first(error.errors)))

    @api.exception_handler(HttpError)
    def say_unreadable(request: Request, error: HttpError) -> HttpResponse:
        return problem(Refused("request.malformed", reason=str(error)[:80]))

    return api


def _first(errors: list[dict[str, Any]]) -> str:
    if not errors:
        return ""
    where = ".".join(str(part) for part in errors[0].get("loc", ()))
    return f"{where} {errors[0].get('msg', '')}".strip()[:120]
