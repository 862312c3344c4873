"""The twelve house rules, each a function from the root of a tree to what it finds there."""

from collections.abc import Callable
from pathlib import Path

from tests.house.checks import (
    explicit,
    first_day,
    front_doors,
    one_way,
    promises,
    pure_rules,
    reads,
    rulebook,
    sizes,
    states,
    words,
    writes,
)
from tests.house.source import Finding

CHECKS: dict[int, Callable[[Path], list[Finding]]] = {
    1: one_way.check,
    2: front_doors.check,
    3: pure_rules.check,
    4: writes.check,
    5: states.check,
    6: reads.check,
    7: promises.check,
    8: explicit.check,
    9: sizes.check,
    10: words.check,
    11: rulebook.check,
    12: first_day.check,
}
