"""For what purpose a party's name and telephone are wanted in full."""

from django import forms

from yicun.matters.terms import ReadPurpose


class RevealForm(forms.Form):
    purpose = forms.ChoiceField(label="查看目的", choices=[("", "为什么要看"), *ReadPurpose.choices])
