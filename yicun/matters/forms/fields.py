"""Fields that several forms share: a place, a unit, photos."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django import forms

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused, sentence
from yicun.territory import queries as territory
from yicun.territory.terms import AreaKind, UnitKind

Choices = list[tuple[str, Any]]
NOT_CHOSEN = ("", "请选择")
FILE_TYPES = "image/*,.pdf,.docx,.xlsx,.doc,.xls,.txt,.csv,.mp3,.m4a,.amr,.wav,.mp4"


class PlaceSelect(forms.Select):
    """All villages by town, those served first; a place found by the picker that is no village is added when chosen."""

    def __init__(self, places_url: str = "", served: Choices | None = None) -> None:
        self.served = served or []
        near = " ".join(code for code, _ in self.served)
        super().__init__(attrs={"data-picker": "", "data-src": places_url, "data-near": near})

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        chosen = value[0] if value else ""
        offered: Choices = [("", "未注明（全县）"), *villages()]
        known = {code for _, group in offered[1:] for code, _ in group}
        if self.served:
            offered.insert(1, ("我负责的村", self.served))
        if chosen and chosen not in known and chosen.isdigit() and territory.has_area(int(chosen)):
            offered.insert(1, (chosen, territory.short_path_of(int(chosen))))
        self.choices = offered
        return super().optgroups(name, value, attrs)


class PlaceField(forms.CharField):
    """The code of an area that exists, or None."""

    widget = PlaceSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 15 and territory.has_area(int(text))):
            raise forms.ValidationError(sentence(Refused("matter.area_unknown", code=text[:20])))
        return int(text)


def words(
    label: str, *, required: bool = False, rows: int = 3, hint: str = "", missing: str = ""
) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "placeholder": hint} if hint else {"rows": rows})
    said = {"required": missing} if missing else None
    return forms.CharField(label=label, required=required, widget=area, error_messages=said)


line = partial(forms.CharField, required=False)


def served_by(actor: Actor) -> Choices:
    """The villages that postings name; a posting to a whole town or county names none."""
    places = (
        place for post in actor.posts for first, _ in post.ranges for place in territory.chain_of(first)
    )
    found = [territory.area(code) for code in dict.fromkeys(places) if territory.has_area(code)]
    return [(str(each.code), each.name) for each in found if each.kind == AreaKind.VILLAGE]


def villages() -> Choices:
    """Villages under their towns, as groups of options."""
    return [
        (town.name, [(str(village.code), village.name) for village in inside])
        for town, inside in territory.villages_by_town()
    ]


def units(on: date, suggested: Iterable[tuple[int, str]] = ()) -> Choices:
    """Units as groups of options; those suggested stand first, each with the reason."""
    hints = [(str(unit_id), label) for unit_id, label in suggested]
    found = territory.all_units(on)
    police = [(str(unit.id), unit.short_name or unit.name) for unit in found if unit.kind != UnitKind.PARTNER]
    partners = [
        (str(unit.id), unit.short_name or unit.name) for unit in found if unit.kind == UnitKind.PARTNER
    ]
    groups: Choices = [("建议", hints)] if hints else []
    return [NOT_CHOSEN, *groups, ("公安", police), ("协同单位", partners)]
