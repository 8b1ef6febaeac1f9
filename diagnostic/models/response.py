"""A voice's answer to a question, and every revision of it; what an answer may hold is core.responses."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from diagnostic.core.instrument import BASES
from diagnostic.core.responses import NATIONAL, VOICES
from diagnostic.core.responses import Evidence as Document

from .assessment import Assessment
from .submission import Submission

STATUSES = ("answered", "not_applicable", "unknown")


class Response(models.Model):
    """One row for each question and voice, created blank at the start, so that a save is always an update.

    `version` counts the saves; a save names the version it was based on. Evidence is in its own table. `agreement` is
    why customs and police agreed on this national answer; `confirms` is the submission whose answer was confirmed as
    still true, until the next save. `is_agreed` is False only for a national answer that two agencies have proposed and
    not yet recorded as agreed; such an answer does not count. `head` is the hash of the last of its `revision_count`
    revisions, "" without any (see actions.revisions). Two attributes are not columns: `has_voided`, set by a save that
    voided the agencies' attestations, and `documents`, the evidence if it was read with the row.
    """

    has_voided = False
    documents: Sequence[Document] | None = None

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="responses")
    voice = models.CharField(max_length=8)
    question = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=16, default="answered")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    basis = models.CharField(max_length=10, blank=True, default="")
    narrative = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    authority = models.JSONField(default=dict, blank=True)
    areas = models.JSONField(default=dict, blank=True)
    topics = models.JSONField(default=list, blank=True)
    challenges = models.JSONField(default=list, blank=True)
    agreement = models.TextField(blank=True, default="")
    is_agreed = models.BooleanField(default=True)
    confirms = models.ForeignKey(Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revision_count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "voice", "question"], name="response_once"),
            models.CheckConstraint(condition=Q(voice__in=VOICES), name="response_voice_known"),
            models.CheckConstraint(
                condition=Q(is_agreed=True) | Q(voice=NATIONAL), name="response_only_national_is_proposed"
            ),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="response_status_known"),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(1, 5)), name="response_level_1_to_5"
            ),
            models.CheckConstraint(condition=Q(basis__in=("", *BASES)), name="response_basis_known"),
            models.CheckConstraint(
                condition=Q(status="answered") | Q(level__isnull=True), name="response_level_only_when_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voice} {self.question}"


class ResponseRevision(models.Model):
    """The full content of one save, in the form of the interchange file; never changed or deleted.

    `was_kept` is False for a text that its writer set aside for another's after a conflict. `is_agreed` is False for a
    proposed national answer, as in `Response`. `number` counts every revision of the answer from 1, including these.
    `hash` covers the content of the revision and `previous`, the hash of the previous revision: see actions.revisions.
    `saved_for` is the writer's agency at that time, whatever the voice: nobody acts for the other one in an assessment.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    content = models.JSONField()
    agreement = models.TextField(blank=True, default="")
    confirms = models.ForeignKey(Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_agreed = models.BooleanField(default=True)
    was_kept = models.BooleanField(default=True)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_for = models.CharField(max_length=8, blank=True, default="")
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["response", "number"]
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="revision_once_a_number"),
            models.UniqueConstraint(
                fields=["response", "version"], condition=Q(was_kept=True), name="revision_once_a_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response} v{self.version}"
