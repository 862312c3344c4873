"""The filter bar of the boards."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from yicun.matters.forms.fields import PlaceField, PlaceSelect, line, units
from yicun.matters.terms import Channel, Grade, Kind, State, Urgency
from yicun.territory import queries as territory

SEARCH = {"placeholder": "编号、标题、内容", "type": "search"}
EVERYTHING = ("", "全部")


def _any(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[EVERYTHING, *choices])


class TargetForm(forms.Form):
    """Another matter, by number or words; `into`: the one to be read beside this one."""

    q = line(label="按编号、标题或内容查找", widget=forms.TextInput(attrs=SEARCH), max_length=60)
    into = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def asked(self) -> tuple[str, UUID | None]:
        """What was not understood is as good as not asked, and shows as wrong."""
        self.is_valid()
        return self.cleaned_data.get("q", ""), self.cleaned_data.get("into")

    @property
    def is_asked(self) -> bool:
        return bool(self.asked()[0])


class FilterForm(forms.Form):
    q = line(
        label="查找",
        widget=forms.TextInput(attrs=SEARCH),
        max_length=60,
    )
    kind = _any("类别", Kind.choices)
    state = _any("状态", State.choices)
    channel = _any("来源", Channel.choices)
    urgency = _any("紧急程度", Urgency.choices)
    grade = _any("风险等级", Grade.choices)
    handling_unit_id = forms.ChoiceField(label="承办单位", required=False)
    area = PlaceField(label="地点")
    board = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, on: date, places_url: str) -> None:
        super().__init__(data, auto_id="filter_%s", initial={"board": data.get("board", "")})
        self.fields["handling_unit_id"].choices = [EVERYTHING, *units(on)[1:]]  # type: ignore[attr-defined]
        self.fields["area"].widget = PlaceSelect(places_url)

    def chosen(self) -> dict[str, Any]:
        """The filters that were understood; one that was not is as good as none, and shows as wrong."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if "area" in found:
            found["area"] = territory.area(found["area"]).range
        return found
