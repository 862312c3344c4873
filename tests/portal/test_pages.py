"""Home, inbox, complaint, what belongs to the device, and the answers for machines."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.cast import Cast
from tests.house.queries import queries
from tests.matters.conftest import Loop, loop
from tests.matters.visits import SignIn, content_of, now_loop, page, signed_in
from yicun.base.models import Account, AuditEntry
from yicun.kernel.refusals import Refused
from yicun.portal.cards import greeting_for
from yicun.portal.services import complain

__all__ = ["loop", "now_loop", "signed_in"]


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour - 8, tzinfo=UTC)


def test_the_greeting_names_both_calendars_and_tomorrows_market(cast: Cast) -> None:
    greeting = greeting_for(cast.actor("wang_jianguo"), at(23, 9))
    assert (greeting.words, greeting.weekday, greeting.lunar) == ("上午好", "一", "农历十月十五")


@pytest.mark.parametrize(
    ("day", "today", "tomorrow"),
    [(24, [], []), (25, [], ["朱口镇"]), (26, ["朱口镇"], []), (27, [], [])],
)
def test_a_market_is_named_the_day_before_and_on_the_day(
    cast: Cast, day: int, today: list[str], tomorrow: list[str]
) -> None:
    """Zhukou holds its market on lunar days with a 3 or an 8; 26 November is the 18th of the tenth month."""
    greeting = greeting_for(cast.actor("wang_jianguo"), at(day, 9))
    assert (greeting.markets_today, greeting.markets_tomorrow) == (today, tomorrow)


def test_a_notice_is_read_once_for_the_whole_unit(now_loop: Loop, signed_in: SignIn) -> None:
    now_loop.reach("assigned", title="路灯不亮")
    client = signed_in("wang_jianguo")
    html = page(client, "/")
    assert "派给我们的事项" in html
    key = html.partition('action="/inbox/')[2].partition("/")[0]
    answer = client.post(f"/inbox/{key}/read/", headers={"Referer": "http://testserver/inbox/"})
    assert answer.headers["Location"] == "/inbox/"
    assert "王建国（社区民警）已读" in page(signed_in("chen_zhiming"), "/inbox/")
    assert "派给我们的事项" not in page(client, "/")


def test_a_complaint_reaches_the_command_centre_and_the_audit_trail(signed_in: SignIn) -> None:
    client = signed_in("huang_defu")
    assert 'name="text"' in page(client, "/feedback/")
    assert client.post("/feedback/", {"text": " "}).status_code == 422
    answer = client.post("/feedback/", {"text": "登记页的字太小", "page": "/matters/new"}, follow=True)
    assert "意见已送到综合指挥室" in answer.content.decode()
    html = page(signed_in("zhou_yulan"), "/inbox/")
    assert "登记页的字太小" in html
    assert AuditEntry.objects.get(verb="complain").facts["text"] == "登记页的字太小"


def test_a_complaint_without_anybody_to_read_it_is_refused(cast: Cast) -> None:
    """Before the county had a command centre."""
    with pytest.raises(Refused) as refused:
        complain(text="太慢", page="/", actor=cast.actor("huang_defu"), now=datetime(1999, 1, 1, tzinfo=UTC))
    assert refused.value.code == "complaint.nobody_to_read"


def test_a_complaint_that_says_nothing_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        complain(
            text=" \n ", page="/", actor=cast.actor("huang_defu"), now=datetime(2026, 11, 23, tzinfo=UTC)
        )
    assert refused.value.code == "value.required"


def test_large_print_is_kept_by_the_device(signed_in: SignIn) -> None:
    client = signed_in("wang_jianguo")
    assert '<html lang="zh-CN" class="big"' not in page(client, "/me/")
    client.post("/large-print/", {"large": "1"})
    assert '<html lang="zh-CN" class="big"' in page(client, "/me/")
    client.post("/large-print/", {"large": "0"})
    assert '<html lang="zh-CN" class="big"' not in page(client, "/me/")


def test_my_page_lists_every_post(signed_in: SignIn) -> None:
    html = page(signed_in("li_xiuying"), "/me/")
    assert "刑侦大队 办案民警" in html
    assert "龙湖村警务工作站 包村民警" in html


@pytest.mark.parametrize("url", ["/", "/matters/", "/matters/new", "/inbox/", "/me/", "/feedback/"])
def test_a_stranger_is_led_to_the_sign_in(cast: Cast, url: str) -> None:
    assert Client().get(url).headers["Location"] == f"/sign-in/?next={url}"


def test_somebody_without_a_post_is_told_so(cast: Cast) -> None:
    account = Account.objects.create(
        username="he_ming", label="何明", password="!", created_at=at(1, 9), needs_second_factor=False
    )
    client = Client()
    client.force_login(account)
    answer = client.get("/")
    assert answer.status_code == 403
    assert "account.no_posting" in answer.content.decode()


def test_the_device_pages_need_no_sign_in(cast: Cast) -> None:
    client = Client()
    assert "本机待上传" in page(client, "/outbox/")
    worker = client.get("/sw.js")
    assert worker.headers["Content-Type"] == "text/javascript"
    assert b"addEventListener" in content_of(worker)
    assert client.get("/manifest.webmanifest").json()["start_url"] == "/"


def test_health_is_answered_without_a_query(cast: Cast) -> None:
    with queries(0):
        assert Client().get("/healthz").json() == {"status": "ok"}


def test_readiness_names_the_part_that_is_missing(cast: Cast) -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "database": "ok", "locale": "ok", "migrations": "ok", "worker": "silent"},
    )


def test_what_is_not_there_costs_no_query_of_the_frame(signed_in: SignIn) -> None:
    client = signed_in("wang_jianguo")
    client.get("/nowhere")
    with queries(7):
        assert client.get("/nowhere").status_code == 404
