"""Wakes the worker that delivers e-mail, if anything is outstanding; run before the worker starts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from diagnostic.actions import wakes


class Command(BaseCommand):
    """A worker that was killed may have taken its last wake with it; whoever starts it again wakes it with this."""

    help = "Wake the worker that delivers e-mail, if any e-mail is outstanding."

    def handle(self, **options: Any) -> None:
        number = wakes.outstanding().count()
        if number:
            wakes.wake()
        self.stdout.write(f"Notices outstanding: {number}.")
