"""A rendered report: one file for one report data, edition, language and format; earlier files are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ReportFile(models.Model):
    """A file that is being or has been rendered, stored under the SHA-256 of its report data.

    `data` is the report data, canonical JSON: the input of the rendering process. Once the file is ready, `name` is its
    name in the reports storage, and `sha256` (in hexadecimal) and `size` (in bytes) describe the file as made: a file
    that differs is not served.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RENDERING = "rendering"
        READY = "ready"
        FAILED = "failed"

    digest = models.CharField(max_length=64)
    edition = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    format = models.CharField(max_length=5)
    data = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    name = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "edition", "language", "format"], name="report_file_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "rendering", "ready", "failed"]), name="report_file_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.edition} {self.language} {self.format}"
