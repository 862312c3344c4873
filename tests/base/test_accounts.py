"""Accounts and their tokens."""

import hashlib
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOW, Cast
from yicun.base import accounts
from yicun.base.models import Account, ApiToken, AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.refusals import Refused


def opened(cast: Cast, username: str, password: str | None = None) -> Account:
    actor = cast.actor("zhou_yulan")
    with scoped(actor):
        return accounts.open_account(
            username=username, label="新来的", password=password, actor=actor, now=NOW
        )


def token_for(cast: Cast, account: Account, lives: timedelta | None = None) -> str:
    actor = cast.actor("zhou_yulan")
    with scoped(actor):
        return accounts.issue_token(
            account_id=account.pk,
            name="手机",
            actor=actor,
            now=NOW,
            expires_at=None if lives is None else NOW + lives,
        )


def test_account_is_opened_with_or_without_a_password_and_audited(cast: Cast) -> None:
    with_one, without = opened(cast, "xin_lai", "correct horse battery"), opened(cast, "zhi_you_ling_pai")
    assert with_one.check_password("correct horse battery")
    assert with_one.password.startswith("argon2")
    assert not without.has_usable_password()
    assert with_one.needs_second_factor
    assert (str(with_one), accounts.display(with_one)) == ("新来的", "新来的")
    with scoped(cast.actor("zhou_yulan")):
        audited = AuditEntry.objects.filter(verb="open_account").values_list("subject_id", flat=True)
        assert set(audited) == {str(with_one.pk), str(without.pk)}
    assert Account.objects.get_by_natural_key("xin_lai") == with_one


def test_username_is_taken_once(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        opened(cast, "lin_xiaowen")
    assert (refused.value.code, refused.value.facts) == (
        "account.username_taken",
        {"username": "lin_xiaowen"},
    )


def test_account_without_a_username_is_not_stored(cast: Cast) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        opened(cast, "")
    cause = error.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == "account_username_not_blank"


def test_token_opens_its_account_and_is_kept_as_a_digest_only(cast: Cast) -> None:
    account = opened(cast, "xin_lai")
    token = token_for(cast, account)
    assert accounts.account_of_token(token, NOW) == account
    (kept,) = ApiToken.objects.all()
    assert kept.digest == hashlib.sha256(token.encode()).hexdigest()
    with scoped(cast.actor("zhou_yulan")):
        audited = AuditEntry.objects.get(verb="issue_token")
    assert audited.subject_id == str(kept.pk)
    assert token not in str(audited.facts)


def test_wrong_expired_or_closed_token_opens_nothing(cast: Cast) -> None:
    account = opened(cast, "xin_lai")
    token = token_for(cast, account, lives=timedelta(hours=1))
    opens = [
        (token, NOW, True),
        (token, NOW + timedelta(minutes=59), True),
        (token, NOW + timedelta(hours=1), False),
        (token + "x", NOW, False),
        (token.swapcase(), NOW, False),
        ("", NOW, False),
        (hashlib.sha256(token.encode()).hexdigest(), NOW, False),
    ]
    for text, at, is_open in opens:
        assert (accounts.account_of_token(text, at) is not None) == is_open, text
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert accounts.account_of_token(token, NOW) is None
