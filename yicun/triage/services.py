"""What the public desk does for somebody who has no account: report, add a word, rate the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from yicun.base import audit, tenancy
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters import queries as matter_queries
from yicun.matters import services as matters
from yicun.matters.terms import Channel, PartyRole
from yicun.triage import rules
from yicun.triage.models import PublicReport
from yicun.triage.queries import county_desk, report_of, reporter_of


@dataclass(frozen=True, slots=True)
class Report:
    """As somebody wrote it down. `id` is made with the form, so that sending it twice stores it once.

    The matter has an id of its own: whoever sees the matter could otherwise send the form again, get the reporter's
    code and rate the answer in his place.
    """

    id: UUID
    concern: str
    body: str
    area_code: int | None = None
    place_text: str = ""
    name: str = ""
    phone: str = ""
    photos: Sequence[BinaryIO] = ()


def report(*, given: Report, actor: Actor, now: datetime) -> str:
    """The follow-up code. The same form again gives the same code; another text under its id is refused."""
    rules.check_photos(len(given.photos))
    code = rules.code_of(given.id, settings.SECRET_KEY.encode())
    with tenancy.lent(county_desk(), back_to=actor):
        stored = PublicReport.objects.filter(code_digest=rules.digest_of(code)).first()
        if stored is not None:
            _check_same(stored, given)
            return rules.spaced(code)
        matter = matters.record(draft=_draft(given), actor=county_desk(), now=now)
        for photo in given.photos:
            name = getattr(photo, "name", "")
            matters.attach(matter_id=matter.pk, file=photo, name=name, actor=county_desk(), now=now)
        _keep(
            PublicReport(
                matter_id=matter.pk,
                area_code=matter.area_code,
                handling_unit_id=matter.handling_unit_id,
                code_digest=rules.digest_of(code),
                reported_at=now,
            )
        )
        audit.record(
            verb="report",
            subject="triage.public_report",
            subject_id=matter.pk,
            actor=actor,
            now=now,
            area_code=matter.area_code,
            facts={"number": matter.number, "photos": len(given.photos)},
        )
    return rules.spaced(code)


def supplement(*, code: str, text: str, actor: Actor, now: datetime) -> None:
    """A further word from whoever holds the code, into the matter's history."""
    with tenancy.lent(county_desk(), back_to=actor):
        found = report_of(code)
        reporter = reporter_of(found)
        rules.check_supplement(matter_queries.detail_of(found.matter_id, reporter).matter.state)
        matters.note(matter_id=found.matter_id, text=text, actor=reporter, now=now)
        _audited(found, verb="supplement", actor=actor, now=now)


def rate(*, code: str, satisfaction: str, text: str, actor: Actor, now: datetime) -> None:
    """Once, when there is an answer."""
    with tenancy.lent(county_desk(), back_to=actor):
        found = report_of(code)
        reporter = reporter_of(found)
        state = matter_queries.detail_of(found.matter_id, reporter).matter.state
        rules.check_rating(state, found.rated_at)
        matters.rate(matter_id=found.matter_id, satisfaction=satisfaction, text=text, actor=reporter, now=now)
        PublicReport.objects.filter(pk=found.pk).update(rated_at=now)
        _audited(found, verb="rate", actor=actor, now=now)


def _draft(given: Report) -> matter_queries.Draft:
    return matter_queries.read_draft(
        {
            "kind": given.concern,
            "title": "",
            "body": given.body,
            "channel": Channel.PUBLIC.value,
            "details": rules.details_of(given.concern),
            "area_code": given.area_code,
            "place_text": given.place_text,
            "parties": [{"role": PartyRole.REPORTER.value, "name": given.name, "phone": given.phone}],
        },
    )


def _keep(kept: PublicReport) -> None:
    """Two presses at the same moment: the second finds the first one's digest, and takes its own matter back."""
    try:
        PublicReport.objects.bulk_create([kept])
    except IntegrityError as broken:
        raise Refused("matter.already_stored") from broken


def _check_same(stored: PublicReport, given: Report) -> None:
    kept = matter_queries.detail_of(stored.matter_id, county_desk()).matter
    if kept.body != given.body.strip():
        raise Refused("matter.already_stored")


def _audited(found: PublicReport, *, verb: str, actor: Actor, now: datetime) -> None:
    audit.record(
        verb=verb,
        subject="triage.public_report",
        subject_id=found.matter_id,
        actor=actor,
        now=now,
        area_code=found.area_code,
    )
