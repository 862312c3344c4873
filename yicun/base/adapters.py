"""Sign-in through allauth: closed to newcomers, audited, locked out by account and by source."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from yicun.base import audit
from yicun.kernel.actor import Actor, ActorKind


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened with a posting, never by the visitor."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        _record("sign_in", user)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if user.is_authenticated:
            _record("sign_out", user)
        super().logout(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The account alone: allauth adds the Host header, whose port anybody may choose anew for each guess."""
        return str(credentials.get("username", "")).strip().lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Also called when locked out; the name typed is kept, the password never."""
        super().authentication_failed(request, **credentials)
        visitor = Actor(kind=ActorKind.PUBLIC, label=str(credentials.get("username", ""))[:60])
        audit.record(
            verb="sign_in_failed",
            subject="base.account",
            subject_id=visitor.label or "-",
            actor=visitor,
            now=timezone.now(),
            facts={"source": self.get_client_ip(request)},
        )


def _record(verb: str, user: Any) -> None:
    actor = Actor(kind=ActorKind.MEMBER, label=user.label, account_id=user.pk)
    audit.record(verb=verb, subject="base.account", subject_id=user.pk, actor=actor, now=timezone.now())
