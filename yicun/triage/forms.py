"""The forms of the public desk: as few fields as will do."""

from typing import Any

from django import forms

from yicun.base.forms import PlainForm, photo_field
from yicun.kernel.ids import uuid7
from yicun.triage.queries import villages
from yicun.triage.services import Report
from yicun.triage.terms import RATINGS, Concern

MOST_WORDS = 2_000


class ReportForm(PlainForm):
    use_required_attribute = False

    id = forms.UUIDField(widget=forms.HiddenInput)
    concern = forms.ChoiceField(label="类别", choices=Concern.choices, widget=forms.RadioSelect)
    body = forms.CharField(
        label="什么事",
        max_length=MOST_WORDS,
        help_text="写清在哪里、什么情况、希望怎样解决。",
        error_messages={"required": "请写一句话，说明是什么事。"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    area = forms.ChoiceField(label="哪个村（社区）", required=False)
    place_text = forms.CharField(label="详细地点", required=False, max_length=200)
    photos = photo_field("照片（最多 3 张）")
    name = forms.CharField(label="您的姓名", required=False, max_length=60)
    phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    # Filled in by programs only: people do not see it.
    website = forms.CharField(label="请勿填写", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", "不清楚"), *villages()]  # type: ignore[attr-defined]

    def clean_photos(self) -> list[Any]:
        """Pictures alone: from somebody unknown no document is taken in."""
        return [forms.ImageField().clean(photo) for photo in self.cleaned_data["photos"]]

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.cleaned_data["website"])

    def report(self) -> Report:
        given = self.cleaned_data
        return Report(
            id=given["id"],
            concern=given["concern"],
            body=given["body"],
            area_code=int(given["area"]) if given["area"] else None,
            place_text=given["place_text"],
            name=given["name"],
            phone=given["phone"],
            photos=given["photos"],
        )


def blank() -> dict[str, Any]:
    return {"id": uuid7(), "concern": Concern.HAZARD.value}


class FollowForm(PlainForm):
    use_required_attribute = False

    code = forms.CharField(
        label="查询码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class SupplementForm(PlainForm):
    use_required_attribute = False

    text = forms.CharField(label="补充情况", max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3}))


class RatingForm(PlainForm):
    use_required_attribute = False

    satisfaction = forms.ChoiceField(label="您对办理结果", choices=RATINGS, widget=forms.RadioSelect)
    text = forms.CharField(
        label="想说的话", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
