"""What somebody who holds a code may see of the matter behind it: the course and the answer, never our notes."""

from dataclasses import dataclass
from datetime import datetime

from yicun.base import tenancy
from yicun.kernel.actor import Actor, public_reporter
from yicun.kernel.refusals import Refused
from yicun.matters import queries as matters
from yicun.matters.terms import Action, State
from yicun.territory import queries as territory
from yicun.triage.models import PublicReport
from yicun.triage.rules import ANSWERED, OVER, digest_of, may_rate, plain_code, spaced
from yicun.triage.terms import MERGED_STATE, MILESTONES, NOT_SAID, STATE_WORDS

Choices = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Milestone:
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """`answer`: the result once it was verified, or why it was not accepted; empty until then."""

    code: str
    number: str
    title: str
    place: str
    state: str
    milestones: list[Milestone]
    unit: str
    phone: str
    answer: str
    is_over: bool
    is_merged: bool
    is_declined: bool
    may_rate: bool
    may_add: bool


def county_desk() -> Actor:
    """The public desk acting for somebody, before it is known which matter is his."""
    return public_reporter(*territory.area(territory.home_county()).range)


def report_of(code: str) -> PublicReport:
    """Within the county desk's scope."""
    found = PublicReport.objects.filter(code_digest=digest_of(plain_code(code))).first()
    if found is None:
        raise Refused("report.code_unknown")
    return found


def reporter_of(report: PublicReport) -> Actor:
    """Whoever shows a report's code may act in the place of that report, and nowhere else."""
    return public_reporter(report.area_code, report.area_code)


def followed(code: str, actor: Actor) -> Followed:
    with tenancy.lent(county_desk(), back_to=actor):
        report = report_of(code)
        detail = matters.detail_of(report.matter_id, reporter_of(report))
        return _followed(report, plain_code(code), detail, _survivor(detail))


def _survivor(detail: matters.Detail) -> matters.Detail | None:
    """What a merged report lives on in, within the county desk's scope: it may lie in another place."""
    if detail.matter.state != State.MERGED:
        return None
    survivor = matters.survivor_of(detail.matter, county_desk())
    return matters.detail_of(survivor.pk, county_desk()) if survivor else None


def _followed(
    report: PublicReport, code: str, detail: matters.Detail, survivor: matters.Detail | None
) -> Followed:
    """Of a merged report how far the other one has got, never its title, number or answer: somebody else's report."""
    matter = detail.matter
    living = survivor.matter if survivor else matter
    unit = territory.unit_row(living.handling_unit_id)
    merged_at = detail.merge.merged_at if detail.merge else matter.recorded_at
    further = [entry for entry in survivor.entries if entry.at > merged_at] if survivor else []
    return Followed(
        code=spaced(code),
        number=matter.number,
        title=matter.title,
        place=_place(matter.area_code, matter.place_text),
        state=MERGED_STATE.format(state=STATE_WORDS[living.state]) if survivor else STATE_WORDS[matter.state],
        milestones=[
            Milestone(MILESTONES[entry.verb], entry.at)
            for entry in (*further, *detail.entries)
            if entry.verb in MILESTONES
        ],
        unit=unit.name,
        phone=unit.phone,
        answer=_answer(detail),
        is_over=living.state in OVER,
        is_merged=survivor is not None,
        is_declined=matter.state == State.DECLINED,
        may_rate=may_rate(matter.state, report.rated_at),
        may_add=matter.state not in OVER,
    )


def _place(area_code: int, place_text: str) -> str:
    if area_code == territory.home_county():
        return place_text or NOT_SAID
    return " ".join(filter(None, [territory.short_path_of(area_code), place_text]))


def _answer(detail: matters.Detail) -> str:
    if detail.matter.state in ANSWERED:
        return detail.matter.answer
    if detail.matter.state == State.DECLINED:
        return next((entry.text for entry in detail.entries if entry.verb == Action.DECLINE), "")
    return ""


def villages() -> Choices:
    """Every village under its town."""
    return [
        (town.name, [(str(village.code), village.name) for village in inside])
        for town, inside in territory.villages_by_town()
    ]
