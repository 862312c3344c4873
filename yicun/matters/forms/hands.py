"""Forms that ask whose a matter is: which unit and person, which other matter, which successor."""

from typing import Any
from uuid import UUID

from django import forms

from yicun.kernel.refusals import Refused, sentence
from yicun.matters.forms.fields import NOT_CHOSEN, line, units, words
from yicun.matters.forms.setting import ANYBODY, Setting, StepForm
from yicun.matters.queries import unit_name, visible_to
from yicun.matters.terms.lineage import Sameness


class Assign(StepForm):
    unit_id = forms.TypedChoiceField(label="承办单位", coerce=int)
    member_id = forms.TypedChoiceField(label="承办人", coerce=UUID, required=False, empty_value=None)
    text = words("办理要求", rows=2)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        suggested = {"unit_id": setting.suggested[0][0]} if setting.suggested else {}
        super().__init__(*args, setting=setting, initial=suggested | kwargs.pop("initial", {}), **kwargs)
        self.fields["unit_id"].choices = units(setting.on, setting.suggested)  # type: ignore[attr-defined]
        self.fields["member_id"].choices = [ANYBODY, *setting.members]  # type: ignore[attr-defined]
        self.fields["unit_id"].widget.attrs |= {
            "hx-get": setting.members_url,
            "hx-target": "#members",
            "hx-select": "#members",
            "hx-swap": "outerHTML",
            "hx-boost": "false",
        }


class Reassign(Assign):
    """Begins with who has it now; whoever only leads the unit chooses among its people."""

    reason = words("改派理由", required=True, rows=2)
    field_order = ("version", "unit_id", "member_id", "reason")

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        initial = {"unit_id": setting.handling_unit_id} | kwargs.pop("initial", {})
        super().__init__(*args, setting=setting, initial=initial, **kwargs)
        del self.fields["text"]
        self.fields["unit_id"].label = "改派到"
        if not setting.may_send_out:
            own = setting.handling_unit_id
            self.fields["unit_id"].choices = [(own, unit_name(own))]  # type: ignore[attr-defined]


class HandOver(StepForm):
    to_member_id = forms.TypedChoiceField(label="接手人", coerce=UUID)
    reason = words("移交理由", required=True, rows=2, hint="例如：调离、轮岗、休假")

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, setting=setting, **kwargs)
        self.fields["to_member_id"].choices = [NOT_CHOSEN, *setting.successors]  # type: ignore[attr-defined]


class Merge(StepForm):
    """By number; the page that searches and shows both beside each other sends the number too."""

    into = line(label="并入哪一件的编号", required=True, max_length=20)
    sameness = forms.ChoiceField(
        label="为什么合并",
        choices=Sameness.choices,
        initial=Sameness.SAME_EVENT,
        widget=forms.RadioSelect,
        required=False,
    )
    text = words("说明", rows=2)

    def clean_into(self) -> UUID:
        found = (
            visible_to(self.setting.actor).filter(number__iexact=self.cleaned_data["into"].strip()).first()
        )
        if found is None:
            raise forms.ValidationError(sentence(Refused("record.not_found")))
        return found.pk

    def given(self) -> dict[str, Any]:
        given = super().given()
        given["into_id"] = given.pop("into")
        return given
