"""A coordinator proposed for an agency, to be invited or declined by an administrator."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .address import AddressKeyField
from .country import Agency
from .invitation import Invitation
from .user import User


class CoordinatorProposal(models.Model):
    """The person proposed as coordinator of `agency`, by whom and why, and the decision.

    `verified` is how the administrator verified the person, `reason` why they declined. An administrator who starts the
    procedure makes the proposal themselves.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for the secretariat")
        APPROVED = "approved", _("Invited")
        DECLINED = "declined", _("Declined")
        TAKEN_BACK = "taken_back", _("Taken back")

    email = models.EmailField(max_length=254)
    address_key = AddressKeyField(db_index=True)
    full_name = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="proposals")
    why = models.TextField()
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verified = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    invitation = models.OneToOneField(
        Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "declined", "taken_back"]), name="proposal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="proposal_decided_with_its_state",
            ),
            models.CheckConstraint(
                condition=(Q(state="approved", invitation__isnull=False) & ~Q(verified=""))
                | (~Q(state="approved") & Q(invitation__isnull=True)),
                name="proposal_approved_with_how_verified",
            ),
            models.UniqueConstraint(
                fields=["agency", "address_key"], condition=Q(state="open"), name="proposal_open_once_an_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.email}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
