"""Every address of the site: people and sign-in, then the diagnostic."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
