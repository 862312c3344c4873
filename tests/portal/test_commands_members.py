"""The people of a county that is no demo: added from a table, given posts, taken from them, let in again."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from tests.cast import SYSTEM
from tests.databases import Clone
from tests.portal.test_commands import Answer, Yicun, call
from yicun.base import accounts
from yicun.base.models import Account, ApiToken, AuditEntry
from yicun.base.pages import today
from yicun.base.tenancy import scoped
from yicun.force import queries as force

HEAD = "username,name,kind,badge,phone,starts_on,postings\n"
WANG = "wang_jianguo,王建国,officer,T90001,13000000001,2020-01-01,chief@zhukou_station\n"
LI = "li_mei,李梅,officer,T90002,13000000002,2020-01-01,desk@zhukou_station\n"
TODAY = today(timezone.now())


@pytest.fixture
def yicun(own_database: Clone, tmp_path: Path) -> Yicun:
    """A county with reference data and nobody in it."""
    environment = own_database.environment() | {"YICUN_DATA": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()

    def on_this_county(*words: str) -> Answer:
        connection.close()
        return call(*words, "--json", environment=environment)

    assert on_this_county("load").status == 0
    return on_this_county


def add(yicun: Yicun, folder: Path, text: str, encoding: str = "utf-8", out: str = "out.csv") -> Answer:
    (folder / "people.csv").write_text(HEAD + text, encoding=encoding)
    return yicun("members", "add", str(folder / "people.csv"), "--sign-ins", str(folder / out))


def roles_of(username: str, days: int = 0) -> list[str]:
    account = Account.objects.get(username=username)
    return sorted(force.actor_for(account.pk, TODAY + timedelta(days=days)).roles)


def test_people_of_a_table_can_sign_in_and_work(yicun: Yicun, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    first = add(yicun, tmp_path, WANG, "gb18030")
    assert (first.status, first.document) == (0, {"added": 1, "known": 0, "file": str(out)})
    assert out.stat().st_mode & 0o777 == 0o600
    ((username, name, password),) = list(csv.reader(out.read_text("utf-8-sig").splitlines()))[1:]
    account = Account.objects.get(username="wang_jianguo")
    assert (username, name, account.check_password(password)) == ("wang_jianguo", "王建国", True)
    assert account.needs_second_factor
    assert not ApiToken.objects.filter(account=account).exists()
    assert roles_of("wang_jianguo") == ["chief"]
    refused = add(yicun, tmp_path, WANG + LI)
    assert (refused.status, refused.document["code"]) == (1, "command.file_there")
    assert not Account.objects.filter(username="li_mei").exists()
    again = add(yicun, tmp_path, WANG + LI, out="more.csv").document
    assert (again["added"], again["known"]) == (1, 1)
    assert Account.objects.get(username="wang_jianguo").check_password(password)
    assert add(yicun, tmp_path, WANG, out="none.csv").document["added"] == 0
    assert not (tmp_path / "none.csv").exists()


def test_table_with_one_wrong_line_adds_nobody(yicun: Yicun, tmp_path: Path) -> None:
    same_badge = LI.replace("T90002", "T90001")
    assert add(yicun, tmp_path, WANG + same_badge).document["code"] == "cast.line_invalid"
    nowhere = LI.replace("zhukou_station", "moon_station")
    assert add(yicun, tmp_path, WANG + nowhere).document["code"] == "unit.unknown"
    (tmp_path / "people.csv").write_bytes(b"\xff\xff\xff")
    broken = yicun("members", "add", str(tmp_path / "people.csv"), "--sign-ins", str(tmp_path / "o.csv"))
    assert broken.document["code"] == "cast.unreadable"
    assert not Account.objects.exists()
    assert not list(tmp_path.glob("o*.csv"))


def test_badge_of_somebody_else_is_refused(yicun: Yicun, tmp_path: Path) -> None:
    assert add(yicun, tmp_path, WANG).status == 0
    answer = add(yicun, tmp_path, LI.replace("T90002", "T90001"), out="more.csv")
    assert answer.document["code"] == "member.badge_taken"
    assert not Account.objects.filter(username="li_mei").exists()


def test_rights_begin_and_end_with_the_post(yicun: Yicun, tmp_path: Path) -> None:
    assert add(yicun, tmp_path, WANG + LI).status == 0
    place = ("--unit", "zhukou_station", "--role")
    village = ("village_officer", "--area", "350429101208000")
    given = yicun("members", "post", "li_mei", *place, *village)
    assert (given.status, given.document["role"], given.document["on"]) == (0, "包村民警", str(TODAY))
    assert roles_of("li_mei") == ["desk", "village_officer"]
    listed = yicun("members", "list", "--unit", "zhukou_station").document["posts"]
    assert [(one["username"], one["role"], one["area"]) for one in listed] == [
        ("wang_jianguo", "chief", None),
        ("li_mei", "desk", None),
        ("li_mei", "village_officer", 350429101208000),
    ]
    assert yicun("members", "list").document["posts"] == listed
    later = str(TODAY + timedelta(days=2))
    assert yicun("members", "end", "li_mei", *place, *village, "--ends-on", later).status == 0
    assert roles_of("li_mei", 1) == ["desk", "village_officer"]
    assert roles_of("li_mei", 2) == ["desk"]
    assert yicun("members", "end", "li_mei", *place, "desk").status == 0
    assert roles_of("li_mei") == ["village_officer"]
    assert yicun("members", "end", "li_mei", *place, "desk").document["code"] == "posting.unknown"
    forbidden = yicun("--as", "li_mei", "members", "post", "wang_jianguo", *place, "desk")
    assert forbidden.document["code"] == "force.not_leader"


def test_lost_password_and_lost_phone_are_replaced(yicun: Yicun, tmp_path: Path) -> None:
    assert add(yicun, tmp_path, WANG).status == 0
    account = Account.objects.get(username="wang_jianguo")
    old = account.password
    Authenticator.objects.create(user=account, type="totp", data={"secret": "-"})
    answer = yicun("members", "password", "wang_jianguo")
    account.refresh_from_db()
    assert account.check_password(answer.document["password"])
    assert account.password != old
    assert not Authenticator.objects.filter(user=account).exists()
    assert yicun("members", "password", "nobody").document["code"] == "command.unknown_member"


def test_a_token_opens_the_api_until_it_is_revoked(yicun: Yicun, tmp_path: Path) -> None:
    add(yicun, tmp_path, WANG)
    issued = yicun("members", "token", "wang_jianguo", "--name", "警综对接", "--days", "30")
    assert (issued.status, issued.document["expires_on"]) == (0, str(TODAY + timedelta(days=30)))
    now = timezone.now()
    found = accounts.account_of_token(issued.document["token"], now)
    assert found is not None
    assert found.username == "wang_jianguo"
    assert accounts.account_of_token(issued.document["token"], now + timedelta(days=31)) is None
    revoked = yicun("members", "revoke", "wang_jianguo", "--as", "wang_jianguo")
    assert (revoked.status, revoked.document) == (0, {"username": "wang_jianguo", "revoked": 1})
    assert accounts.account_of_token(issued.document["token"], timezone.now()) is None
    assert yicun("members", "revoke", "wang_jianguo").document["revoked"] == 0


def test_a_new_password_ends_the_tokens_as_well(yicun: Yicun, tmp_path: Path) -> None:
    add(yicun, tmp_path, WANG)
    token = yicun("members", "token", "wang_jianguo", "--name", "手机").document["token"]
    assert yicun("members", "password", "wang_jianguo").status == 0
    assert accounts.account_of_token(token, timezone.now()) is None


def test_the_trail_keeps_who_told_the_command(yicun: Yicun, tmp_path: Path) -> None:
    add(yicun, tmp_path, WANG)
    assert yicun("members", "add", str(tmp_path / "people.csv"), "--as", "wang_jianguo").status == 0
    (tmp_path / "people.csv").write_text(HEAD + LI, encoding="utf-8")
    more = tmp_path / "more.csv"
    told = ("--sign-ins", str(more), "--as", "wang_jianguo")
    assert yicun("members", "add", str(tmp_path / "people.csv"), *told).document["added"] == 1
    with scoped(SYSTEM):
        labels = (
            AuditEntry.objects.filter(verb="open_account")
            .order_by("id")
            .values_list("actor_label", flat=True)
        )
        assert list(labels) == ["命令行", "命令行（王建国（所长））"]
    nobody = yicun("load", "--as", "nobody")
    assert (nobody.status, nobody.document["code"]) == (1, "command.unknown_member")
