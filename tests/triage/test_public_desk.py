"""The public desk: report without an account, follow by code, add a word, rate the answer."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from tests.cast import SYSTEM, ZHUKOU_VILLAGE
from tests.matters.conftest import Loop
from tests.matters.visits import SignIn, page
from yicun.base import tenancy
from yicun.base.models import AuditEntry
from yicun.base.tenancy import lent, scoped
from yicun.kernel.actor import public_actor
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters.models import Attachment, Entry, Matter, Party
from yicun.triage import queries, services
from yicun.triage.models import PublicReport

BODY = "村口电线垂到路面，一下雨就冒火花"


def photo(name: str = "电线.jpg") -> BytesIO:
    taken = BytesIO()
    Image.new("RGB", (60, 40), "grey").save(taken, "JPEG")
    taken.seek(0)
    taken.name = name
    return taken


def filled(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "concern": "hazard",
        "body": BODY,
        "area": str(ZHUKOU_VILLAGE),
        "place_text": "小学门口",
        "name": "黄阿婆",
        "phone": "13850900011",
    } | more


def send(visitor: Client, **more: Any) -> str:
    """The code somebody got for a report."""
    answer = visitor.post("/public/", filled(**more))
    assert answer.status_code == 302, answer.content.decode()
    return parse_qs(urlsplit(answer["Location"]).query)["code"][0]


def stored() -> Matter:
    with scoped(SYSTEM):
        return Matter.objects.get(channel="public")


def followed(visitor: Client, code: str) -> str:
    return page(visitor, f"/public/follow?code={code}")


def test_a_report_becomes_a_matter_on_the_desk(visitor: Client, signed_in: SignIn) -> None:
    code = send(visitor, photos=[photo()])
    matter = stored()
    assert (matter.kind, matter.title, matter.area_code, matter.place_text, matter.state) == (
        "hazard",
        BODY,
        ZHUKOU_VILLAGE,
        "小学门口",
        "recorded",
    )
    assert (matter.recorder_label, matter.recorded_by) == ("群众", None)
    with scoped(SYSTEM):
        assert Party.objects.get(matter_id=matter.pk).name_masked == "黄**"
        assert Attachment.objects.filter(matter_id=matter.pk).count() == 1
    assert BODY in page(signed_in("lin_xiaowen"), "/matters/?board=untouched")
    html = followed(visitor, code)
    assert code in html
    assert "已收到，等待受理" in html
    assert "黄阿婆" not in html


def test_the_same_form_sent_twice_is_one_report_with_one_code(visitor: Client) -> None:
    key = str(uuid7())
    assert send(visitor, id=key) == send(visitor, id=key)
    assert stored().pk != UUID(key)
    other = visitor.post("/public/", filled(id=key, body="另一件事"))
    assert other.status_code == 409
    assert "matter.already_stored" in other.content.decode()


def test_whoever_holds_the_code_sees_the_course_and_never_our_notes(visitor: Client, now_loop: Loop) -> None:
    code = send(visitor)
    matter = stored()
    for username, action, given in (
        ("lin_xiaowen", "accept", {"text": "内部意见一"}),
        ("lin_xiaowen", "assess", {"urgency": "urgent", "text": "内部意见二"}),
        ("lin_xiaowen", "assign", {"unit_id": now_loop.cast.unit("zhukou_station"), "text": "内部意见三"}),
        ("wang_jianguo", "take", {}),
        ("wang_jianguo", "note", {"text": "内部意见四"}),
        ("wang_jianguo", "feed_back", {"result": "供电所已经重新架高"}),
    ):
        now_loop.do(username, action, matter, **given)
    html = followed(visitor, code)
    assert "正在核实结果" in html
    assert "供电所已经重新架高" not in html
    now_loop.do("lin_xiaowen", "verify", matter)
    html = followed(visitor, code)
    assert "供电所已经重新架高" in html
    assert "内部意见" not in html
    assert "王建国" not in html


def test_somebody_whose_report_is_not_accepted_reads_why(visitor: Client, now_loop: Loop) -> None:
    code = send(visitor)
    now_loop.do("lin_xiaowen", "decline", stored(), reason="已由供电所处理，不需重复受理")
    html = followed(visitor, code)
    assert "不予受理的理由" in html
    assert "已由供电所处理，不需重复受理" in html
    assert "送出评价" not in html


def test_whose_report_was_merged_follows_how_far_the_other_one_has_got(
    visitor: Client, now_loop: Loop
) -> None:
    code = send(visitor)
    matter = stored()
    kept = now_loop.reach("handling", title="别人的标题")
    now_loop.do("lin_xiaowen", "merge", matter, into_id=kept.pk)
    html = followed(visitor, code)
    assert "与同一情况的另一件合并办理：正在办理" in html
    now_loop.do("wang_jianguo", "feed_back", kept, result="别人的结果")
    now_loop.do("lin_xiaowen", "verify", kept)
    html = followed(visitor, code)
    assert "与同一情况的另一件合并办理：已办理" in html
    assert "结果经核实" in html
    assert not [said for said in ("别人的标题", "别人的结果", kept.number) if said in html]
    now_loop.do("lin_xiaowen", "unmerge", matter, reason="不是同一处")
    assert "恢复单独办理" in followed(visitor, code)


def test_a_further_word_lands_in_the_history(visitor: Client) -> None:
    code = send(visitor)
    visitor.post("/public/follow/supplement", {"code": code, "text": "今天又冒火花了"})
    with scoped(SYSTEM):
        entry = Entry.objects.get(verb="note")
        assert (entry.text, entry.actor_label, entry.account_id) == ("今天又冒火花了", "群众", None)
        assert AuditEntry.objects.filter(verb="supplement", actor_kind="public").count() == 1


def test_the_answer_is_rated_once_by_whoever_holds_the_code(visitor: Client, now_loop: Loop) -> None:
    code = send(visitor)
    matter = stored()
    too_soon = visitor.post("/public/follow/rate", {"code": code, "satisfaction": "satisfied"})
    assert (too_soon.status_code, "report.not_finished" in too_soon.content.decode()) == (409, True)
    for username, action, given in (
        ("lin_xiaowen", "accept", {}),
        ("lin_xiaowen", "assess", {"urgency": "ordinary"}),
        ("lin_xiaowen", "assign", {"unit_id": now_loop.cast.unit("zhukou_station")}),
        ("wang_jianguo", "take", {}),
        ("wang_jianguo", "feed_back", {"result": "已架高"}),
        ("lin_xiaowen", "verify", {}),
        ("lin_xiaowen", "close", {"satisfaction": "satisfied"}),
    ):
        now_loop.do(username, action, matter, **given)
    assert "送出评价" in followed(visitor, code)
    visitor.post("/public/follow/rate", {"code": code, "satisfaction": "unsatisfied", "text": "还是太低"})
    assert stored().satisfaction == "unsatisfied"
    assert "送出评价" not in followed(visitor, code)
    again = visitor.post("/public/follow/rate", {"code": code, "satisfaction": "satisfied"})
    assert (again.status_code, stored().satisfaction) == (409, "unsatisfied")
    late = visitor.post("/public/follow/supplement", {"code": code, "text": "还有"})
    assert "report.finished" in late.content.decode()


@pytest.mark.parametrize(("code", "status"), [("ABCD-EFGH-JKMN", 404), ("没有", 422)])
def test_a_wrong_code_opens_nothing(visitor: Client, code: str, status: int) -> None:
    send(visitor)
    answer = visitor.get("/public/follow", {"code": code})
    assert answer.status_code == status
    assert BODY not in answer.content.decode()


def test_without_a_code_one_is_led_to_the_desk(visitor: Client) -> None:
    assert visitor.get("/public/follow")["Location"] == "/public/"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"body": ""}, "请写一句话，说明是什么事。"),
        ({"concern": "murder"}, "选择一个有效的选项"),
        ({"area": "1"}, "选择一个有效的选项"),
        ({"name": "13850900011"}, "matter.name_is_a_number"),
        ({"body": "一\x00二"}, "空字符"),
        ({"photos": [photo(), photo(), photo(), photo()]}, "report.too_many_photos"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(
    visitor: Client, wrong: dict[str, Any], says: str
) -> None:
    answer = visitor.post("/public/", filled(**wrong))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert says in html
    assert "小学门口" in html
    with scoped(SYSTEM):
        assert not Matter.objects.filter(channel="public").exists()


@pytest.mark.parametrize("content", [b"MZ\x90\x00" + b"\x00" * 60, b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF"])
def test_nothing_but_pictures_is_taken_from_the_public(visitor: Client, content: bytes) -> None:
    other = BytesIO(content)
    other.name = "照片.jpg"
    answer = visitor.post("/public/", filled(photos=[other]))
    assert answer.status_code == 422
    with scoped(SYSTEM):
        assert not Matter.objects.filter(channel="public").exists()


def test_a_program_that_fills_every_field_stores_nothing(visitor: Client) -> None:
    assert visitor.post("/public/", filled(website="http://spam.example"))["Location"] == "/public/"
    with scoped(SYSTEM):
        assert not PublicReport.objects.exists()


def test_a_flood_from_one_source_is_stopped_with_a_sentence(visitor: Client) -> None:
    for _ in range(20):
        send(visitor)
    answer = visitor.post("/public/", filled())
    assert answer.status_code == 403
    assert "report.too_many" in answer.content.decode()
    cache.clear()
    assert send(visitor)


def test_without_a_code_the_public_sees_nothing_of_any_matter(visitor: Client, now_loop: Loop) -> None:
    send(visitor)
    with scoped(public_actor()):
        assert not Matter.objects.exists()
        assert not PublicReport.objects.exists()
        with lent(queries.county_desk(), back_to=public_actor()):
            assert Matter.objects.count() == 1
        assert not Matter.objects.exists()


def test_the_lent_scope_ends_with_an_error_too(visitor: Client) -> None:
    send(visitor)
    with scoped(public_actor()):
        with pytest.raises(Refused) as refused:
            queries.followed("ABCD-EFGH-JKMN", public_actor())
        assert refused.value.code == "report.code_unknown"
        assert not Matter.objects.exists()


def test_a_code_reaches_its_own_matter_only(visitor: Client, now_loop: Loop) -> None:
    """In the scope of one report another village's matter is not there."""
    code = send(visitor)
    elsewhere = now_loop.record("li_xiuying", title="别处的事", area_code=350429103201000)
    with scoped(public_actor()), lent(queries.county_desk(), back_to=public_actor()):
        reporter = queries.reporter_of(queries.report_of(code))
    with scoped(reporter):
        assert not Matter.objects.filter(pk=elsewhere.pk).exists()


def test_a_report_goes_where_its_matter_goes(visitor: Client, now_loop: Loop) -> None:
    send(visitor)
    now_loop.do("lin_xiaowen", "accept", stored())
    now_loop.do("lin_xiaowen", "assess", stored(), urgency="ordinary")
    station = now_loop.cast.unit("xiaqu_station")
    now_loop.do("lin_xiaowen", "assign", stored(), unit_id=station)
    with scoped(SYSTEM):
        assert PublicReport.objects.get().handling_unit_id == station


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("public_report_code_once", {"matter_id": UUID(int=7)}),
        ("public_report_once_per_matter", {"code_digest": "0" * 64}),
        ("public_report_scope_of_matter", {"matter_id": UUID(int=7), "code_digest": "0" * 64}),
    ],
)
def test_the_database_keeps_one_code_to_one_matter(
    visitor: Client, constraint: str, change: dict[str, Any]
) -> None:
    send(visitor)
    tenancy.set_scope(SYSTEM)
    kept = PublicReport.objects.get()
    values = {
        "matter_id": kept.matter_id,
        "area_code": kept.area_code,
        "handling_unit_id": kept.handling_unit_id,
        "code_digest": kept.code_digest,
        "reported_at": kept.reported_at,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PublicReport.objects.create(**values | change)


def test_services_write_one_audit_entry_of_their_own(visitor: Client) -> None:
    send(visitor)
    with scoped(SYSTEM):
        entry = AuditEntry.objects.get(verb="report")
        assert (entry.actor_kind, entry.actor_label, entry.subject) == (
            "public",
            "群众",
            "triage.public_report",
        )


def test_report_takes_photos_from_the_form_only_as_pictures(visitor: Client) -> None:
    given = services.Report(
        id=uuid7(), concern="hazard", body=BODY, photos=[photo(name=str(n)) for n in range(4)]
    )
    with scoped(public_actor()), pytest.raises(Refused) as refused:
        services.report(given=given, actor=public_actor(), now=stored_at())
    assert refused.value.code == "report.too_many_photos"


def stored_at() -> Any:
    with scoped(SYSTEM):
        return Entry.objects.order_by("-at").values_list("at", flat=True).first()


def test_whoever_sees_the_matter_cannot_get_the_reporters_code(visitor: Client) -> None:
    """An officer knows the matter's id and its words; with the code he could rate his own work as the public's."""
    code = send(visitor)
    matter = stored()
    forged = Client().post("/public/", filled(id=str(matter.pk), body=matter.body))
    got = parse_qs(urlsplit(forged["Location"]).query)["code"][0]
    assert got != code
    shown = followed(Client(), got)
    assert matter.number not in shown
    with scoped(SYSTEM):
        assert Matter.objects.filter(channel="public").count() == 2


def test_follow_page_is_kept_by_no_browser(visitor: Client) -> None:
    answer = visitor.get("/public/follow", {"code": send(visitor)})
    assert answer.headers["Cache-Control"] == "private, no-store"
