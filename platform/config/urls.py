"""Addresses of the whole platform."""

from django.urls import include, path

urlpatterns = [
    path("", include("negotiation.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("negotiation.api.urls")),
]
