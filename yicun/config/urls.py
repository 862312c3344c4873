"""Every address of the product, mounted in one visible list."""

from allauth.account import views as sign_in
from django.urls import URLPattern, URLResolver, include, path

from yicun.config.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yicun.portal.urls")),
    path("matters/", include("yicun.matters.urls")),
    path("public/", include("yicun.triage.urls")),
    path("api/v1/", api.urls),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    # After allauth's own list: the later of two addresses with one name is the one that links point to.
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-out/", sign_in.logout, name="account_logout"),
]

handler404 = "yicun.base.pages.not_found"
