"""Addresses of the frame: home, inbox, what is kept on the device, health."""

from django.urls import path

from yicun.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<uuid:notice_id>/read/", views.read_notice, name="read_notice"),
    path("me/", views.me, name="me"),
    path("feedback/", views.complain, name="complain"),
    path("outbox/", views.outbox, name="outbox"),
    path("large-print/", views.large_print, name="large_print"),
    path("sw.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
