"""Addresses of the public desk."""

from django.urls import path

from yicun.triage import views

app_name = "triage"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("follow", views.follow, name="follow"),
    path("follow/supplement", views.supplement, name="supplement"),
    path("follow/rate", views.rate, name="rate"),
]
