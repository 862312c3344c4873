"""`with queries(7): client.get(...)`: a screen costs exactly as many queries as its test says."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def queries(count: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [query["sql"] for query in captured.captured_queries]
    assert len(asked) == count, f"{len(asked)} queries instead of {count}:\n" + "\n".join(asked)
