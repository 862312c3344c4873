"""One form per step, asking for nothing but what the step needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from yicun.base.forms import PlainForm, photo_field
from yicun.force.terms.leave import SigningKind
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused, sentence
from yicun.matters.forms.fields import FILE_TYPES, NOT_CHOSEN, line, units, words
from yicun.matters.queries import visible_to
from yicun.matters.terms import Action, Grade, PauseReason, Satisfaction, Urgency

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


class StepForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting

    def given(self) -> dict[str, Any]:
        """What the service is called with."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}


class Remark(StepForm):
    text = words("说明", rows=2)


class Said(StepForm):
    text = words("内容", required=True)


class Reason(StepForm):
    reason = words("理由", required=True)


class Assess(StepForm):
    urgency = forms.ChoiceField(label="紧急程度", choices=Urgency.choices, widget=forms.RadioSelect)
    grade = forms.ChoiceField(label="风险等级", choices=[("", "不分级"), *Grade.choices], required=False)
    text = words("研判意见", rows=2)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        initial = {"urgency": setting.urgency, "grade": setting.grade} | kwargs.pop("initial", {})
        super().__init__(*args, setting=setting, initial=initial, **kwargs)
        if not setting.is_graded:
            del self.fields["grade"]


class Accept(Assess):
    """Most matters are read once: whoever accepts one may assess it with the same press."""

    is_assessed_too = forms.BooleanField(label="同时研判（按下面所选）", required=False, initial=True)
    text = words("说明", rows=2)
    field_order = ("version", "is_assessed_too", "urgency", "grade", "text")

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, setting=setting, **kwargs)
        self.fields["urgency"].required = False

    def clean_urgency(self) -> str:
        return self.cleaned_data["urgency"] or self.setting.urgency


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


class CoHandling(StepForm):
    unit_id = forms.TypedChoiceField(label="协办单位", coerce=int)
    text = words("请协办什么", required=True)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, setting=setting, **kwargs)
        self.fields["unit_id"].choices = units(setting.on)  # type: ignore[attr-defined]


class Merge(StepForm):
    into = line(label="并入哪一件的编号", required=True, max_length=20)
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


class Pause(StepForm):
    pause_reason = forms.ChoiceField(label="暂停原因")
    text = words("说明", required=True, rows=2)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, setting=setting, **kwargs)
        allowed = [one for one in PauseReason if one in setting.pauses and one is not PauseReason.DEFERRAL]
        self.fields["pause_reason"].choices = [(one.value, one.label) for one in allowed]  # type: ignore[attr-defined]


class RequestExtension(StepForm):
    amount = forms.IntegerField(label="延长多少", min_value=1, max_value=365)
    reason = words("理由", required=True)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, setting=setting, **kwargs)
        most, unit = setting.extension_most, setting.extension_unit
        self.fields["amount"].label = f"延长多少{unit}"
        self.fields["amount"].help_text = f"最多 {most} {unit}" if most else ""


class FeedBack(StepForm):
    result = words("办理结果", required=True, rows=5, hint="做了什么、结果怎样、群众知道了没有")
    photos = photo_field("照片或附件", accept=FILE_TYPES)


class Verify(StepForm):
    text = words("核验情况", rows=2)
    is_closed_too = forms.BooleanField(label="同时办结", required=False, initial=True)
    satisfaction = forms.ChoiceField(
        label="群众满意度", choices=[NOT_CHOSEN, *Satisfaction.choices], required=False
    )

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        """What is closed by signature only is not closed along with verifying it."""
        super().__init__(*args, setting=setting, **kwargs)
        if setting.is_closing_signed:
            del self.fields["is_closed_too"], self.fields["satisfaction"]


class Close(StepForm):
    satisfaction = forms.ChoiceField(
        label="群众满意度", choices=[NOT_CHOSEN, *Satisfaction.choices], required=False
    )
    text = words("说明", rows=2)


class AskApproval(StepForm):
    """For a signature: what is asked, why, and what the step will need."""

    ask = forms.ChoiceField(label="请示什么")
    reason = words("理由和处理意见", required=True, rows=4)
    unit_id = forms.TypedChoiceField(label="移交给哪个单位", coerce=int, required=False, empty_value=None)
    satisfaction = forms.ChoiceField(
        label="群众满意度", choices=[NOT_CHOSEN, *Satisfaction.choices], required=False
    )

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, setting=setting, **kwargs)
        kinds = [SigningKind(kind) for kind in setting.asks]
        self.fields["ask"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        if SigningKind.TRANSFER in kinds:
            self.fields["unit_id"].choices = units(setting.on, setting.suggested)  # type: ignore[attr-defined]
        else:
            del self.fields["unit_id"]
        if SigningKind.CLOSING not in kinds:
            del self.fields["satisfaction"]


class Instruct(StepForm):
    text = words("批示内容", required=True)
    due_on = forms.DateField(
        label="请在哪天前回复",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    unit_id = forms.TypedChoiceField(label="交给哪个单位", coerce=int, required=False, empty_value=None)
    is_led = forms.BooleanField(label="由我包案", required=False)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        initial = {"due_on": setting.reply_by} | kwargs.pop("initial", {})
        super().__init__(*args, setting=setting, initial=initial, **kwargs)
        self.fields["unit_id"].choices = [(str(key), name) for key, name in setting.addressees]  # type: ignore[attr-defined]


class Rate(StepForm):
    satisfaction = forms.ChoiceField(label="群众满意度", choices=[NOT_CHOSEN, *Satisfaction.choices])
    text = words("说明", rows=2)


class Attach(StepForm):
    photos = photo_field("照片或附件", accept=FILE_TYPES)

    def clean_photos(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["photos"]
        if not files:
            raise forms.ValidationError("请选择文件。")
        return files


STEP_FORMS: dict[str, type[StepForm]] = {
    Action.ACCEPT: Accept,
    Action.DECLINE: Reason,
    Action.MERGE: Merge,
    Action.ASSESS: Assess,
    Action.ASSIGN: Assign,
    Action.TAKE: Remark,
    Action.RETURN_BACK: Reason,
    Action.ADD_CO_HANDLER: CoHandling,
    Action.ANSWER_AS_CO_HANDLER: Said,
    Action.PAUSE: Pause,
    Action.RESUME: Remark,
    Action.REQUEST_EXTENSION: RequestExtension,
    Action.APPROVE_EXTENSION: Remark,
    Action.REFUSE_EXTENSION: Reason,
    Action.ASK_APPROVAL: AskApproval,
    Action.DEFER: Reason,
    Action.REACTIVATE: Remark,
    Action.FEED_BACK: FeedBack,
    Action.VERIFY: Verify,
    Action.REWORK: Reason,
    Action.CLOSE: Close,
    Action.REOPEN: Reason,
    Action.REMIND: Said,
    Action.INSTRUCT: Instruct,
    Action.ACCEPT_REPLY: Remark,
    Action.SEND_BACK_REPLY: Reason,
    Action.REPLY: Said,
    Action.RATE: Rate,
    Action.NOTE: Said,
    Action.ATTACH: Attach,
}


def step_form(
    action: str, *, version: int, setting: Setting, data: Any = None, files: Any = None
) -> StepForm:
    """A blank form, or the one that was sent. Ids carry the action: several forms stand on one page."""
    return STEP_FORMS[action](
        data,
        files,
        setting=setting,
        initial={"version": version},
        auto_id=f"{action}_%s",
        use_required_attribute=True,
    )
