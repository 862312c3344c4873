"""Addresses of the matter loop."""

from django.urls import path

from yicun.matters import views
from yicun.matters.views import approvals, bulk, filters, importing

app_name = "matters"

urlpatterns = [
    path("", views.board, name="board"),
    path("export", views.export, name="export"),
    path("new", views.record, name="record"),
    path("duplicates", views.duplicates, name="duplicates"),
    path("places", views.places, name="places"),
    path("import/", importing.choose_file, name="import"),
    path("import/preview", importing.preview, name="import_preview"),
    path("import/commit", importing.commit, name="import_commit"),
    path("import/errors", importing.download_errors, name="import_errors"),
    path("import/template", importing.download_template, name="import_template"),
    path("filters/", filters.filters, name="filters"),
    path("filters/<uuid:filter_id>/<slug:deed>", filters.change_filter, name="change_filter"),
    path("bulk/", bulk.bulks, name="bulks"),
    path("bulk/<uuid:bulk_id>/", bulk.bulk, name="bulk"),
    path("bulk/<uuid:bulk_id>/undo", bulk.undo, name="undo_bulk"),
    path("bulk/<uuid:bulk_id>/sheet", bulk.bulk_sheet, name="bulk_sheet"),
    path("bulk/<uuid:bulk_id>/<slug:action>/", bulk.do_deed, name="do_deed"),
    path("approvals/<uuid:approval_id>/print", approvals.print_approval, name="print_approval"),
    path("approvals/<uuid:approval_id>/word", approvals.approval_word, name="approval_word"),
    path("<uuid:matter_id>/", views.detail, name="detail"),
    path("<uuid:matter_id>/print", views.print_sheet, name="print"),
    path("<uuid:matter_id>/word", approvals.matter_word, name="word"),
    path("<uuid:matter_id>/merge-into", views.choose_merge, name="choose_merge"),
    path("<uuid:matter_id>/members", views.members, name="members"),
    path("<uuid:matter_id>/files/<uuid:attachment_id>", views.open_attachment, name="file"),
    path("<uuid:matter_id>/parties/<uuid:party_id>/", views.read_party, name="read_party"),
    path("<uuid:matter_id>/<slug:action>/", views.take_step, name="take_step"),
]
