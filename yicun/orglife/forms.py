"""The forms of meetings: what was held, what was said, what was decided."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from yicun.base.forms import PlainForm
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused, sentence
from yicun.matters import queries as matters
from yicun.matters.terms import Kind
from yicun.orglife.rules import Draft
from yicun.orglife.terms import DECIDED_AS
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind

Choices = list[tuple[str, Any]]
NOBODY = ("", "请选择")
USUAL_TERM = timedelta(days=14)
ABOUT = {
    "meeting.system_unknown": "system_code",
    "meeting.in_future": "held_on",
    "value.date_out_of_range": "held_on",
    "meeting.time_wrong": "minutes_spent",
    "meeting.people_wrong": "people",
    "meeting.too_many_lines": "agenda",
    "meeting.unit_unknown": "units",
    "decision.text_missing": "text",
    "decision.due_wrong": "due_on",
    "decision.unit_unknown": "unit_id",
}


def day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, widget=widget, error_messages={"invalid": "请写成 2026-09-28 这样的日期。"}
    )


def lines(label: str, hint: str, rows: int) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=4_000, help_text=hint, widget=area)


class OwnForm(PlainForm):
    use_required_attribute = False

    def blame(self, refused: Refused) -> None:
        """Say what the rules refused beside the field it is about, when there is one."""
        name = ABOUT.get(refused.code)
        if name in self.fields:
            self.add_error(name, sentence(refused))

    def wrong(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.errors]


class HoldForm(OwnForm):
    id = forms.UUIDField(widget=forms.HiddenInput)
    system_code = forms.ChoiceField(label="哪个会")
    held_on = day("哪天开的")
    place = forms.CharField(label="地点", required=False, max_length=100)
    minutes_spent = forms.IntegerField(label="用时（分钟）", min_value=1, max_value=1_440)
    people = forms.IntegerField(label="到会多少人", min_value=1, max_value=500)
    units = forms.MultipleChoiceField(label="参加的单位", required=False, widget=forms.CheckboxSelectMultiple)
    offices = lines("县外或系统里没有的单位", "一行一个，只写单位和职务名称，不登记个人资料。", 2)
    agenda = lines("议题", "一行一个；写上事项编号就会连到那件事。上次没办结的决定自动排在最前。", 3)
    text = forms.CharField(
        label="会议记录", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    demand_id = forms.ChoiceField(label="这次会议同时完成了哪项任务", required=False)

    def __init__(self, *args: Any, systems: Choices, on: date, demands: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system_code"].choices = systems  # type: ignore[attr-defined]
        self.fields["units"].choices = invited(on)  # type: ignore[attr-defined]
        if demands:
            self.fields["demand_id"].choices = [("", "没有"), *demands]  # type: ignore[attr-defined]
        else:
            del self.fields["demand_id"]

    def draft(self) -> Draft:
        given = self.cleaned_data
        return Draft(
            id=given["id"],
            system_code=given["system_code"],
            held_on=given["held_on"],
            place=given["place"],
            minutes_spent=given["minutes_spent"],
            people=given["people"],
            unit_ids=tuple(int(unit) for unit in given["units"]),
            offices=tuple(given["offices"].splitlines()),
            agenda=tuple(given["agenda"].splitlines()),
            text=given["text"],
            demand_id=given.get("demand_id") or None,
        )


class MinutesForm(OwnForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="会议记录", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )


class DecisionForm(OwnForm):
    id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label="决定了什么", max_length=1_000, widget=forms.Textarea(attrs={"rows": 2}))
    unit_id = forms.ChoiceField(label="由谁办理")
    due_on = day("哪天前办结")
    kind = forms.ChoiceField(
        label="按哪一类事项办", choices=[(kind, Kind(kind).label) for kind in DECIDED_AS]
    )
    area = forms.ChoiceField(label="涉及哪个村（社区）", required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_id"].choices = [NOBODY, *everybody(on)]  # type: ignore[attr-defined]
        self.fields["area"].choices = [("", "主办单位所在地"), *villages()]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "text": given["text"],
            "kind": given["kind"],
            "unit_id": int(given["unit_id"]),
            "due_on": given["due_on"],
            "area_code": int(given["area"]) if given["area"] else None,
            "matter_id": given["id"],
        }


def blank_meeting(system: str, on: date, last_place: str, last_people: int) -> dict[str, Any]:
    """Place and number of people as the last time: only what differs is typed."""
    return {
        "id": uuid7(),
        "system_code": system,
        "held_on": on,
        "place": last_place,
        "minutes_spent": 60,
        "people": last_people or 6,
    }


def blank_decision(on: date) -> dict[str, Any]:
    return {"id": uuid7(), "due_on": on + USUAL_TERM, "kind": Kind.INFORMATION.value}


def invited(on: date) -> Choices:
    """Stations, posts and partner bodies, in groups."""
    police = [
        *territory.units_of_kind(UnitKind.STATION, on),
        *territory.units_of_kind(UnitKind.POLICE_POST, on),
    ]
    partners = territory.units_of_kind(UnitKind.PARTNER, on)
    return [("公安", _named(unit.id for unit in police)), ("协同单位", _named(unit.id for unit in partners))]


def everybody(on: date) -> Choices:
    found = territory.all_units(on)
    police = _named(unit.id for unit in found if unit.kind != UnitKind.PARTNER)
    return [
        ("公安", police),
        ("协同单位", _named(unit.id for unit in found if unit.kind == UnitKind.PARTNER)),
    ]


def villages() -> Choices:
    return [
        (town.name, [(str(village.code), village.name) for village in inside])
        for town, inside in territory.villages_by_town()
    ]


def system_choices(systems: Sequence[Any]) -> Choices:
    return [(system.code, system.name) for system in systems]


def _named(unit_ids: Any) -> list[tuple[str, str]]:
    return [(str(unit_id), matters.unit_name(unit_id)) for unit_id in unit_ids]
