"""The pages of the loop as the cast opens them."""

from django.test import Client

from tests.matters.conftest import Loop
from yicun.base.models import Account


def signed_in(loop: Loop, username: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=loop.cast.accounts[username]))
    return client


def test_smoke(loop: Loop) -> None:
    matter = loop.reach("handling")
    client = signed_in(loop, "wang_jianguo")
    for url in ("/", "/matters/", "/matters/new", f"/matters/{matter.pk}/", "/inbox/", "/me/", "/feedback/", "/outbox/"):
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.content.decode()[:2000])
