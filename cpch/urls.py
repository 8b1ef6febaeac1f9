"""Every address of the site: people and sign-in, then the diagnostic."""

from django.urls import include, path

urlpatterns = [
    path("", include("cpch.accounts.urls")),
    path("", include("diagnostic.urls")),
]
