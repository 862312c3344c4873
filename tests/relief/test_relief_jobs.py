"""The clock of the demands: it moves what is due, and writes nothing when nothing is."""

from datetime import timedelta

from tests.cast import SYSTEM
from tests.relief.conftest import Desk
from yicun.base.models import AuditEntry
from yicun.base.tenancy import scoped
from yicun.relief import jobs
from yicun.relief.models import Demand


def swept() -> list[str]:
    with scoped(SYSTEM):
        return [entry.actor_label for entry in AuditEntry.objects.filter(verb="sweep")]


def test_what_is_over_ends_by_itself_and_only_once(now_desk: Desk) -> None:
    """Asked nine days ago for one day: as if nobody had looked since."""
    real = now_desk.now
    now_desk.now = real - timedelta(days=9)
    over = now_desk.running(expires_on=now_desk.today + timedelta(days=1))
    now_desk.now = real
    lasting = now_desk.running(title="长期看护", is_no_duplicate=True)
    for _ in range(2):
        jobs.sweep_demands(timestamp=0)
    with scoped(SYSTEM):
        states = dict(Demand.objects.values_list("pk", "state"))
    assert states == {over.pk: "expired", lasting.pk: "running"}
    assert swept() == ["任务到期检查"]


def test_nothing_is_written_while_all_is_right(now_desk: Desk) -> None:
    now_desk.running()
    jobs.sweep_demands(timestamp=0)
    assert swept() == []
