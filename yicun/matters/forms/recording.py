"""The form on which a matter is written down. Short on top; what is rarely needed is folded away."""

from typing import Any
from uuid import UUID

from django import forms

from yicun.base.forms import PlainForm, photo_field
from yicun.kernel.ids import uuid7
from yicun.kernel.refusals import Refused, sentence
from yicun.matters.forms.fields import NOT_CHOSEN, Choices, PlaceField, PlaceSelect, line, words
from yicun.matters.queries import categories
from yicun.matters.rules.drafting import NAME, PHONE, PLACE, TITLE, Draft, PartyDraft
from yicun.matters.rules.kinds import FIELDS, Field
from yicun.matters.terms import CHOICES, DETAIL_LABELS, Channel, Kind, PartyRole, Urgency

# What the rules refuse without naming a field of the form, and the field that it is about.
ABOUT = {
    "matter.title_missing": "body",
    "matter.name_is_a_number": "name",
    "matter.happened_in_future": "happened_at",
    "value.date_out_of_range": "happened_at",
}
CHANNELS = (Channel.DOORSTEP, Channel.RECEPTION, Channel.HOTLINE_12345, Channel.POLICE_110, Channel.PUBLIC)


def detail_name(kind: str, name: str) -> str:
    """Two kinds may have a field of one name; on the form every kind has its own."""
    return f"{kind}-{name}"


class RecordForm(PlainForm):
    use_required_attribute = False

    id = forms.UUIDField(widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="类别", choices=Kind.choices, widget=forms.RadioSelect)
    body = words(
        "什么事",
        required=True,
        rows=4,
        hint="写清什么人、什么事、要什么；第一行就是标题",
        missing="请写一句话，说明是什么事。",
    )
    area = PlaceField(label="地点")
    place_text = line(label="门牌、地名", max_length=PLACE)
    photos = photo_field("照片")
    is_urgent = forms.BooleanField(label="紧急：须马上处理", required=False)
    name = line(label="反映人姓名", max_length=NAME)
    phone = line(label="反映人电话", max_length=PHONE, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    title = line(label="标题（不填则取第一行）", max_length=TITLE)
    channel = forms.ChoiceField(
        label="来源", choices=[(one.value, one.label) for one in CHANNELS], required=False
    )
    happened_at = forms.DateTimeField(
        label="发生时间（不填则为现在）",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, places_url: str, served: Choices | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].widget = PlaceSelect(places_url, served)
        for kind in Kind:
            for field in FIELDS[kind]:
                self.fields[detail_name(kind.value, field.name)] = _detail(field)

    def kinds(self) -> list[dict[str, Any]]:
        """Each kind with the fields that only it has: those it cannot do without, and the rest."""
        chosen = self["kind"].value()
        return [self._kind(value, label, value == chosen) for value, label in Kind.choices]

    def _kind(self, value: str, label: Any, is_chosen: bool) -> dict[str, Any]:
        fields = [(field.is_required, self[detail_name(value, field.name)]) for field in FIELDS[Kind(value)]]
        more = [bound for is_required, bound in fields if not is_required]
        return {
            "value": value,
            "label": label,
            "is_chosen": is_chosen,
            "required": [bound for is_required, bound in fields if is_required],
            "more": more,
            "is_filled": any(bound.value() or bound.errors for bound in more),
        }

    def wrong(self) -> list[forms.BoundField]:
        """The fields that have to be put right, in the order of the page."""
        return [bound for bound in self.visible_fields() if bound.errors]

    def blame(self, refused: Refused) -> None:
        """Say what the rules refused beside the field it is about, when there is one."""
        kind, label = self.cleaned_data["kind"], refused.facts.get("field")
        details = {DETAIL_LABELS[field.name]: detail_name(kind, field.name) for field in FIELDS[kind]}
        name = ABOUT.get(refused.code) or details.get(str(label))
        if name:
            self.add_error(name, sentence(refused))

    def draft(self) -> Draft:
        """Called when valid; what the rules think of it is theirs to say."""
        given = self.cleaned_data
        kind = given["kind"]
        names = {field.name: detail_name(kind, field.name) for field in FIELDS[kind]}
        return Draft(
            id=given["id"],
            kind=kind,
            title=given["title"],
            body=given["body"],
            channel=given["channel"] or Channel.DOORSTEP.value,
            details={name: self.data.get(sent, "") for name, sent in names.items()},
            area_code=given["area"],
            place_text=given["place_text"],
            lon=given["lon"],
            lat=given["lat"],
            happened_at=given["happened_at"],
            urgency=(Urgency.URGENT if given["is_urgent"] else Urgency.ORDINARY).value,
            parties=(PartyDraft(PartyRole.REPORTER.value, given["name"], given["phone"]),),
        )


def blank(kind: str, area: int | None) -> dict[str, Any]:
    return {"id": fresh_id(), "kind": kind, "area": area, "channel": Channel.DOORSTEP.value}


def fresh_id() -> UUID:
    return uuid7()


def _detail(field: Field) -> forms.Field:
    """Typed text only: whether it is acceptable is decided by `rules.kinds`."""
    label = DETAIL_LABELS[field.name]
    if field.kind == "yes_no":
        return forms.BooleanField(label=label, required=False)
    widget: forms.Widget = forms.TextInput(attrs={"maxlength": field.most})
    if field.kind == "choice":
        widget = forms.Select(choices=[NOT_CHOSEN, *CHOICES[field.choices].items()])
    elif field.kind == "category":
        widget = forms.Select(choices=[NOT_CHOSEN, *_grouped(categories().get(field.scheme, {}))])
    elif field.kind == "text":
        widget = forms.Textarea(attrs={"rows": 2, "maxlength": field.most})
    elif field.kind == "integer":
        widget = forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4})
    elif field.kind == "date":
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.CharField(label=label, required=False, widget=widget)


def _grouped(labels: dict[str, str]) -> list[tuple[str, Any]]:
    """Classes of four digits under their class of two; a scheme without levels stays a plain list."""
    tops = {code: label for code, label in labels.items() if len(code) == 2}
    below = {
        top: [(code, label) for code, label in labels.items() if code != top and code.startswith(top)]
        for top in tops
    }
    if not any(below.values()):
        return list(labels.items())
    return [(label, [(top, label), *below[top]]) for top, label in tops.items()]
