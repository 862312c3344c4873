"""The complaint form."""

from django import forms


class ComplaintForm(forms.Form):
    text = forms.CharField(
        label="您的意见",
        help_text="哪一页、哪一步不好用，多余的、重复的、看不懂的，都请写下来。",
        error_messages={"required": "请写下您的意见。"},
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)
