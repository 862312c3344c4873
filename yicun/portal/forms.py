"""The complaint; deciding on a paper; leave, and who signs meanwhile."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms

from yicun.base.forms import PlainForm
from yicun.force.terms.leave import AbsenceKind, SigningKind
from yicun.kernel.refusals import Refused, sentence

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
DAY = timedelta(days=1)
People = Sequence[tuple[UUID, str]]


class ComplaintForm(forms.Form):
    text = forms.CharField(
        label="您的意见",
        help_text="哪一页、哪一步不好用，多余的、重复的、看不懂的，都请写下来。",
        error_messages={"required": "请写下您的意见。"},
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)


class DayField(forms.DateField):
    """A day that a calendar of people at work may hold."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            facts = {"day": day, "earliest": EARLIEST, "latest": LATEST}
            raise forms.ValidationError(sentence(Refused("value.date_out_of_range", **facts)))
        return day


class DecideForm(forms.Form):
    """Read leniently: what is missing or too long is said by the service, with its code."""

    opinion = forms.CharField(required=False, strip=True)
    version = forms.IntegerField(required=False)

    def given(self, act: str) -> dict[str, Any]:
        if not self.is_valid():
            raise Refused("value.not_a_number", text=str(self.data.get("version", ""))[:40])
        given = dict(self.cleaned_data)
        if act == "withdraw":
            given.pop("opinion")
        return given


class ForwardForm(PlainForm):
    member_id = forms.TypedChoiceField(label="转请哪位负责人签批", coerce=UUID)
    opinion = forms.CharField(
        label="说明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member_id"].choices = [("", "请选择"), *_choices(offered)]  # type: ignore[attr-defined]


class AbsenceForm(PlainForm):
    member_id = forms.TypedChoiceField(label="谁外出", coerce=UUID)
    kind = forms.ChoiceField(
        label="去向", choices=AbsenceKind.choices, widget=forms.RadioSelect, initial=AbsenceKind.LEAVE
    )
    starts_on = DayField(label="从哪天起")
    until = DayField(label="到哪天止（含当天）")

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member_id"].choices = _choices(people)  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"ends_on": given.pop("until") + DAY}


class DelegationForm(PlainForm):
    """Nothing ticked: everything that comes to be signed."""

    delegate_id = forms.TypedChoiceField(label="委托谁代签", coerce=UUID)
    reason = forms.ChoiceField(
        label="原因", choices=AbsenceKind.choices, widget=forms.RadioSelect, initial=AbsenceKind.LEAVE
    )
    starts_on = DayField(label="从哪天起")
    until = DayField(label="到哪天止（含当天）")
    kinds = forms.MultipleChoiceField(
        label="只委托这些事项（都不选就是全部）",
        choices=SigningKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, fit: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_anybody = bool(fit)
        self.fields["delegate_id"].choices = _choices(fit)  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"ends_on": given.pop("until") + DAY}


def _choices(people: People) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in people]
