"""Taking in a table: look at it first, then record what is sound, and get the rest back in one's own sheet.

Between the steps the file lies aside, for a day; its address travels in a signed token that only its sender can use.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core import signing
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yicun.base import pages, vault
from yicun.base.sheets import mark_errors, read_table, write_template
from yicun.kernel.refusals import Refused
from yicun.matters import services
from yicun.matters.forms.importing import ImportForm, MappingForm, chosen_columns
from yicun.matters.services import importing
from yicun.matters.services.importing import Preview, Source

SALT = "matters.import"
DAY = 24 * 3600
PROBLEMS_SHOWN = 20
TEMPLATE = "matters/matter_import.html"


@pages.member_required
def choose_file(request: pages.Request) -> HttpResponse:
    if request.method != "POST":
        return render(request, TEMPLATE, {"form": ImportForm()})
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form}, status=422)
    file = form.cleaned_data["file"]
    try:
        source = Source(
            path=vault.aside(vault.put_aside(file, name=file.name)),
            name=file.name,
            **{name: form.cleaned_data[name] for name in ("channel", "kind", "mapping_name")},
        )
        return _preview(request, source)
    except Refused as refused:
        context = {"form": form, "refusal": pages.spoken(refused)}
        return render(request, TEMPLATE, context, status=refused.status)


@require_POST
@pages.member_required
def preview(request: pages.Request) -> HttpResponse:
    """Again, with other columns; under a name the county uses them for its next files as well."""
    source, name = _source(request, request.POST), request.POST.get("mapping_name", "").strip()
    if name and source.mapping:
        columns = dict(source.mapping)
        services.save_mapping(name=name, columns=columns, actor=request.actor, now=timezone.now())
    return _preview(request, source)


@require_POST
@pages.member_required
def commit(request: pages.Request) -> HttpResponse:
    source = _source(request, request.POST)
    summary = importing.commit(source=source, actor=request.actor, now=timezone.now())
    context = {"summary": summary, "source": source, "token": _token(request, source)}
    return render(request, "matters/matter_import_report.html", context)


@pages.member_required
def download_errors(request: pages.Request) -> FileResponse:
    """The sender's own sheet, with red cells and the reasons."""
    source = _source(request, request.GET)
    seen = importing.preview(source=source, actor=request.actor, now=timezone.now())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        mark_errors(source.path, seen.summary.problems, path, name=source.name)
        # The sender's own name may be longer than this disk allows.
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"{Path(source.name).stem}.xlsx")


@pages.member_required
def download_template(request: pages.Request) -> FileResponse:
    """An empty sheet with drop-downs and notes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matters.xlsx"
        write_template(path, importing.columns_at(timezone.now()))
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def _preview(request: pages.Request, source: Source) -> HttpResponse:
    try:
        seen = importing.preview(source=source, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.code != "import.nothing_mapped":
            raise
        return _choose_columns(request, source, refused)
    settled = replace(source, mapping=seen.mapping)
    context = {
        "seen": seen,
        "summary": seen.summary,
        "source": source,
        "token": _token(request, settled),
        "form": MappingForm(None, columns=seen.columns, header=seen.header, mapping=seen.mapping),
        "problems": _first_problems(seen),
    }
    return render(request, "matters/matter_import_preview.html", context)


def _choose_columns(request: pages.Request, source: Source, refused: Refused) -> HttpResponse:
    """No column was recognised: the person says which one holds what."""
    header = read_table(source.path, name=source.name).header
    columns = importing.columns_at(timezone.now())
    context = {
        "source": source,
        "token": _token(request, source),
        "form": MappingForm(None, columns=columns, header=header, mapping={}),
        "refusal": pages.spoken(refused),
    }
    return render(request, "matters/matter_import_preview.html", context, status=refused.status)


def _first_problems(seen: Preview) -> list[tuple[int, list[str]]]:
    first = sorted(seen.summary.problems.items())[:PROBLEMS_SHOWN]
    return [(number, [one.sentence for one in found]) for number, found in first]


def _token(request: pages.Request, source: Source) -> str:
    told = {
        "file": source.path.name,
        "name": source.name,
        "channel": source.channel,
        "kind": source.kind,
        "mapping": dict(source.mapping or {}),
        "account": str(request.actor.account_id),
    }
    return signing.dumps(told, salt=SALT, compress=True)


def _source(request: pages.Request, sent: Any) -> Source:
    try:
        told = signing.loads(sent.get("token", ""), salt=SALT, max_age=DAY)
    except signing.BadSignature as bad:
        raise Refused("import.token_unknown") from bad
    if told["account"] != str(request.actor.account_id):
        raise Refused("import.token_unknown")
    return Source(
        path=_waiting(told["file"]),
        name=told["name"],
        channel=told["channel"],
        kind=told["kind"],
        mapping=chosen_columns(sent) or told["mapping"],
    )


def _waiting(sha256: str) -> Path:
    try:
        return vault.aside(sha256)
    except Refused as gone:
        raise Refused("import.token_unknown") from gone
