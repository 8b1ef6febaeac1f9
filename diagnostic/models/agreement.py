"""How two agencies come together: declarations, requests to open the comparison, and attestations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpch.accounts.models import Agency

from .assessment import Assessment
from .submission import Submission


class Declaration(models.Model):
    """An agency's statement that its answers are complete.

    It is in force while the assessment names it (`Assessment.customs_declaration`, `police_declaration`), and freezes
    the agency's answers. A declaration that was taken back stays on record.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="declarations")
    agency = models.CharField(max_length=8, choices=Agency.Kind)
    declared_at = models.DateTimeField(default=timezone.now)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["declared_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(agency__in=["customs", "police"]), name="declaration_agency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.agency}"


class OpeningRequest(models.Model):
    """An agency's request to open the comparison before both have declared, with its reason.

    The comparison opens once both agencies' requests are in force. A request with `taken_back_at` no longer is, but
    stays on record. Until the comparison opens, only the agency's own people can read it.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="opening_requests")
    agency = models.CharField(max_length=8, choices=Agency.Kind)
    reason = models.TextField()
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "agency"],
                condition=Q(taken_back_at__isnull=True),
                name="opening_request_once_an_agency",
            ),
            models.CheckConstraint(condition=Q(agency__in=["customs", "police"]), name="opening_request_agency_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="opening_request_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.agency}"


class Attestation(models.Model):
    """One agency's signature under the digest of the submission to be made.

    It is valid while the assessment names it (`Assessment.customs_attestation`, `police_attestation`), and afterwards
    belongs to the `submission` it was given for. The log records when an edit voided it or somebody took it back.
    `attested_by_name` is the person's name at that time.

    In a joint session with an agency without accounts, the other agency's coordinator records who agreed for it:
    `agreed_by` is that person's name, `agreed_office` their function, `agreed_on` the date of the agreement and
    `agreed_reference` the letter or minutes that prove it. All four are given, or none.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="attestations")
    agency = models.CharField(max_length=8, choices=Agency.Kind)
    digest = models.CharField(max_length=64)
    agreed_by = models.CharField(max_length=200, blank=True, default="")
    agreed_office = models.CharField(max_length=200, blank=True, default="")
    agreed_on = models.DateField(null=True, blank=True)
    agreed_reference = models.CharField(max_length=200, blank=True, default="")
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
            models.CheckConstraint(
                condition=Q(agreed_by="", agreed_office="", agreed_on__isnull=True, agreed_reference="")
                | Q(agreed_on__isnull=False) & ~Q(agreed_by="") & ~Q(agreed_office="") & ~Q(agreed_reference=""),
                name="attestation_record_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.agency}"
