"""The secretariat's review: who is to look, who took it up, what it asks, and its opinion beside the country's."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .assessment import Assessment
from .submission import Submission


class Review(models.Model):
    """Who took a submission up and how it ended; open while `outcome` is empty."""

    class Outcome(models.TextChoices):
        RETURNED = "returned"
        ACCEPTED = "accepted"

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="review")
    taken_up_at = models.DateTimeField(default=timezone.now)
    taken_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="")
    remark = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["", "returned", "accepted"]), name="review_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="review_closed_with_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission}: {self.outcome or 'open'}"


class Assignment(models.Model):
    """A reviewer who is to look at what a country submits, and by when."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    due_on = models.DateField()
    assigned_at = models.DateTimeField(default=timezone.now)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["assessment", "reviewer"], name="assignment_once_a_reviewer")]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.reviewer}"


class Opinion(models.Model):
    """A reviewer's view of a question's level, with its reason; it stands beside the country's answer, never for it.

    The country may reply once, and change its reply while the submission is its latest.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="opinions")
    question = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField()
    reason = models.TextField()
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reply = models.TextField(blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "question"], name="opinion_once_a_question"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="opinion_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.submission}, {self.question}: {self.level}"

    @property
    def awaits_reply(self) -> bool:
        """Whether the country has said nothing to the opinion as it stands now."""
        return self.replied_at is None or self.replied_at < self.given_at


class Clarification(models.Model):
    """What the reviewer asks about one question; the country sees it once the assessment is returned."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="clarifications")
    question = models.CharField(max_length=10)
    text = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "question"], name="clarification_once_a_question")]

    def __str__(self) -> str:
        return self.question
