"""A rendered report: one file for one report data, edition, language and format; earlier files are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from .lease import LeasedRow


class ReportFile(LeasedRow):
    """A file that is to be or has been rendered, stored under the SHA-256 of its report data.

    `data` is the report data, canonical JSON: the input of the rendering process. Once the file is ready, `name` is its
    name in the reports storage, and `sha256` (in hexadecimal) and `size` (in bytes) describe the file as made: a file
    that differs is not served. A queued file is being rendered while a worker holds its lease. `attempts` is the number
    of renderings started since `requested_by` requested it; `started_at` is the start of the last one.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
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
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "edition", "language", "format"], name="report_file_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "ready", "failed"]), name="report_file_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "requested_by"], name="report_file_queue")]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.edition} {self.language} {self.format}"

    @classmethod
    def outstanding(cls) -> QuerySet[ReportFile]:
        """The files that are waiting or being rendered."""
        return cls.objects.filter(state=cls.State.QUEUED)
