"""People as parties to a matter: masked for everybody, read in full for a purpose, and logged. And attachments."""

from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.cast import SYSTEM
from tests.matters.conftest import Loop
from tests.matters.visits import content_of
from yicun.base import vault
from yicun.base.files import safe_name
from yicun.base.models import Account, AuditEntry, StoredFile
from yicun.base.tenancy import scoped
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.models import Attachment, Matter, Party

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def add(loop: Loop, username: str, matter: Matter, **given: Any) -> Party:
    actor = loop.cast.actor(username)
    values = {"role": "party", "name": "张建国", "phone": "13812345678"} | given
    with scoped(actor):
        return services.add_party(matter_id=matter.pk, **values, actor=actor, now=loop.now)


def read(loop: Loop, username: str, matter: Matter, party: Any, purpose: str) -> dict[str, str]:
    actor = loop.cast.actor(username)
    with scoped(actor):
        return services.read_party(
            matter_id=matter.pk, party_id=party, purpose=purpose, actor=actor, now=loop.now
        )


def test_party_is_masked_on_the_page_and_read_in_full_for_a_purpose(loop: Loop) -> None:
    matter = loop.record("li_xiuying")
    party = add(loop, "lin_xiaowen", matter, expires_on=date(2027, 1, 1))
    (shown,) = loop.detail("wang_jianguo", matter).parties
    assert (shown.name_masked, shown.phone_masked, shown.expires_on) == (
        "张**",
        "138****5678",
        date(2027, 1, 1),
    )
    plain = read(loop, "wang_jianguo", matter, party.pk, "call_back")
    assert plain == {"name": "张建国", "phone": "13812345678"}
    with scoped(SYSTEM):
        entries = AuditEntry.objects.filter(subject="matters.party", subject_id=str(party.pk)).order_by("id")
        logged = [(entry.verb, entry.actor_label, entry.facts) for entry in entries]
    assert logged == [
        ("add_party", loop.cast.actor("lin_xiaowen").label, {}),
        (
            "read_party",
            loop.cast.actor("wang_jianguo").label,
            {"purpose": "call_back", "number": matter.number},
        ),
    ]


def test_reading_a_party_is_refused_without_purpose_sight_or_party(loop: Loop) -> None:
    matter, other = loop.record("li_xiuying"), loop.record("li_xiuying")
    party = add(loop, "lin_xiaowen", matter)
    cases = [
        ("lin_xiaowen", matter, party.pk, "curiosity", "value.unknown_choice"),
        ("lin_xiaowen", matter, party.pk, "", "value.unknown_choice"),
        ("lin_xiaowen", matter, uuid7(), "visit", "party.not_found"),
        ("lin_xiaowen", other, party.pk, "visit", "party.not_found"),
        ("luo_xiaomei", matter, party.pk, "visit", "party.not_found"),
    ]
    for username, of, key, purpose, code in cases:
        with pytest.raises(Refused) as refused:
            read(loop, username, of, key, purpose)
        assert refused.value.code == code
    with scoped(SYSTEM):
        assert not AuditEntry.objects.filter(verb="read_party").exists()


def test_party_past_its_time_is_read_by_nobody_once_the_matter_has_ended(loop: Loop) -> None:
    open_still, over = loop.record("li_xiuying"), loop.reach("closed")
    last_day = loop.now.astimezone(SHANGHAI).date() + timedelta(days=1)
    waiting, kept = (add(loop, "lin_xiaowen", one, expires_on=last_day) for one in (open_still, over))
    assert read(loop, "lin_xiaowen", over, kept.pk, "visit")["name"] == "张建国"
    loop.now += timedelta(days=1)
    assert read(loop, "lin_xiaowen", open_still, waiting.pk, "visit")["name"] == "张建国"
    with pytest.raises(Refused) as refused:
        read(loop, "lin_xiaowen", over, kept.pk, "visit")
    assert refused.value.code == "party.not_found"


def test_party_is_not_added_to_a_matter_out_of_sight(loop: Loop) -> None:
    with pytest.raises(Refused) as refused:
        add(loop, "luo_xiaomei", loop.record("li_xiuying"))
    assert refused.value.code == "record.not_found"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role": "witness"}, "value.unknown_choice"),
        ({"name": "13812345678"}, "matter.name_is_a_number"),
        ({"name": "张\x00"}, "text.control_characters"),
        ({"phone": "1" * 31}, "value.too_long"),
    ],
)
def test_party_added_later_is_checked_as_one_recorded_at_once(
    loop: Loop, given: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        add(loop, "lin_xiaowen", loop.record("li_xiuying"), **given)
    assert refused.value.code == code


def attach(loop: Loop, username: str, matter: Matter, data: bytes, name: str) -> Matter:
    actor = loop.cast.actor(username)
    with scoped(actor):
        return services.attach(matter_id=matter.pk, file=BytesIO(data), name=name, actor=actor, now=loop.now)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_photo_is_kept_once_and_hangs_on_each_matter(loop: Loop, folder: Path) -> None:
    first, second = loop.record("li_xiuying"), loop.record("li_xiuying")
    attach(loop, "li_xiuying", first, PNG, "现场.png")
    attach(loop, "lin_xiaowen", second, PNG, "x" * 300 + ".png")
    (shown,) = loop.detail("lin_xiaowen", first).attachments
    assert (shown.name, shown.added_by) == ("现场.png", loop.cast.actor("li_xiuying").label)
    with scoped(SYSTEM):
        assert StoredFile.objects.count() == 1
        assert Attachment.objects.count() == 2
        assert AuditEntry.objects.filter(verb="attach").count() == 2
    with vault.open_stored(shown.file_id) as stored:
        assert sha256(stored.read()).hexdigest() == shown.file_id
    assert any(folder.rglob("*"))


def test_attachment_is_refused_to_a_stranger_and_to_a_matter_at_rest(loop: Loop, folder: Path) -> None:
    matter = loop.reach("closed")
    cases = [
        ("lin_xiaowen", matter, "现场.png", "step.unavailable"),
        ("huang_defu", loop.record("li_xiuying"), "现场.png", "step.forbidden"),
        ("luo_xiaomei", matter, "现场.png", "record.not_found"),
        ("lin_xiaowen", loop.record("li_xiuying"), " ", "step.incomplete"),
        ("lin_xiaowen", loop.record("li_xiuying"), "现\x00场.png", "text.control_characters"),
    ]
    for username, of, name, code in cases:
        with pytest.raises(Refused) as refused:
            attach(loop, username, of, PNG, name)
        assert refused.value.code == code
    assert not any(folder.rglob("*"))


def test_people_are_forgotten_when_their_time_is_up_and_the_matter_has_ended(loop: Loop) -> None:
    over = loop.reach("closed")
    open_still = loop.record("li_xiuying", title="还没有办完")
    kept = add(loop, "lin_xiaowen", over, name="留着的人", expires_on=date(2026, 12, 1))
    waiting = add(loop, "lin_xiaowen", open_still, name="还要联系", expires_on=date(2026, 11, 23))
    add(loop, "lin_xiaowen", over, name="到期的人", expires_on=date(2026, 11, 23))
    with scoped(SYSTEM):
        assert services.forget_parties(actor=SYSTEM, now=loop.now) == 1
        assert services.forget_parties(actor=SYSTEM, now=loop.now) == 0
        assert set(Party.objects.values_list("pk", flat=True)) == {kept.pk, waiting.pk}
        assert AuditEntry.objects.filter(verb="forget_parties").count() == 1


# stored as -> the name it was sent under -> the name it is handed out under
NAMES = [
    ("text/plain", "记录.txt", "记录.txt"),
    ("text/plain", "记录.html", "记录.html.txt"),
    ("text/plain", "记录.svg", "记录.svg.txt"),
    ("text/csv", "表.exe", "表.exe.csv"),
    ("application/pdf", "通知.HTM", "通知.HTM.pdf"),
    ("application/pdf", "通知.PDF", "通知.PDF"),
    ("image/jpeg", "现场.png", "现场.png"),
    ("image/jpeg", "现场", "现场.jpg"),
    ("video/mp4", "现场.mov", "现场.mov"),
]


@pytest.mark.parametrize(("mime", "name", "expected"), NAMES)
def test_file_is_handed_out_under_a_name_that_tells_what_it_is(mime: str, name: str, expected: str) -> None:
    """A page or a program in disguise would be run by the computer that opens the saved file."""
    assert safe_name(name, mime) == expected


def test_disguised_page_is_downloaded_as_text(loop: Loop, folder: Path) -> None:
    matter = loop.record("li_xiuying")
    attach(loop, "li_xiuying", matter, b"<!-- --><script>alert(1)</script>", "通知.html")
    (shown,) = loop.detail("lin_xiaowen", matter).attachments
    client = Client()
    client.force_login(Account.objects.get(pk=loop.cast.accounts["lin_xiaowen"]))
    answer = client.get(f"/matters/{matter.pk}/files/{shown.pk}")
    assert content_of(answer) == b"<!-- --><script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('通知.html.txt')}"
