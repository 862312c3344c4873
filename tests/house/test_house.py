"""The tree as it stands keeps the twelve house rules."""

import pytest

from tests.house.checks import CHECKS
from tests.house.source import ROOT


@pytest.mark.parametrize("rule", CHECKS)
def test_house_keeps_its_rule(rule: int) -> None:
    found = CHECKS[rule](ROOT)
    assert not found, f"house rule {rule}:\n" + "\n".join(str(finding) for finding in sorted(found))
