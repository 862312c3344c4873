"""The loop as its users walk it."""

from tests.matters.conftest import Loop


def test_a_matter_walks_from_the_doorstep_to_closed(loop: Loop) -> None:
    matter = loop.reach("closed")
    seen = loop.detail("chen_zhiming", matter)
    verbs = [entry.verb for entry in reversed(seen.entries)]
    assert verbs == ["record", "accept", "assess", "assign", "take", "feed_back", "verify", "close"]
    assert [clock.name for clock in reversed(seen.clocks)] == [
        "acceptance",
        "assessment",
        "assignment",
        "handling",
        "verification",
    ]
    assert all(clock.ended_at is not None and clock.arithmetic and clock.article for clock in seen.clocks)
    assert seen.matter.satisfaction == "satisfied"
    assert seen.running is None
