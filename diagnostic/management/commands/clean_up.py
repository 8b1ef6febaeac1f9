"""Deletes what is no longer needed, such as expired sessions and finished tasks; to be run once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from diagnostic.actions.clean_up import clean_up


class Command(BaseCommand):
    """Print one line for each kind, with the number deleted."""

    help = "Delete expired sessions, cache entries, finished tasks, and other rows and files that are no longer needed."

    def handle(self, **options: Any) -> None:
        for kind, number in clean_up().items():
            self.stdout.write(f"{kind.capitalize()} deleted: {number}.")
