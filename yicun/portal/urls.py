"""Addresses of the frame: home, inbox, what is kept on the device, health."""

from django.urls import path

from yicun.portal import views
from yicun.portal.views import leave, signing

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<uuid:notice_id>/read/", views.read_notice, name="read_notice"),
    path("me/", views.me, name="me"),
    path("signing/", signing.queue, name="signing"),
    path("signing/together/", signing.sign_together, name="sign_together"),
    path("signing/<slug:source>/<uuid:paper_id>/<slug:act>/", signing.decide, name="decide"),
    path("leave/", leave.leave, name="leave"),
    path("leave/absences/", leave.note_absence, name="note_absence"),
    path("leave/absences/<uuid:absence_id>/end/", leave.end_absence, name="end_absence"),
    path("leave/delegations/", leave.delegate, name="delegate"),
    path("leave/delegations/<uuid:delegation_id>/recall/", leave.recall, name="recall"),
    path("feedback/", views.complain, name="complain"),
    path("outbox/", views.outbox, name="outbox"),
    path("large-print/", views.large_print, name="large_print"),
    path("sw.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
