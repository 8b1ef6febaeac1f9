"""The full instruments that submissions are based on, each stored once under its digest."""

from __future__ import annotations

from django.db import models

from .append_only import AppendedRow


class InstrumentText(AppendedRow):
    """The canonical JSON of an instrument version at the first submission that used it.

    `digest` is the SHA-256 of `content`. Reports of submissions are made from this, not from the instrument's rows.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.TextField()

    def __str__(self) -> str:
        return self.digest
