"""The API's plumbing: who may call, what is read, and how a refusal is answered (RFC 9457)."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.utils import check_csrf

from yicun.base.pages import Request, check_second_factor, problem
from yicun.base.terms import EXPECTED, EXPECTED_OTHER
from yicun.kernel.actor import ActorKind
from yicun.kernel.refusals import Refused
from yicun.kernel.words import PRODUCT

JSON = "application/json"
PROBLEM = "application/problem+json"
DEEPEST = 32
# Where the framework keeps a body says nothing to the caller.
INNER_NAMES = ("body", "sent")


class Problem(Schema):
    """RFC 9457; `code` says to programs what `title` says to people."""

    type: str
    title: str
    status: int
    code: str


class StrictJson(Parser):
    """JSON as its standard has it: no NaN, no depth that only an attacker needs."""

    def parse_body(self, request: HttpRequest) -> Any:
        if not is_json(request):
            raise ValueError(request.content_type)
        parsed = json.loads(request.body, parse_constant=_not_a_value)
        _check_depth(parsed)
        return parsed


def account_only(request: Request) -> bool:
    """A bearer token, or the session with its CSRF token and the second factor that its account must have."""
    if request.is_token_unknown:
        raise Refused("account.token_unknown")
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


class Api(NinjaAPI):
    """Its description also says how to sign in and what a refusal looks like."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**options)
        parts = described.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        parts["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
        described["security"] = [{"token": []}, {"session": []}]
        refusal = {"content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for path in described["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = {"description": "Refused", **refusal}
        return described


def build_api() -> NinjaAPI:
    api = Api(
        title=PRODUCT,
        version="1",
        docs_url=None,
        urls_namespace="api",
        auth=member_only,
        openapi_url="/openapi.json",
        parser=StrictJson(),
    )

    @api.exception_handler(Refused)
    def say_refusal(request: Request, refused: Refused) -> HttpResponse:
        return problem(refused)

    @api.exception_handler(AuthenticationError)
    def say_sign_in(request: Request, error: AuthenticationError) -> HttpResponse:
        return problem(Refused("account.not_signed_in"))

    @api.exception_handler(ValidationError)
    def say_malformed(request: Request, error: ValidationError) -> HttpResponse:
        return problem(Refused("request.malformed", reason=first_reason(error.errors)))

    @api.exception_handler(HttpError)
    def say_unreadable(request: Request, error: HttpError) -> HttpResponse:
        if not is_json(request):
            return problem(Refused("request.media_type", given=str(request.content_type)[:60]))
        return problem(Refused("request.not_json", deepest=DEEPEST))

    return api


def is_json(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8")
    return request.content_type == JSON and charset.lower() in ("utf-8", "utf8")


def first_reason(errors: list[dict[str, Any]]) -> str:
    """The first of a validator's complaints: where, and what should have stood there."""
    first = errors[0]
    where = ".".join(str(part) for part in first["loc"] if part not in INNER_NAMES)
    kind = str(first["type"])
    words = EXPECTED.get(kind) or EXPECTED.get(kind.partition("_")[0], EXPECTED_OTHER)
    return f"{where} {words}".strip()[:120]


def _check_depth(parsed: Any) -> None:
    """Layer by layer, as a walk that calls itself would fall over what it looks for."""
    layer = [parsed]
    for _ in range(DEEPEST):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return
    raise ValueError(DEEPEST)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _not_a_value(word: str) -> NoReturn:
    raise ValueError(word)
