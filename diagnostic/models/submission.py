"""A submission: an assessment frozen, numbered and digested at the moment it was handed in."""

from __future__ import annotations

import uuid
from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils import timezone

from diagnostic.core.submission_file import Frozen, Receipt, parse_receipt, parse_snapshot

from .append_only import AppendedRow
from .assessment import Assessment
from .instrument_text import InstrumentText


class Submission(AppendedRow):
    """Written once and never changed.

    `snapshot` is canonical JSON with everything that both agencies attested; `digest` is the SHA-256 of its bytes, so
    that anyone can recompute it. `receipt` is canonical JSON with the facts of submitting: who attested and who
    submitted, by their names at that time. Its digest is in the log. Reports and pages use only these two; the other
    columns are for queries.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="submissions")
    instrument = models.ForeignKey(InstrumentText, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    snapshot = models.TextField()
    digest = models.CharField(max_length=64)
    receipt = models.TextField()
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    index_shown = models.CharField(max_length=4, blank=True, default="")
    marking = models.CharField(max_length=16)
    is_disclosed_to_partners = models.BooleanField()
    allows_statistics = models.BooleanField()
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta(AppendedRow.Meta):
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["assessment", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return f"{self.assessment}, {self.number}"

    @cached_property
    def frozen(self) -> Frozen:
        """The parsed snapshot; loaded first if it was deferred (1 query)."""
        return parse_snapshot(self.snapshot)

    @cached_property
    def received(self) -> Receipt:
        """The parsed receipt (no query)."""
        return parse_receipt(self.receipt)
