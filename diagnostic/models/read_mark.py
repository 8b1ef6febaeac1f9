"""How far a person has read what is said about a question of a submission."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from .submission import Submission


class ReadMark(models.Model):
    """That a person has read one question of a submission, with what was said about it `up_to` that moment.

    It is the reader's own and no act on the assessment: nobody else is shown it, and the log does not hold it.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="read_marks")
    question = models.CharField(max_length=10)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    up_to = models.DateTimeField()
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "question", "person"], name="read_mark_once_a_reader")
        ]

    def __str__(self) -> str:
        return f"{self.submission}, {self.question}: {self.person}"
