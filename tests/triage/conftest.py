from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.matters.conftest import Loop, loop
from tests.matters.visits import now_loop, signed_in

__all__ = ["Loop", "loop", "now_loop", "signed_in"]


@pytest.fixture
def visitor(now_loop: Loop) -> Iterator[Client]:
    """Somebody without an account, in the county as it is now. What others sent before does not count against him."""
    cache.clear()
    yield Client()
    cache.clear()
