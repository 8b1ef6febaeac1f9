"""Every address of the site: people and sign-in, then the diagnostic."""

from django.urls import include, path

handler400 = "cpch.pages.unreadable"
handler500 = "cpch.busy.failed"

urlpatterns = [
    path("", include("cpch.accounts.urls")),
    path("", include("diagnostic.urls")),
]
