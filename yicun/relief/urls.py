"""Addresses of the task lists and campaigns."""

from django.urls import path

from yicun.relief import views

app_name = "relief"

urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("export", views.export, name="export"),
    path("new", views.propose, name="propose"),
    path("<uuid:demand_id>/", views.detail, name="detail"),
    path("<uuid:demand_id>/matters", views.counted, name="counted"),
    path("<uuid:demand_id>/print", views.print_report, name="print"),
    path("<uuid:demand_id>/<slug:action>/", views.take_step, name="take_step"),
]
