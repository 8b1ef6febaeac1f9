"""Shortens leases, so that the work of many killed workers is resumed within minutes."""

from datetime import timedelta

from django.apps import AppConfig


class ShortLeases(AppConfig):
    name = "tests.short_leases"
    path = ""

    def ready(self) -> None:
        from diagnostic.actions import leases, reports, wakes

        leases.LASTS = timedelta(seconds=4)
        leases.RENEWED_EVERY = timedelta(seconds=1)
        wakes.PAUSE = timedelta(seconds=4)
        # One and the same rendering is killed here more often than on any site.
        reports.MOST_ATTEMPTS = 10_000
