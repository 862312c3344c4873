"""The forms of relief: what a demand must say, and one short form per step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms

from yicun.base.forms import PlainForm
from yicun.force.terms import Role
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused, sentence
from yicun.matters import queries as matters
from yicun.matters.terms import Channel, Kind
from yicun.relief.queries import sorts
from yicun.relief.services import Request
from yicun.relief.terms import AuthorityKind, Cadence, DefenceLine, ListName, Stage
from yicun.territory import queries as territory
from yicun.territory.terms import UnitKind

Choices = list[tuple[str, Any]]
FOR_ROLES = (
    Role.CHIEF, Role.INSTRUCTOR, Role.DEPUTY, Role.DESK, Role.COMMUNITY_OFFICER, Role.VILLAGE_OFFICER,
    Role.CASE_OFFICER, Role.PATROL_OFFICER, Role.FIRE_OFFICER, Role.HOUSEHOLD_OFFICER, Role.AUXILIARY,
)  # fmt: skip
USUAL_LENGTH = timedelta(days=90)
# What the rules refuse, and the field that it is about.
ABOUT = {
    "demand.no_authority": "authority",
    "demand.authority_too_vague": "authority",
    "demand.nobody_addressed": "units",
    "demand.unit_unknown": "units",
    "demand.beyond_your_reach": "units",
    "demand.period_wrong": "expires_on",
    "demand.too_long": "expires_on",
    "demand.over_already": "expires_on",
    "demand.starts_too_early": "starts_on",
    "demand.minutes_wrong": "minutes",
    "demand.likely_duplicate": "is_no_duplicate",
    "campaign.definition_missing": "kinds",
    "campaign.defence_missing": "defence",
}
SORT_LABELS = {
    "incident_class": "警情",
    "dispute_type": "纠纷",
    "hazard_kind": "隐患",
    "help_kind": "求助",
    "service_kind": "服务",
}


def day(label: str, *, required: bool = True, **more: Any) -> forms.DateField:
    """`2026-09-28` from the browser's own picker, or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = {"invalid": "请写成 2026-09-28 这样的日期。"}
    return forms.DateField(label=label, required=required, widget=widget, error_messages=wrong, **more)


def ticks(label: str, choices: Any, *, is_required: bool = False) -> forms.MultipleChoiceField:
    wrong = {"invalid_choice": "“%(value)s”不在可选的范围里，请重新选择。"}
    if is_required:
        wrong["required"] = sentence(Refused("demand.nobody_addressed"))
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=is_required,
        widget=forms.CheckboxSelectMultiple,
        error_messages=wrong,
    )


class CountedFields(PlainForm):
    """What a campaign counts."""

    kinds = ticks("数哪些类别的事项", Kind.choices)
    channels = ticks("只数这些来源（不选就是全部）", Channel.choices)
    categories = forms.MultipleChoiceField(
        label="只数其中这些细类（不选就是整类）",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    area = forms.ChoiceField(label="在哪个范围", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = [  # type: ignore[attr-defined]
            (SORT_LABELS[name], [(f"{name}={code}", label) for code, label in found.items()])
            for name, found in sorts().items()
        ]
        self.fields["area"].choices = areas()  # type: ignore[attr-defined]

    def counted(self) -> dict[str, Any]:
        given = self.cleaned_data
        chosen = {name: given[name] for name in ("kinds", "channels", "categories")}
        return chosen if any(chosen.values()) else {}

    def counted_area(self) -> int | None:
        return int(self.cleaned_data["area"]) if self.cleaned_data["area"] else None


class ProposeForm(CountedFields):
    use_required_attribute = False

    id = forms.UUIDField(widget=forms.HiddenInput)
    list_name = forms.ChoiceField(
        label="列入哪张清单",
        choices=[(one.value, one.label) for one in (ListName.PRESCRIBED, ListName.DIRECTIVE)],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label="要求", max_length=80, help_text="一句话，派出所的人一看就明白。")
    deliverable = forms.CharField(
        label="具体要什么", widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000
    )
    authority_kind = forms.ChoiceField(
        label="依据的种类", choices=AuthorityKind.choices, widget=forms.RadioSelect
    )
    authority = forms.CharField(
        label="依据",
        max_length=200,
        error_messages={"required": sentence(Refused("demand.no_authority"))},
        help_text="写全法条、文件名称和文号，或哪位领导哪一天的指示；没有依据的不予准入。",
    )
    units = ticks("对象单位", (), is_required=True)
    roles = ticks("由谁来做（不选就是全所）", [(role.value, role.label) for role in FOR_ROLES])
    cadence = forms.ChoiceField(label="频次", choices=Cadence.choices)
    minutes = forms.IntegerField(label="每次约用多少分钟", min_value=1, max_value=2_400)
    starts_on = day("从哪天起")
    expires_on = day("到哪天止", help_text="指令任务最长一年，到期可以续期。")
    defence = forms.ChoiceField(
        label="哪一道防线", required=False, choices=[("", "不是专项行动"), *DefenceLine.choices]
    )
    is_no_duplicate = forms.BooleanField(label="不是同一件，仍要提出", required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = stations(on)  # type: ignore[attr-defined]

    def blame(self, refused: Refused) -> None:
        """Say what the rules refused beside the field it is about, when there is one."""
        if refused.code in ABOUT:
            self.add_error(ABOUT[refused.code], sentence(refused))

    def wrong(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.errors]

    def campaign_is_open(self) -> bool:
        return bool(self["defence"].value() or self["kinds"].value())

    def request(self) -> Request:
        given = self.cleaned_data
        plain = (
            "id", "list_name", "title", "deliverable", "authority_kind", "authority", "cadence", "minutes",
            "starts_on", "expires_on", "defence", "is_no_duplicate",
        )  # fmt: skip
        return Request(
            **{name: given[name] for name in plain},
            units=tuple(int(unit) for unit in given["units"]),
            roles=tuple(given["roles"]),
            counted=self.counted(),
            counted_area=self.counted_area() if given["defence"] else None,
        )


def blank(list_name: str, on: date) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "list_name": list_name,
        "authority_kind": AuthorityKind.DOCUMENT.value,
        "cadence": Cadence.ONCE.value,
        "minutes": 60,
        "starts_on": on,
        "expires_on": on + USUAL_LENGTH,
    }


@dataclass(frozen=True, slots=True)
class Setting:
    """What a step's form may offer for this demand."""

    version: int
    units: Sequence[tuple[str, str]] = ()
    periods: Sequence[tuple[str, str]] = ()
    sources: Sequence[tuple[str, str]] = ()
    members: Sequence[tuple[str, str]] = ()
    initial: Mapping[str, Any] | None = None


class StepForm(PlainForm):
    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": setting.version, **(setting.initial or {})}
        super().__init__(*args, **kwargs)
        self.offer(setting)

    def offer(self, setting: Setting) -> None:
        """Fill in what may be chosen; a field with one answer is not asked."""
        for name, choices in (
            ("unit_id", setting.units),
            ("period_on", setting.periods),
            ("matter_id", setting.sources),
            ("member_id", setting.members),
        ):
            if name not in self.fields:
                continue
            if name in ("unit_id", "period_on") and len(choices) < 2:
                del self.fields[name]
            else:
                self.fields[name].choices = choices  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}


class Remark(StepForm):
    text = forms.CharField(
        label="说明", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class Reason(StepForm):
    reason = forms.CharField(label="理由", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class Renew(Reason):
    expires_on = day("续到哪天")
    field_order = ("version", "expires_on", "reason")


class Revise(StepForm):
    deliverable = forms.CharField(
        label="具体要什么", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    authority = forms.CharField(label="依据", max_length=200)


class Fulfil(StepForm):
    unit_id = forms.ChoiceField(label="哪个单位")
    period_on = forms.ChoiceField(label="哪一期")
    matter_id = forms.ChoiceField(label="由哪件事项说明（不必重写）", required=False)
    text = forms.CharField(
        label="或者写一句完成情况",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class Appoint(StepForm):
    unit_id = forms.ChoiceField(label="哪个单位")
    member_id = forms.ChoiceField(label="负责人")


class Situation(StepForm):
    stage = forms.ChoiceField(label="阶段", choices=Stage.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="情况", max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))


class Define(StepForm, CountedFields):
    reason = forms.CharField(label="为什么调整", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("version", "kinds", "channels", "categories", "area", "reason")


STEP_FORMS: Mapping[str, type[StepForm]] = {
    "revise": Revise,
    "admit": Remark,
    "return_back": Reason,
    "withdraw": Reason,
    "renew": Renew,
    "complete": Remark,
    "fulfil": Fulfil,
    "appoint": Appoint,
    "remark": Situation,
    "define": Define,
}


def stations(on: date) -> Choices:
    """Police units that may be asked: stations first."""
    return [
        (str(unit.id), matters.unit_name(unit.id))
        for kind in (UnitKind.STATION, UnitKind.POLICE_POST)
        for unit in territory.units_of_kind(kind, on)
    ]


def areas() -> Choices:
    """The county, its towns, their villages."""
    towns = territory.villages_by_town()
    villages: Choices = [
        (town.name, [(str(village.code), village.name) for village in inside]) for town, inside in towns
    ]
    return [("", "全县"), ("乡镇", [(str(town.code), town.name) for town, _ in towns]), *villages]
