"""The agency that a person acts for in an assessment, permanently."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpch.accounts.models import Agency

from .assessment import Assessment


class Side(models.Model):
    """Written with a person's first act for their agency in an assessment, in the same transaction; never changed.

    A saved answer does not write one: its revision holds the agency (`ResponseRevision.saved_for`).
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="sides")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=8, choices=Agency.Kind)
    acted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "person", "agency"], name="side_once"),
            models.CheckConstraint(condition=Q(agency__in=["customs", "police"]), name="side_agency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.person}, {self.agency}"
