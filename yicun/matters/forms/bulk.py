"""What a step asks for when many take it: less than of one, for many are never described alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from yicun.base.forms import PlainForm
from yicun.matters.forms.fields import units, words
from yicun.matters.terms import Action, Urgency


class DeedForm(PlainForm):
    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def given(self) -> dict[str, Any]:
        """What is kept with the batch and each matter is told."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class Remark(DeedForm):
    text = words("说明", rows=2)


class Said(DeedForm):
    text = words("内容", required=True)


class Reason(DeedForm):
    reason = words("理由", required=True)


class Assess(DeedForm):
    """Each keeps the grade it has."""

    urgency = forms.ChoiceField(
        label="紧急程度", choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.ORDINARY
    )
    text = words("研判意见", rows=2)


class Assign(DeedForm):
    unit_id = forms.TypedChoiceField(label="承办单位", coerce=int)
    text = words("办理要求", rows=2)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        self.fields["unit_id"].choices = units(on)  # type: ignore[attr-defined]


DEED_FORMS: Mapping[str, type[DeedForm]] = {
    Action.ACCEPT: Remark,
    Action.ASSESS: Assess,
    Action.ASSIGN: Assign,
    Action.CLOSE: Remark,
    Action.RETURN_BACK: Reason,
    Action.REMIND: Said,
    Action.NOTE: Said,
}


def deed_form(action: str, *, on: date, data: Any = None) -> DeedForm:
    """Ids carry the action: several forms stand on one page."""
    return DEED_FORMS[action](data, on=on, auto_id=f"{action}_%s")


class KeepForm(PlainForm):
    """The filter on the screen, to be kept under a name."""

    name = forms.CharField(label="名称", max_length=20)
    is_shared = forms.BooleanField(label="共享给本单位", required=False)

    def __init__(self, *, may_share: bool) -> None:
        super().__init__(auto_id="keep_%s")
        if not may_share:
            del self.fields["is_shared"]
