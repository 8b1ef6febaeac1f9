"""A submission: an assessment frozen, numbered and digested at the moment it was handed in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from .assessment import Assessment


class Submission(models.Model):
    """Written once and never changed.

    `snapshot` is canonical JSON with the responses, the marking and disclosure, the instrument version, the scoring
    version and the result; `digest` is the SHA-256 of its bytes, so that anyone can recompute it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    snapshot = models.TextField()
    digest = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    index_shown = models.CharField(max_length=4, blank=True, default="")
    marking = models.CharField(max_length=16)
    is_disclosed_to_partners = models.BooleanField()
    allows_statistics = models.BooleanField()
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["assessment", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return f"{self.assessment}, {self.number}"
