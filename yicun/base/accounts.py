"""Accounts and bearer tokens."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from yicun.base import audit
from yicun.base.models import Account, ApiToken
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused


def open_account(
    *,
    username: str,
    label: str,
    password: str | None,
    actor: Actor,
    now: datetime,
    needs_second_factor: bool = True,
) -> Account:
    """Without a password the account can only be used by token."""
    if Account.objects.filter(username=username).exists():
        raise Refused("account.username_taken", username=username)
    account = Account(username=username, label=label, needs_second_factor=needs_second_factor, created_at=now)
    if password is None:
        account.set_unusable_password()
    else:
        account.set_password(password)
    account.save(force_insert=True)
    _record("open_account", account.id, actor, now)
    return account


def renew_sign_in(*, account_id: UUID, password: str, actor: Actor, now: datetime) -> None:
    """A new password; sessions and tokens end with the old one, the second factor is bound anew at the next sign-in."""
    account = Account.objects.select_for_update().get(pk=account_id)
    account.set_password(password)
    account.save(update_fields=["password"])
    Authenticator.objects.filter(user=account).delete()
    _end_tokens(account_id, now)
    _record("renew_sign_in", account_id, actor, now)


def issue_token(
    *, account_id: UUID, name: str, actor: Actor, now: datetime, expires_at: datetime | None = None
) -> str:
    """The token itself, shown this once; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    kept = ApiToken.objects.create(
        account_id=account_id, digest=_digest(token), name=name, created_at=now, expires_at=expires_at
    )
    _record("issue_token", kept.id, actor, now, subject="base.api_token")
    return token


def revoke_tokens(*, account_id: UUID, actor: Actor, now: datetime) -> int:
    """Every token of an account is good for nothing from now on; returns how many were good until now."""
    ended = _end_tokens(account_id, now)
    _record("revoke_tokens", account_id, actor, now, ended=ended)
    return ended


def account_of_token(token: str, now: datetime) -> Account | None:
    valid = ApiToken.objects.filter(_is_good(now), digest=_digest(token), account__is_active=True)
    found = valid.select_related("account").first()
    return found.account if found else None


def _is_good(now: datetime) -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=now)


def _end_tokens(account_id: UUID, now: datetime) -> int:
    return ApiToken.objects.filter(_is_good(now), account_id=account_id).update(expires_at=now)


def _record(
    verb: str,
    subject_id: UUID,
    actor: Actor,
    now: datetime,
    *,
    subject: str = "base.account",
    **facts: object,
) -> None:
    """Under the area of whoever did it: the trail of accounts is for those who oversee him."""
    area_code = actor.widest[0] if actor.widest else None
    audit.record(
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        actor=actor,
        now=now,
        area_code=area_code,
        facts=facts,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def display(account: Account) -> str:
    return account.label
