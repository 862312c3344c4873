from yicun.matters.forms.filters import FilterForm, TargetForm
from yicun.matters.forms.recording import RecordForm
from yicun.matters.forms.reveal import RevealForm
from yicun.matters.forms.setting import StepForm
from yicun.matters.forms.steps import STEP_FORMS, step_form

__all__ = ["STEP_FORMS", "FilterForm", "RecordForm", "RevealForm", "StepForm", "TargetForm", "step_form"]
