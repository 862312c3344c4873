"""Fields that forms of several modules share."""

from typing import Any

from django import forms

PHOTO_TYPES = "image/*"


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
