"""A complaint about the platform goes to the command centre, with its author and the page it is about."""

from datetime import datetime

from yicun.base import audit, inbox
from yicun.base.pages import today
from yicun.kernel.actor import Actor
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused
from yicun.kernel.words import clean_text
from yicun.portal.terms import COMPLAINT_TEXT
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind

LONGEST = 2_000


def complain(*, text: str, page: str, actor: Actor, now: datetime) -> None:
    """The audit entry keeps the whole text: the inbox shows the last fifty of a day."""
    said = clean_text(text, LONGEST)
    if not said:
        raise Refused("value.required", label=COMPLAINT_TEXT)
    centres = territory.units_of_kind(UnitKind.COMMAND_CENTRE, today(now))
    if not centres:
        raise Refused("complaint.nobody_to_read")
    complaint_id = uuid7()
    line = {"title": said, "by": actor.label, "page": page[:200]}
    inbox.put(kind="complaint", lines=[line], now=now, unit_id=centres[0].id)
    audit.record(
        verb="complain",
        subject="portal.complaint",
        subject_id=complaint_id,
        actor=actor,
        now=now,
        area_code=territory.home_county(),
        unit_id=centres[0].id,
        facts={"text": said, "page": page[:200]},
    )
