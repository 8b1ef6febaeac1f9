"""Every address of the site: people and sign-in, then the diagnostic."""

from django.urls import include, path, register_converter

from cpch.converters import RowNumber

handler400 = "cpch.pages.unreadable"
handler500 = "cpch.busy.failed"

# Before the addresses that use it are loaded.
register_converter(RowNumber, "id")

urlpatterns = [
    path("", include("cpch.accounts.urls")),
    path("", include("diagnostic.urls")),
]
