"""The panel of a matter's page: a form for every step that is open to this person and makes sense now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from yicun.base import pages
from yicun.force import queries as force
from yicun.kernel.workdays import next_workday
from yicun.kernel.workflow import Step
from yicun.matters import queries
from yicun.matters.forms import StepForm, step_form
from yicun.matters.forms.setting import Setting
from yicun.matters.rules.approvals import may_be_asked
from yicun.matters.rules.flow import DESKS_TURN
from yicun.matters.rules.hands import may_send_out
from yicun.matters.rules.panel import panel
from yicun.matters.terms import Action, Kind
from yicun.matters.terms.pages import BY_AREA, BY_PLACE, BY_WORDS
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind

GRAVE = frozenset(
    {
        "return_back",
        "decline",
        "rework",
        "merge",
        "unmerge",
        "defer",
        "refuse_extension",
        "reopen",
        "reassign",
        "send_back_reply",
    }
)
SENDING = frozenset({"assign", "reassign"})


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was typed, to be shown again."""

    action: str
    form: StepForm


@dataclass(frozen=True, slots=True)
class Offer:
    action: str
    label: str
    url: str
    form: StepForm
    is_grave: bool
    is_open: bool
    draft: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """`left_over`: what was typed into a form that is no longer offered, to be copied from the page."""

    first: Offer | None
    others: list[Offer]
    left_over: list[tuple[str, str]]


def drawn(request: pages.Request, found: queries.Detail, now: datetime, sent: Sent | None) -> Drawn:
    steps = {step.action: step for step in found.steps}
    chosen = panel(steps.keys(), queries.situation_of(found, request.actor))
    setting = setting_for(request, found, now, sent.form.data.get("unit_id", "") if sent else "")

    def offer(action: str) -> Offer:
        return _offer(steps[action], found, setting, sent)

    first = offer(chosen.first) if chosen.first else None
    shown = (chosen.first, *chosen.others)
    left_over = _typed(sent.form) if sent is not None and sent.action not in shown else []
    return Drawn(first, [offer(action) for action in chosen.others], left_over)


def setting_for(request: pages.Request, found: queries.Detail, now: datetime, unit: str = "") -> Setting:
    """`unit`: the one chosen so far, whose members may be named."""
    matter, open_steps = found.matter, {step.action for step in found.steps}
    suggested = suggestions(found, now) if open_steps & SENDING else []
    return Setting(
        actor=request.actor,
        on=pages.today(now),
        urgency=matter.urgency,
        grade=matter.grade,
        is_graded=matter.kind == Kind.DISPUTE or bool(matter.grade),
        suggested=suggested,
        members=_offered(found, now, unit, suggested) if open_steps & SENDING else [],
        members_url=reverse("matters:members", args=[matter.pk]),
        **_limits_of(found),
        is_closing_signed=queries.situation_of(found, request.actor).needs_signature_to_close,
        **_orders_of(found, now),
        handling_unit_id=matter.handling_unit_id,
        may_send_out=may_send_out(found.hats),
        successors=_successors(found, now) if "hand_over" in open_steps else [],
    )


def _limits_of(found: queries.Detail) -> dict[str, Any]:
    """What the running clock allows."""
    face = found.running
    if face is None:
        return {}
    return {
        "pauses": face.limit.pauses,
        "extension_most": face.limit.extension_most,
        "extension_unit": face.unit_word,
    }


def _orders_of(found: queries.Detail, now: datetime) -> dict[str, Any]:
    """What the forms of a request and of an instruction begin with."""
    reply_by = next_workday(pages.today(now), queries.calendar())
    asks = may_be_asked(found.matter.state, found.hats)
    return {"asks": asks, "reply_by": reply_by, "addressees": addressees_of(found)}


def addressees_of(found: queries.Detail) -> list[tuple[int, str]]:
    """Whom an instruction may go to: whose turn it is stands first."""
    matter = found.matter
    pair = (matter.handling_unit_id, matter.desk_unit_id)
    ordered = reversed(pair) if matter.state in DESKS_TURN else pair
    return [(unit_id, queries.unit_name(unit_id)) for unit_id in dict.fromkeys(ordered)]


def _successors(found: queries.Detail, now: datetime) -> list[tuple[UUID, str]]:
    holder = found.matter.handler_member_id
    return [one for one in members_of(found.matter.handling_unit_id, now) if one[0] != holder]


def _offered(
    found: queries.Detail, now: datetime, typed: str, suggested: list[tuple[int, str]]
) -> list[tuple[UUID, str]]:
    """People of the unit chosen so far, else of the one that has it now, else of the one suggested."""
    holder = found.matter.handling_unit_id if any(step.action == "reassign" for step in found.steps) else 0
    chosen = int(typed) if typed.isascii() and typed.isdigit() else holder
    chosen = chosen or (suggested[0][0] if suggested else 0)
    return members_of(chosen, now) if chosen else []


def suggestions(found: queries.Detail, now: datetime) -> list[tuple[int, str]]:
    """Units with the reason: which body the words point to, whose officers serve the village, whose area it is."""
    matter, on = found.matter, pages.today(now)
    offered: dict[int, str] = {}
    kind = queries.suggested_partner(matter.title, matter.body)
    if kind:
        bodies = territory.units_of_kind(UnitKind.PARTNER, on, partner_kind=kind)
        near = [
            body
            for body in bodies
            if territory.chain_of(body.seat_id)[:2] == territory.chain_of(matter.area_code)[:2]
        ]
        for body in (near or bodies)[:2]:
            offered[body.id] = BY_WORDS.format(unit=body.short_name or body.name)
    for officer in force.officers_for(matter.area_code, on)[:3]:
        offered.setdefault(
            officer.unit_id, BY_PLACE.format(unit=queries.unit_name(officer.unit_id), officer=officer.label)
        )
    offered.setdefault(matter.desk_unit_id, BY_AREA.format(unit=queries.unit_name(matter.desk_unit_id)))
    return list(offered.items())


def members_of(unit_id: int, now: datetime) -> list[tuple[UUID, str]]:
    return [(post.member_id, post.label) for post in force.members_of(unit_id, pages.today(now))]


def _typed(form: StepForm) -> list[tuple[str, str]]:
    fields = form.visible_fields()
    return [
        (str(field.label), form.data[field.html_name]) for field in fields if form.data.get(field.html_name)
    ]


def _offer(step: Step, found: queries.Detail, setting: Setting, sent: Sent | None) -> Offer:
    is_sent = sent is not None and sent.action == step.action
    blank = step_form(step.action, version=found.matter.version, setting=setting)
    return Offer(
        action=step.action,
        label=step.word,
        url=reverse("matters:take_step", args=[found.matter.pk, step.action]),
        form=sent.form if sent is not None and is_sent else blank,
        is_grave=step.action in GRAVE,
        is_open=is_sent,
        draft=f"{step.action}:{found.matter.pk}",
        link=reverse("matters:choose_merge", args=[found.matter.pk]) if step.action == Action.MERGE else "",
    )
