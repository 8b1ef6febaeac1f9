"""The append-only, hash-chained log: main and sealed chains for each assessment, and one chain for the whole site."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from diagnostic.core.instrument import AGENCIES

from .append_only import AppendedRow
from .assessment import Assessment


class AuditChain(models.Model):
    """The head of one chain: the entry count and the last hash, so that a truncated tail is detected.

    A chain `sealed_for` an agency holds what only that agency may know before the comparison opens; "" is the main
    chain of the assessment, or the site's chain.
    """

    assessment = models.ForeignKey(
        Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_chains"
    )
    sealed_for = models.CharField(max_length=8, blank=True, default="")
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "sealed_for"], name="audit_chain_once"),
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(assessment__isnull=True),
                name="one_chain_outside_any_assessment",
            ),
            models.CheckConstraint(condition=Q(sealed_for__in=["", *AGENCIES]), name="audit_chain_sealed_for_known"),
            models.CheckConstraint(
                condition=Q(assessment__isnull=False) | Q(sealed_for=""), name="audit_chain_sealed_of_an_assessment"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.assessment or "outside"), self.sealed_for)))


class AuditEntry(AppendedRow):
    """One act: who did what, when. `hash` covers every other field and the hash of the entry before it."""

    chain = models.ForeignKey(AuditChain, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=60)
    detail = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta(AppendedRow.Meta):
        ordering = ["chain", "number"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="audit_entry_once")]
        # One person's recent acts, for the limits.
        indexes = [models.Index(fields=["by", "at"], name="audit_entry_by_at")]

    def __str__(self) -> str:
        return f"{self.chain} {self.number} {self.act}"
