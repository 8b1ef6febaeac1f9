"""Hourly counts of refused attempts by network address; the first attempts of each hour are in the log."""

from __future__ import annotations

from django.db import models


class SourceHour(models.Model):
    """The number of refused attempts from `source`, a network address, in the hour that begins at `hour`."""

    source = models.CharField(max_length=64)
    hour = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "hour"], name="source_hour_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.hour:%Y-%m-%d %H}: {self.number}"
