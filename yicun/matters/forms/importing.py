"""Which file to take in, and which of its columns means what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from yicun.base.forms import PlainForm
from yicun.base.sheets import Column
from yicun.matters.queries.importing import mapping_names
from yicun.matters.terms import Channel, Kind

GUESSED = ("", "按表头自动对应")
NOT_IN_FILE = ("", "（文件里没有）")
BROUGHT = {"board": "留言板导出的表", "board_with_replies": "留言板导出的表（带答复）"}
TABLES = ".xlsx,.csv,.xls,.ods,.txt"


class ImportForm(PlainForm):
    file = forms.FileField(label="表格文件", widget=forms.FileInput(attrs={"accept": TABLES}))
    channel = forms.ChoiceField(label="来源", choices=Channel.choices, initial=Channel.BOARD)
    kind = forms.ChoiceField(label="没有写明类别的，都算", choices=Kind.choices, initial=Kind.SERVICE)
    mapping_name = forms.ChoiceField(label="列的对应", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(name, BROUGHT.get(name, name)) for name in mapping_names()]
        self.fields["mapping_name"].choices = [GUESSED, *known]  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """One choice per column that the platform knows: the header of the file that holds it."""

    def __init__(
        self, data: Any, *, columns: Sequence[Column], header: Sequence[str], mapping: Mapping[str, str]
    ) -> None:
        super().__init__(data, prefix="column", initial=dict(mapping))
        headers = [NOT_IN_FILE, *((name, name) for name in dict.fromkeys(header) if name)]
        for column in columns:
            self.fields[column.name] = forms.ChoiceField(label=column.label, required=False, choices=headers)


def chosen_columns(data: Mapping[str, Any]) -> dict[str, str]:
    """The choices as sent; empty when the form was not shown yet."""
    start = "column-"
    return {
        name.removeprefix(start): str(data[name]) for name in data if name.startswith(start) and data[name]
    }
