"""Every address of the site: people and sign-in, then the diagnostic."""

from importlib import util

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if util.find_spec("cpch.accounts.urls"):
    urlpatterns.append(path("", include("cpch.accounts.urls")))
urlpatterns.append(path("", include("diagnostic.urls")))
