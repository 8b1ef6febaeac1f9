"""How two agencies come together: what each declares complete, and what each signs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpch.accounts.models import Agency

from .assessment import Assessment
from .submission import Submission


class Declaration(models.Model):
    """An agency's word that its answers are complete; taken back by deleting it, while the comparison is closed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="declarations")
    agency = models.CharField(max_length=8, choices=Agency.Kind)
    declared_at = models.DateTimeField(default=timezone.now)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "agency"], name="declaration_once_an_agency"),
            models.CheckConstraint(condition=Q(agency__in=["customs", "police"]), name="declaration_agency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.agency}"


class Attestation(models.Model):
    """One agency's signature under the digest of the submission to be made.

    It stands while the assessment names it (`Assessment.customs_attestation`, `police_attestation`), and goes with the
    `submission` that it was given for. That an edit voided it, or somebody took it back, is in the log. `agreed_by`
    names who agreed for an agency in which nobody has an account, where the other agency's coordinator records it; else
    it is empty. `attested_by_name` is what its person was called when they attested.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="attestations")
    agency = models.CharField(max_length=8, choices=Agency.Kind)
    digest = models.CharField(max_length=64)
    agreed_by = models.CharField(max_length=200, blank=True, default="")
    attested_at = models.DateTimeField(default=timezone.now)
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    attested_by_name = models.CharField(max_length=120, default="")
    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="attestations"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(agency__in=["customs", "police"]), name="attestation_agency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.agency}"
