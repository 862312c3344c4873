"""What happens around a view: one transaction, who is asking, and how a refusal is said."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from yicun.base import accounts, pages, tenancy
from yicun.base.audit import request_id
from yicun.base.editions import one_edition
from yicun.base.pages import Request
from yicun.kernel.actor import public_actor
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused

MEGABYTE = 1024 * 1024
Respond = Callable[[Any], HttpResponse]


class OneTransaction:
    """The whole request is one transaction, its page rendered inside; a 5xx takes everything back.

    Not ATOMIC_REQUESTS, which ends before a lazy page is rendered and before the session is saved.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        length = _length(request)
        if length is None:
            return pages.plain_refusal(request, Refused("request.length_unreadable"))
        if request.path in settings.PATHS_WITHOUT_TRANSACTION:
            return self.get_response(request)
        if length > settings.MOST_REQUEST_MB * MEGABYTE:
            return pages.plain_refusal(request, Refused("request.too_large", limit=settings.MOST_REQUEST_MB))
        token = request_id.set(uuid7())
        try:
            with one_edition(), transaction.atomic():
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            return response
        finally:
            request_id.reset(token)


class WhoAsks:
    """Sets `request.actor` and the transaction's scope, from a bearer token or the session."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.actor_for = import_string(settings.ACTOR_FOR)

    def __call__(self, request: Request) -> HttpResponse:
        if request.path in settings.PATHS_WITHOUT_TRANSACTION:
            return self.get_response(request)
        now = timezone.now()
        self._read_token(request, now)
        if request.user.is_authenticated and not request.has_token:
            self._end_stale_session(request, now)
        if request.user.is_authenticated:
            request.actor = self.actor_for(request.user.pk, pages.today(now))
        else:
            request.actor = public_actor()
        tenancy.set_scope(request.actor)
        response = self.get_response(request)
        # On a shared computer the next person must not find it behind the back button or on the disk.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _read_token(self, request: Request, now: datetime) -> None:
        """Good for the API alone: on a page it could be turned into a password that outlives it."""
        request.has_token = request.is_token_unknown = False
        if not request.path.startswith("/api/"):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and (account := accounts.account_of_token(token.strip(), now)):
            request.user = account
            request.has_token = True
        elif scheme.lower() == "bearer":
            request.is_token_unknown = True

    def _end_stale_session(self, request: Request, now: datetime) -> None:
        """Idle too long, or signed in too long ago: sign out. `seen_at` is written at most once a minute."""
        session = request.session
        started = _moment(session.get("started_at")) or now
        seen = _moment(session.get("seen_at")) or now
        is_stale = now - started > settings.SESSION_ABSOLUTE or now - seen > settings.SESSION_IDLE
        if is_stale:
            auth.logout(request)
            return
        if "started_at" not in session:
            session["started_at"] = now.isoformat()
        if "seen_at" not in session or now - seen > timedelta(minutes=1):
            session["seen_at"] = now.isoformat()


class SayRefusal:
    """A refusal raised anywhere below becomes a sentence with a code: page, fragment or problem document."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        is_bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and "Allow" in response.headers
        return pages.wrong_method(request, response) if is_bare else response

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        return pages.refusal(request, exception) if isinstance(exception, Refused) else None


def _length(request: Request) -> int | None:
    """As announced; None when that is no number, which the counting middleware below could not read either."""
    written = request.headers.get("Content-Length") or "0"
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
