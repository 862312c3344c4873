"""The walk through routes and templates notices what nobody met."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from tests.house.walk import Walk, never_met, own_routes


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "matters/",
        include(([path("", page, name="board"), path("<uuid:id>/", page, name="show")], "matters")),
    ),
    path("leave/", RedirectView.as_view(url="/")),
]


def test_walk_lists_own_routes_and_leaves_out_given_ones() -> None:
    assert list(own_routes(urlpatterns)) == ["matters/", "matters/<uuid:id>/"]


@pytest.mark.urls(__name__)
def test_walk_reports_a_route_that_no_request_met() -> None:
    walk = Walk()
    walk.requested(environ={"PATH_INFO": "/matters/"})
    walk.requested(environ={"PATH_INFO": "/nowhere/"})
    assert never_met("route", own_routes(urlpatterns), walk.routes) == ["route matters/<uuid:id>/"]
