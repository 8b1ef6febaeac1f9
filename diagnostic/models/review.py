"""The secretariat's review: assignments, reviews, clarifications, and opinions beside the country's answers.

Rows are only ever added: a later version replaces the previous one, and taking something back is a version too. Rows
hold their writers' names at that time.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cpch.accounts.models import Agency

from .append_only import AppendedRow, AppendOnly
from .assessment import Assessment
from .submission import Submission


class Versions(AppendOnly):
    """Versioned rows, of which the latest counts; `LINE` of the model defines what is versioned together."""

    def latest_versions(self) -> Versions:
        """The latest version of each item, including those taken back."""
        same = {name: OuterRef(name) for name in self.model.LINE}
        return self.exclude(Exists(self.model._base_manager.filter(**same, version__gt=OuterRef("version"))))

    def standing(self) -> Versions:
        """The latest version of each item, except those taken back."""
        return self.latest_versions().filter(is_taken_back=False)


class Review(AppendedRow):
    """A reviewer taking up a submission; open until its `Closing`."""

    class Outcome(models.TextChoices):
        RETURNED = "returned"
        ACCEPTED = "accepted"

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="review")
    taken_up_at = models.DateTimeField(default=timezone.now)
    taken_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_up_by_name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.submission}: {self.outcome or 'open'}"

    @property
    def outcome(self) -> str:
        """The outcome, "" while the review is open; load the closing with it to save a query."""
        closing = self._closing
        return closing.outcome if closing else ""

    @property
    def remark(self) -> str:
        closing = self._closing
        return closing.remark if closing else ""

    @property
    def closed_at(self) -> datetime | None:
        closing = self._closing
        return closing.closed_at if closing else None

    @property
    def closed_by_name(self) -> str:
        closing = self._closing
        return closing.closed_by_name if closing else ""

    @property
    def _closing(self) -> Closing | None:
        return getattr(self, "closing", None)


class Closing(AppendedRow):
    """The end of a review."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="closing")
    outcome = models.CharField(max_length=8, choices=Review.Outcome)
    remark = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_by_name = models.CharField(max_length=120)

    class Meta(AppendedRow.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["returned", "accepted"]), name="closing_outcome_known")
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.outcome}"


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


class Opinion(AppendedRow):
    """A version of a reviewer's opinion on a question's level, with its reason and the country's reply.

    It is shown beside the country's answer and never replaces it. Each act adds a complete version: giving or changing
    the opinion, replying, changing the reply, and taking the opinion back. `awaits_reply` is true if the country has
    not replied to the opinion in this version; it may change its reply while the submission is its latest.
    """

    LINE = ("submission", "question")

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="opinions")
    question = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    is_taken_back = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField()
    reason = models.TextField()
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_by_name = models.CharField(max_length=120)
    reply = models.TextField(blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    replied_by_name = models.CharField(max_length=120, blank=True, default="")
    replied_by_agency = models.CharField(max_length=8, choices=Agency.Kind, blank=True, default="")
    awaits_reply = models.BooleanField(default=True)

    objects = Versions.as_manager()

    class Meta(AppendedRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["submission", "question", "version"], name="opinion_once_a_version"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="opinion_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.submission}, {self.question}: {self.level}"


class Clarification(AppendedRow):
    """A version of the reviewer's clarification request on one question; shown to the country after the return."""

    LINE = ("review", "question")

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="clarifications")
    question = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    is_taken_back = models.BooleanField(default=False)
    text = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=120)

    objects = Versions.as_manager()

    class Meta(AppendedRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["review", "question", "version"], name="clarification_once_a_version")
        ]

    def __str__(self) -> str:
        return self.question
