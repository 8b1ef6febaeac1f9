"""An assessment: one country, one period, one instrument version; its answers are in response."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diagnostic.core import workflow


class Marking(models.TextChoices):
    """The labels of TLP 2.0 (FIRST); never translated."""

    CLEAR = "TLP:CLEAR", "TLP:CLEAR"
    GREEN = "TLP:GREEN", "TLP:GREEN"
    AMBER = "TLP:AMBER", "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"
    RED = "TLP:RED", "TLP:RED"


class Assessment(models.Model):
    """One country's diagnostic for one period. `state` changes only through the transition table.

    `customs_declaration` and `police_declaration` are the declarations in force, which freeze the agencies' answers.
    They are kept in the row that every save locks, so that no save can follow a declaration. Before the comparison
    opens, nothing sent to the other agency's people or the country's observers may reveal either of them.

    `customs_attestation` and `police_attestation` are the valid signatures under what would be submitted now: clearing
    them here, in the row that every save has locked, voids them.
    """

    class Mode(models.TextChoices):
        JOINT = workflow.JOINT, _("One joint session")
        SEPARATE = workflow.SEPARATE, _("Each agency for itself")

    class State(models.TextChoices):
        DRAFT = workflow.DRAFT, _("Draft")
        COMPARING = workflow.COMPARING, _("Comparing")
        SUBMITTED = workflow.SUBMITTED, _("Submitted")
        IN_REVIEW = workflow.IN_REVIEW, _("In review")
        RETURNED = workflow.RETURNED, _("Returned for clarification")
        ACCEPTED = workflow.ACCEPTED, _("Accepted")
        WITHDRAWN = workflow.WITHDRAWN, _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    country = models.ForeignKey("accounts.Country", on_delete=models.PROTECT, related_name="assessments")
    instrument = models.ForeignKey("diagnostic.InstrumentVersion", on_delete=models.PROTECT, related_name="+")
    instrument_digest = models.CharField(max_length=64)
    period = models.CharField(_("period"), max_length=40)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.JOINT)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    marking = models.CharField(_("marking"), max_length=16, choices=Marking, default=Marking.AMBER)
    is_disclosed_to_partners = models.BooleanField(_("disclosed to partners once accepted"), default=False)
    allows_statistics = models.BooleanField(_("anonymous figures may be used in statistics"), default=False)
    target_level = models.PositiveSmallIntegerField(_("target"), null=True, blank=True)
    comparison_opened_at = models.DateTimeField(null=True, blank=True)
    customs_declaration = models.ForeignKey(
        "Declaration", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    police_declaration = models.ForeignKey(
        "Declaration", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    customs_attestation = models.ForeignKey(
        "Attestation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    police_attestation = models.ForeignKey(
        "Attestation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state_changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "period"], condition=~Q(state=workflow.WITHDRAWN), name="one_assessment_a_period"
            ),
            models.CheckConstraint(condition=Q(state__in=workflow.STATES), name="assessment_state_known"),
            models.CheckConstraint(condition=Q(mode__in=workflow.MODES), name="assessment_mode_known"),
            models.CheckConstraint(condition=Q(marking__in=list(Marking)), name="assessment_marking_known"),
            models.CheckConstraint(
                condition=Q(target_level__isnull=True) | Q(target_level__range=(1, 5)), name="assessment_target_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country}, {self.period}"

    @property
    def standing_attestations(self) -> dict[str, int]:
        """The keys of the attestations that stand, by agency; a change of an answer or a setting voids them."""
        keys = {"customs": self.customs_attestation_id, "police": self.police_attestation_id}
        return {agency: key for agency, key in keys.items() if key is not None}

    def has_declared(self, agency: str) -> bool:
        """Whether the declaration of `agency` is in force; False if it is not an agency (no query)."""
        return bool({"customs": self.customs_declaration_id, "police": self.police_declaration_id}.get(agency))
