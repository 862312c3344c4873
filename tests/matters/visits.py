"""Visiting pages as somebody of the cast."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.matters.conftest import Loop
from yicun.base.models import Account

SignIn = Callable[[str], Client]


@pytest.fixture
def now_loop(loop: Loop) -> Loop:
    """The loop at the real time: pages read the clock themselves. Every step takes it an hour on."""
    loop.now = datetime.now(UTC).replace(microsecond=0)
    return loop


@pytest.fixture
def signed_in(loop: Loop) -> SignIn:
    def sign_in(username: str) -> Client:
        """As in the demo county, without a second factor."""
        account = Account.objects.get(pk=loop.cast.accounts[username])
        account.needs_second_factor = False
        account.save()
        client = Client()
        client.force_login(account)
        return client

    return sign_in


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def content_of(answer: Any) -> bytes:
    """What a streamed answer sends."""
    return b"".join(answer.streaming_content)
