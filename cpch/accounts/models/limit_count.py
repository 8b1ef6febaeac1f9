"""Counts of attempts within the window of a limit; the counting is in accounts/limits.py."""

from __future__ import annotations

from django.db import models


class LimitCount(models.Model):
    """The number of attempts that count against one limit until `ends_at`.

    `key` names the limit and whom it is for, `about` the account; both hold a keyed hash in place of the address.
    """

    key = models.CharField(max_length=100, unique=True)
    about = models.CharField(max_length=64, blank=True, default="", db_index=True)
    number = models.PositiveIntegerField(default=1)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.number}"
