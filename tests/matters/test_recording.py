"""Recording: one and many, who receives it, under which number, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cast import CHENGDONG, COUNTY, NOW, SHANGQING, SYSTEM, YINSHAN_VILLAGE, ZHUKOU_VILLAGE
from tests.matters.conftest import Loop
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.models import Clock, Entry, Matter, Party
from yicun.matters.rules.drafting import Draft, PartyDraft

IN_ZHUKOU = {"lon": 117.25, "lat": 26.95}

# recorder, place, area code stored, desk
PLACES: list[tuple[str, dict[str, Any], int | None, str]] = [
    ("wang_jianguo", {"area_code": ZHUKOU_VILLAGE}, ZHUKOU_VILLAGE, "zhukou_station"),
    ("luo_xiaomei", {"area_code": YINSHAN_VILLAGE}, YINSHAN_VILLAGE, "zhukou_station"),
    ("li_xiuying", {"area_code": SHANGQING}, SHANGQING, "zhukou_station"),
    ("wang_jianguo", {"area_code": CHENGDONG}, CHENGDONG, "shancheng_station"),
    ("wang_jianguo", {"area_code": None}, COUNTY, "zhukou_station"),
    ("luo_xiaomei", {"area_code": None}, COUNTY, "shancheng_station"),
    ("li_xiuying", {"area_code": None}, COUNTY, "command_centre"),
    ("gao_yuming", {"area_code": None}, COUNTY, "command_centre"),
    ("li_xiuying", {"area_code": None, "lon": 0.0, "lat": 0.0}, COUNTY, "command_centre"),
    ("li_xiuying", {"area_code": None, "lon": 117.1}, COUNTY, "command_centre"),
]


@pytest.mark.parametrize(("username", "place", "area_code", "desk"), PLACES)
def test_matter_is_received_by_the_desk_in_charge_of_its_place(
    loop: Loop, username: str, place: dict[str, Any], area_code: int, desk: str
) -> None:
    matter = loop.record(username, **place)
    assert (matter.area_code, matter.desk_unit_id) == (area_code, loop.cast.unit(desk))
    assert matter.handling_unit_id == matter.desk_unit_id
    assert loop.detail(username, matter).matter == matter


def test_position_alone_finds_the_village(loop: Loop) -> None:
    matter = loop.record("li_xiuying", area_code=None, **IN_ZHUKOU)
    assert matter.area_code > COUNTY
    assert (matter.lon, matter.lat) == tuple(IN_ZHUKOU.values())


def test_recording_leaves_number_clock_history_and_audit(loop: Loop) -> None:
    draft = {"kind": "dispute", "details": {"dispute_type": "0102", "grade": "red"}, "channel": "reception"}
    matter = loop.record("wang_jianguo", **draft)
    actor = loop.cast.actor("wang_jianguo")
    with scoped(SYSTEM):
        stored = Matter.objects.get()
        (clock,), (entry,) = Clock.objects.all(), Entry.objects.all()
        audited = AuditEntry.objects.get(subject_id=str(matter.pk))
    assert stored.number.startswith("JF2026-")
    assert (stored.state, stored.version, stored.grade, stored.recorded_at) == ("recorded", 1, "red", NOW)
    assert (stored.recorded_by, stored.recorder_label) == (actor.account_id, actor.label)
    assert (clock.name, clock.started_at, clock.due_at) == ("acceptance", NOW, stored.due_at)
    assert (entry.verb, entry.actor_label) == ("record", actor.label)
    assert (audited.verb, audited.facts) == ("record", {"number": stored.number})


def test_many_are_recorded_together_each_with_a_number_and_an_entry_of_its_own(loop: Loop) -> None:
    actor = loop.cast.actor("li_xiuying")
    drafts = [Draft("help", f"第 {n} 件", area_code=ZHUKOU_VILLAGE) for n in range(30)]
    with scoped(actor):
        matters = services.record_all(drafts=drafts, actor=actor, now=NOW)
    with scoped(SYSTEM):
        assert [matter.title for matter in matters] == [draft.title for draft in drafts]
        assert len({matter.number for matter in matters}) == 30
        assert AuditEntry.objects.filter(verb="record", subject="matters.matter").count() == 30
        assert Clock.objects.count() == Entry.objects.count() == 30


def test_one_bad_draft_keeps_all_from_being_stored(loop: Loop) -> None:
    actor = loop.cast.actor("li_xiuying")
    drafts = [Draft("help", "好的"), Draft("help", "坏的", area_code=1)]
    with pytest.raises(Refused) as refused, scoped(actor):
        services.record_all(drafts=drafts, actor=actor, now=NOW)
    assert (refused.value.code, refused.value.facts) == ("matter.area_unknown", {"code": 1})
    with scoped(SYSTEM):
        assert not Matter.objects.exists()


def test_same_source_number_is_recorded_once_per_channel(loop: Loop) -> None:
    loop.record("li_xiuying", channel="board", source_key="4326")
    loop.record("li_xiuying", channel="hotline_12345", source_key="4326")
    loop.record("li_xiuying", channel="board", source_key="")
    loop.record("li_xiuying", channel="board", source_key="")
    with pytest.raises(Refused) as refused:
        loop.record("li_xiuying", channel="board", source_key="4326")
    assert refused.value.code == "matter.already_recorded"
    assert refused.value.facts == {"source_key": "4326"}


def test_same_id_is_stored_once_even_where_it_cannot_be_seen(loop: Loop) -> None:
    key = uuid7()
    loop.record("li_xiuying", id=key)
    for username in ("li_xiuying", "luo_xiaomei"):
        with pytest.raises(Refused) as refused:
            loop.record(username, id=key, area_code=CHENGDONG)
        assert refused.value.code == "matter.already_stored"


def test_matter_cannot_have_happened_tomorrow(loop: Loop) -> None:
    with pytest.raises(Refused) as refused:
        loop.record("li_xiuying", happened_at=NOW + timedelta(days=1))
    assert refused.value.code == "matter.happened_in_future"


def test_parties_are_sealed_masked_and_expire(loop: Loop) -> None:
    people = (PartyDraft("reporter", "张建国", "13812345678"), PartyDraft("contact", "", "05981234567"))
    matter = loop.record("li_xiuying", parties=people)
    with scoped(SYSTEM):
        rows = list(Party.objects.filter(matter_id=matter.pk).order_by("role"))
    shown = [(row.role, row.name_masked, row.phone_masked) for row in rows]
    assert shown == [("contact", "", "********567"), ("reporter", "张**", "138****5678")]
    for row in rows:
        assert (row.expires_on - NOW.date()).days == 730
        assert "张建国".encode() not in bytes(row.sealed)
