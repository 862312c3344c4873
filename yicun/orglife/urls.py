"""Addresses of the meetings."""

from django.urls import path

from yicun.orglife import views

app_name = "orglife"

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("new", views.hold, name="hold"),
    path("matters", views.counted, name="counted"),
    path("<uuid:meeting_id>/", views.detail, name="detail"),
    path("<uuid:meeting_id>/minutes", views.write_minutes, name="write_minutes"),
    path("<uuid:meeting_id>/decisions", views.decide, name="decide"),
    path("<uuid:meeting_id>/print", views.print_minutes, name="print"),
]
