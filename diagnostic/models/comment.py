"""What people say to each other about a question: the two agencies, the secretariat, or both sides."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cpch.accounts.models import Agency

from .append_only import AppendedRow
from .assessment import Assessment
from .submission import Submission


class Comment(AppendedRow):
    """One comment in the thread of one question; never changed or deleted.

    The country's own discussion belongs to the assessment alone; the secretariat's comments, and the country's answers
    to the shared ones, belong to a submission. Holds the writer's name at that time and the agency they wrote for, ""
    for the secretariat.
    """

    class Audience(models.TextChoices):
        AGENCIES = "agencies"
        INTERNAL = "internal"
        SHARED = "shared"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="comments")
    submission = models.ForeignKey(Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="comments")
    question = models.CharField(max_length=10)
    audience = models.CharField(max_length=8, choices=Audience)
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    written_by_name = models.CharField(max_length=120)
    written_by_agency = models.CharField(max_length=8, choices=Agency.Kind, blank=True, default="")

    class Meta(AppendedRow.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="agencies", submission__isnull=True)
                | Q(audience__in=["internal", "shared"], submission__isnull=False),
                name="comment_stands_where_its_audience_reads",
            )
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.audience}"
