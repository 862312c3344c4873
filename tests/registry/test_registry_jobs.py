"""The register looks for itself: what nobody has to remember."""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from tests.cast import SHANGQING, SYSTEM, Cast
from yicun.base.pages import today
from yicun.base.tenancy import scoped
from yicun.registry import jobs, queries
from yicun.registry.models import Premises
from yicun.registry.services import add_place, set_contact
from yicun.territory.rules.jurisdictions import Move
from yicun.territory.services import set_jurisdictions

VILLAGE = SHANGQING + 201000


def added() -> UUID:
    now = timezone.now()
    with scoped(SYSTEM):
        return add_place(
            kind="shop",
            name="东岳庙小卖部",
            area_code=VILLAGE,
            business="small_shop",
            on=today(now),
            actor=SYSTEM,
            now=now,
        )


def audited(verb: str) -> list[str]:
    with scoped(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT actor_label FROM base_auditentry WHERE verb = %s", [verb])
        return [label for (label,) in cursor.fetchall()]


def unit_of(place_id: UUID) -> int:
    with scoped(SYSTEM):
        return queries.place(place_id, SYSTEM).handling_unit_id


def test_places_follow_a_change_without_anybody_telling_them(cast: Cast) -> None:
    now = timezone.now()
    place_id, new = added(), cast.unit("shancheng_station")
    held = unit_of(place_id)
    assert held != new
    moves = [Move(new, SHANGQING, SHANGQING + 999_999)]
    jobs.follow_jurisdictions(timestamp=0)
    assert unit_of(place_id) == held
    assert audited("follow_jurisdictions") == [], "nothing is written while all is right"
    set_jurisdictions(function="management", moves=moves, starts_on=today(now), actor=SYSTEM, now=now)
    for _ in range(2):
        jobs.follow_jurisdictions(timestamp=0)
    assert unit_of(place_id) == new
    assert audited("follow_jurisdictions") == ["系统维护"], "nothing was left for the second time"


def test_contacts_past_their_time_are_forgotten_unasked(cast: Cast) -> None:
    now = timezone.now()
    place_id = added()
    with scoped(SYSTEM):
        set_contact(
            place_id=place_id,
            name="江春梅",
            phone="13900000001",
            on=today(now) - timedelta(days=2),
            expires_on=today(now) + timedelta(days=1),
            actor=SYSTEM,
            now=now,
        )
    jobs.forget_contacts(timestamp=0)
    assert audited("forget_contacts") == []
    with scoped(SYSTEM):
        Premises.objects.filter(place_id=place_id).update(contact_expires_on=today(now))
    for _ in range(2):
        jobs.forget_contacts(timestamp=0)
    assert audited("forget_contacts") == ["系统维护"]
    with scoped(SYSTEM):
        assert Premises.objects.get(place_id=place_id).contact_sealed is None
