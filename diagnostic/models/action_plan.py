"""The action plan of a country: its actions and what its people say to each other about them."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diagnostic.core import action_plan
from diagnostic.core.action_plan import Urgency, find_urgency

from .assessment import Assessment


class Action(models.Model):
    """One thing that a country means to do. `state` changes only through the table of core.action_plan.

    It is made on an `assessment` and rests on one of its recommendations, or on a question or a theme, or on nothing
    (a free action). `level_before` is the level of what it rests on when it was planned. `version` counts the changes;
    a change names the version it was based on. `reason` is why it was dropped last, `proof` what shows that it is done.
    """

    class State(models.TextChoices):
        PLANNED = action_plan.PLANNED, pgettext_lazy("state of an action", "Planned")
        UNDER_WAY = action_plan.UNDER_WAY, pgettext_lazy("state of an action", "Under way")
        DONE = action_plan.DONE, pgettext_lazy("state of an action", "Done")
        DROPPED = action_plan.DROPPED, pgettext_lazy("state of an action", "Dropped")

    class Lead(models.TextChoices):
        CUSTOMS = "customs", _("Customs")
        POLICE = "police", _("Police")
        BOTH = action_plan.BOTH, _("Customs and police")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    country = models.ForeignKey("accounts.Country", on_delete=models.PROTECT, related_name="actions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=action_plan.MAX_TITLE)
    recommendation = models.CharField(max_length=40, blank=True, default="")
    question = models.CharField(max_length=10, blank=True, default="")
    theme = models.CharField(max_length=40, blank=True, default="")
    to_level = models.PositiveSmallIntegerField(null=True, blank=True)
    level_before = models.PositiveSmallIntegerField(null=True, blank=True)
    lead = models.CharField(max_length=8, choices=Lead, default=Lead.BOTH)
    support = models.CharField(max_length=8, choices=Lead, blank=True, default="")
    responsible = models.CharField(max_length=action_plan.MAX_RESPONSIBLE, blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    reason = models.TextField(blank=True, default="")
    proof = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    planned_at = models.DateTimeField(default=timezone.now)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state_changed_at = models.DateTimeField(default=timezone.now)
    state_changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["country", "number"], name="action_number_once"),
            models.UniqueConstraint(
                fields=["country", "recommendation"],
                condition=Q(state__in=action_plan.OPEN) & ~Q(recommendation=""),
                name="one_open_action_a_recommendation",
            ),
            models.CheckConstraint(condition=Q(state__in=action_plan.STATES), name="action_state_known"),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(reason=""), name="action_dropped_with_reason"),
            models.CheckConstraint(condition=~Q(title=""), name="action_has_title"),
            models.CheckConstraint(
                condition=Q(lead__in=action_plan.LEADS, support="")
                | Q(lead="customs", support="police")
                | Q(lead="police", support="customs"),
                name="action_agencies_known",
            ),
            models.CheckConstraint(
                condition=Q(to_level__isnull=True) | Q(to_level__range=(1, 5)), name="action_to_level_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(level_before__isnull=True) | Q(level_before__range=(1, 5)), name="action_before_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country_id} {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in action_plan.OPEN

    @property
    def agencies(self) -> tuple[str, ...]:
        """The agencies that lead or support it."""
        return action_plan.agencies_of(self.lead, self.support)

    def urgency(self, today: date) -> Urgency:
        """Whether it is overdue or due soon on the day `today`."""
        return find_urgency(self.state, self.due_on, today)


class ActionRevision(models.Model):
    """What one change left standing of an action, whole; never changed or deleted."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["action", "version"], name="action_revision_once_a_version")]

    def __str__(self) -> str:
        return f"{self.action} v{self.version}"


class ActionComment(models.Model):
    """One contribution to the thread of an action, read by the country's own people; never changed or deleted."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.action)
