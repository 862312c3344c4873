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
    audit.record(verb="open_account", subject="base.account", subject_id=account.id, actor=actor, now=now)
    return account


def renew_sign_in(*, account_id: UUID, password: str, actor: Actor, now: datetime) -> None:
    """A new password; sessions end with the old one, and the second factor is bound anew at the next sign-in."""
    account = Account.objects.select_for_update().get(pk=account_id)
    account.set_password(password)
    account.save(update_fields=["password"])
    Authenticator.objects.filter(user=account).delete()
    audit.record(verb="renew_sign_in", subject="base.account", subject_id=account_id, actor=actor, now=now)


def issue_token(
    *, account_id: UUID, name: str, actor: Actor, now: datetime, expires_at: datetime | None = None
) -> str:
    """The token itself, shown this once; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    kept = ApiToken.objects.create(
        account_id=account_id, digest=_digest(token), name=name, created_at=now, expires_at=expires_at
    )
    audit.record(verb="issue_token", subject="base.api_token", subject_id=kept.id, actor=actor, now=now)
    return token


def account_of_token(token: str, now: datetime) -> Account | None:
    valid = ApiToken.objects.filter(digest=_digest(token), account__is_active=True)
    valid = valid.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).select_related("account")
    found = valid.first()
    return found.account if found else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def display(account: Account) -> str:
    return account.label
