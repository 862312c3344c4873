"""Requests for a signature: what waits for me, what came back to me, what I decided lately; and their paper."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from yicun.base import sharing
from yicun.force import queries as force
from yicun.force.terms.leave import SigningKind
from yicun.kernel.actor import Actor
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused
from yicun.kernel.words import UNITS
from yicun.matters.models import Approval, ApprovalLine
from yicun.matters.queries.rows import place_of, unit_name
from yicun.matters.rules.approvals import OPEN
from yicun.matters.rules.hats import APPROVER_ROLES
from yicun.matters.terms import Kind, Satisfaction, State
from yicun.matters.terms import pages as words
from yicun.matters.terms.approvals import ASKED, NOBODY_NAMED, ApprovalState, Deed

MOST = 50
LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One deed of a request's history."""

    round: int
    deed: str
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A request as the queue, the home page and its paper show it. `in_name_of`: the one for whom this person signs."""

    id: UUID
    version: int
    kind: str
    kind_label: str
    matter_id: UUID
    number: str
    title: str
    asked_by: str
    unit: str
    asked_at: datetime
    reason: str
    facts: list[tuple[str, str]]
    due_at: datetime | None
    article: str
    is_late: bool
    state: str
    state_label: str
    round: int
    signer: str
    in_name_of: str
    opinion: str
    decided_by: str
    decided_at: datetime | None
    lines: list[PaperLine]

    @property
    def is_waiting(self) -> bool:
        return self.state == ApprovalState.WAITING

    @property
    def is_returned(self) -> bool:
        return self.state == ApprovalState.RETURNED


def approvals_for(actor: Actor) -> QuerySet[Approval]:
    """Of the matters that the actor may see."""
    reach = Q(handling_unit_id__in=actor.unit_ids)
    if actor.widest:
        reach |= Q(area_code__range=actor.widest)
    if actor.codes:
        reach |= Q(area_code__in=actor.codes)
    if actor.unit_ids:
        reach |= Q(sharing.shared_with(actor.unit_ids, "matter_id"))
    return Approval.objects.filter(reach)


def waiting_for_signature(actor: Actor, now: datetime) -> list[Paper]:
    """Addressed to me, to somebody I sign for today, or to whichever leader comes first; the most urgent first."""
    signs = force.signs_for(actor.member_id, _day(now))
    mine = Q(signer_member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
    for row in signs:
        handed = Q(signer_member_id=row.principal_id)
        mine |= handed & Q(kind__in=row.kinds) if row.kinds else handed
    if actor.roles & APPROVER_ROLES:
        mine |= Q(signer_member_id__isnull=True)
    found = approvals_for(actor).filter(mine, state=ApprovalState.WAITING.value)
    if actor.account_id:
        found = found.exclude(asked_by=actor.account_id)
    ordered = found.order_by(F("due_at").asc(nulls_last=True), "id")
    return _papers(ordered[:MOST], now, {row.principal_id: row.principal for row in signs})


def returned_by(actor: Actor, now: datetime) -> list[Paper]:
    """What I sent back and what has not come again."""
    return _papers(_decided(actor, ApprovalState.RETURNED)[:MOST], now)


def signed_by(actor: Actor, now: datetime) -> list[Paper]:
    """What I signed in the last two weeks."""
    found = _decided(actor, ApprovalState.APPROVED).filter(decided_at__gte=now - LATELY)
    return _papers(found[:MOST], now)


def asked_by(actor: Actor, now: datetime) -> list[Paper]:
    """What I asked for and what is not decided; what came back to me first."""
    if actor.account_id is None:
        return []
    found = approvals_for(actor).filter(asked_by=actor.account_id, state__in=OPEN)
    return _papers(found.order_by("state", "-asked_at")[:MOST], now)


def returned_to(actor: Actor) -> QuerySet[Approval]:
    """What was sent back to this person, to be mended or withdrawn."""
    mine = Q(asked_by=actor.account_id) if actor.account_id else Q(pk__in=[])
    return Approval.objects.filter(mine, state=ApprovalState.RETURNED.value)


def papers_of(matter_id: UUID, now: datetime) -> list[Paper]:
    """Of a matter whose page one may see: the open ones first, then the newest."""
    found = Approval.objects.filter(matter_id=matter_id).order_by("-asked_at")
    papers = _papers(found, now)
    return sorted(papers, key=lambda paper: paper.state not in OPEN)


def paper_for(approval_id: UUID, actor: Actor, now: datetime) -> Paper:
    found = _papers(approvals_for(actor).filter(pk=approval_id), now)
    if not found:
        raise Refused("record.not_found")
    return found[0]


def possible_signers(approval_id: UUID, actor: Actor, now: datetime) -> list[tuple[UUID, str]]:
    """To whom a request may be forwarded: the leaders of the desk's unit and of those above it, each once."""
    found = approvals_for(actor).select_related("matter").filter(pk=approval_id).first()
    if found is None:
        raise Refused("record.not_found")
    shut_out = {actor.member_id, found.signer_member_id, found.matter.handler_member_id}
    rows: dict[UUID, str] = {}
    for unit_id in force.units_upwards(found.matter.desk_unit_id):
        for row in force.members_of(unit_id, _day(now), roles=APPROVER_ROLES):
            if row.member_id not in shut_out and row.account_id != found.asked_by:
                rows.setdefault(row.member_id, row.label)
    return list(rows.items())


def _decided(actor: Actor, state: ApprovalState) -> QuerySet[Approval]:
    mine = Q(decided_by=actor.account_id) if actor.account_id else Q(pk__in=[])
    found = approvals_for(actor).filter(mine, state=state.value)
    return found.order_by("-decided_at", "-id")


def _papers(
    found: QuerySet[Approval], now: datetime, principals: dict[UUID, str] | None = None
) -> list[Paper]:
    rows = list(found.select_related("matter"))
    lines: dict[UUID, list[PaperLine]] = {row.pk: [] for row in rows}
    for line in ApprovalLine.objects.filter(approval_id__in=lines).order_by("at", "id") if lines else ():
        said = PaperLine(line.round, str(Deed(line.deed).label), line.at, line.by, line.text)
        lines[line.approval_id].append(said)
    return [_paper(row, now, lines[row.pk], principals or {}) for row in rows]


def _paper(row: Approval, now: datetime, lines: list[PaperLine], principals: dict[UUID, str]) -> Paper:
    is_waiting = row.state == ApprovalState.WAITING
    return Paper(
        id=row.pk,
        version=row.version,
        kind=row.kind,
        kind_label=str(SigningKind(row.kind).label),
        matter_id=row.matter_id,
        number=row.matter.number,
        title=row.matter.title,
        asked_by=row.asked_label,
        unit=unit_name(row.asked_unit_id),
        asked_at=row.asked_at,
        reason=row.reason,
        facts=_facts(row),
        due_at=row.due_at if is_waiting else None,
        article=row.article,
        is_late=is_waiting and row.due_at is not None and row.due_at <= now,
        state=row.state,
        state_label=str(ApprovalState(row.state).label),
        round=row.round,
        signer=row.signer_label or NOBODY_NAMED,
        in_name_of=principals.get(row.signer_member_id, "") if row.signer_member_id else "",
        opinion=row.opinion,
        decided_by=row.decided_label,
        decided_at=row.decided_at,
        lines=lines,
    )


def _facts(row: Approval) -> list[tuple[str, str]]:
    """What is asked in figures, then what the matter is and where it stands."""
    given, matter = row.given, row.matter
    asked: dict[str, str] = {
        "amount": words.LIMIT.format(amount=given["amount"], unit=UNITS[given["unit"]])
        if "amount" in given
        else "",
        "unit": given.get("unit", "") if "unit_id" in given else "",
        "satisfaction": str(Satisfaction(given["satisfaction"]).label) if "satisfaction" in given else "",
    }
    stands = [
        (words.FACTS["kind"], str(Kind(matter.kind).label)),
        (words.FACTS["place"], place_of(matter)),
        (words.FACTS["state"], str(State(matter.state).label)),
        (words.FACTS["handler"], matter.handler_label or unit_name(matter.handling_unit_id)),
    ]
    return [(ASKED[name], value) for name, value in asked.items() if value] + stands


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
