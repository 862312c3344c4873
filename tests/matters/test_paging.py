"""The cursor of a list."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import pytest

from yicun.kernel.refusals import Refused
from yicun.matters.rules.paging import Cursor, read_cursor

KEY = UUID("0192f0c1-0000-7000-8000-000000000001")


@pytest.mark.parametrize("at", [datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC), None])
def test_cursor_survives_the_way_through_a_link(at: datetime | None) -> None:
    text = Cursor(at, KEY).text
    assert text.replace("-", "").replace("_", "").isalnum()
    assert read_cursor(text) == Cursor(at, KEY)


def test_first_page_has_no_cursor() -> None:
    assert read_cursor("") is None


def bent(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    ["x", "页", "!!!!", bent("no key"), bent(f"2026-11-23T02:00:00 {KEY}"), bent(f"soon {KEY}"), "_____w"],
)
def test_bent_cursor_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_cursor(text)
    assert refused.value.code == "list.cursor_malformed"
