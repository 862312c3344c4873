"""The cursor of a list: the sort key of the last row shown, as text that fits into a link."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yicun.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Cursor:
    at: datetime | None
    id: UUID

    @property
    def text(self) -> str:
        moment = self.at.isoformat() if self.at else ""
        return urlsafe_b64encode(f"{moment} {self.id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor | None:
    """None for the first page; a cursor that somebody bent is refused."""
    if not text:
        return None
    try:
        moment, _, key = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().rpartition(" ")
        at = datetime.fromisoformat(moment) if moment else None
        if at is not None and at.tzinfo is None:
            raise ValueError(moment)
        return Cursor(at, UUID(key))
    except (ValueError, UnicodeDecodeError) as bent:
        raise Refused("list.cursor_malformed") from bent
