"""Fields that forms of several modules share."""

from typing import Any

from django import forms

PHOTO_TYPES = "image/*"
FILL_IN, CHOOSE = "请填写{label}。", "请选择{label}。"


class PlainForm(forms.Form):
    """Says what is missing by its name; a field with a sentence of its own keeps it."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
                is_choice = isinstance(field, forms.ChoiceField | forms.FileField)
                field.error_messages["required"] = (CHOOSE if is_choice else FILL_IN).format(
                    label=field.label
                )
        super().full_clean()


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


def photo_field(label: str, *, accept: str = PHOTO_TYPES) -> FilesField:
    return FilesField(label=label, required=False, widget=Files(attrs={"accept": accept}))
