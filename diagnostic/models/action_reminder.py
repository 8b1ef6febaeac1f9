"""That a country's coordinators were reminded of an action of its plan."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from diagnostic.core.action_plan import URGENT

from .action_plan import Action


class ActionReminder(models.Model):
    """One reminder of an action, whose day `due_on` was near or past then; never changed or deleted.

    There is one for each day and urgency. An action that is given another day is reminded of anew.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reminders")
    urgency = models.CharField(max_length=8)
    due_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "urgency", "due_on"], name="action_reminder_once_a_day_and_urgency"
            ),
            models.CheckConstraint(condition=models.Q(urgency__in=URGENT), name="action_reminder_urgency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.urgency}"
