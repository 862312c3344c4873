"""What every step's form is made of, and what it may offer for one matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from yicun.base.forms import PlainForm
from yicun.kernel.actor import Actor
from yicun.matters.terms import Urgency

ANYBODY = ("", "由承办单位安排")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a step's form may offer for this matter."""

    actor: Actor
    on: date
    urgency: str = Urgency.ORDINARY.value
    grade: str = ""
    is_graded: bool = True
    suggested: Sequence[tuple[int, str]] = ()
    members: Sequence[tuple[UUID, str]] = ()
    pauses: Sequence[str] = ()
    members_url: str = ""
    extension_most: int = 0
    extension_unit: str = ""
    asks: Sequence[str] = ()
    is_closing_signed: bool = False
    reply_by: date | None = None
    addressees: Sequence[tuple[int, str]] = ()
    handling_unit_id: int = 0
    may_send_out: bool = True
    successors: Sequence[tuple[UUID, str]] = ()


class StepForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting

    def given(self) -> dict[str, Any]:
        """What the service is called with."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}
