"""Every address of the product, mounted in one visible list."""

from allauth.account import views as sign_in
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

from yicun.config.api import api

# Not allauth's whole list: whatever works by e-mail would let a visitor send mail through this server. Two pages say
# what a person does instead, under the names that allauth links to.
by_mail = {"http_method_names": ["get", "head", "options"]}
account: list[URLPattern | URLResolver] = [
    path("signup/", sign_in.signup, name="account_signup"),
    path("inactive/", sign_in.account_inactive, name="account_inactive"),
    path("reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("password/change/", sign_in.password_change, name="account_change_password"),
    path("password/set/", sign_in.password_set, name="account_set_password"),
    path(
        "password/reset/",
        TemplateView.as_view(template_name="account/password_reset.html", **by_mail),
        name="account_reset_password",
    ),
    path("email/", TemplateView.as_view(template_name="account/email.html", **by_mail), name="account_email"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yicun.portal.urls")),
    path("matters/", include("yicun.matters.urls")),
    path("tasks/", include("yicun.relief.urls")),
    path("meetings/", include("yicun.orglife.urls")),
    path("public/", include("yicun.triage.urls")),
    path("api/v1/", api.urls),
    path("account/", include(account)),
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-out/", sign_in.logout, name="account_logout"),
]

handler400 = "yicun.base.pages.not_accepted"
handler404 = "yicun.base.pages.not_found"
handler500 = "yicun.base.pages.out_of_order"
