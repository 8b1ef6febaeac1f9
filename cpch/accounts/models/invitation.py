"""An invitation by e-mail: a single-use link that expires. Only the digest of its token is kept."""

from __future__ import annotations

import hashlib

from django.db import models
from django.utils import timezone

from .address import AddressKeyField
from .country import Agency, Country
from .membership import Role, belongs_where_its_role_says
from .user import User


class Invitation(models.Model):
    """An offer of one role to one e-mail address, open until accepted, withdrawn or expired.

    `invited_by` is the person who answers for it: its maker, or the last person who renewed it.
    """

    email = models.EmailField(max_length=254)
    address_key = AddressKeyField(db_index=True)
    role = models.CharField(max_length=16, choices=Role)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    organisation = models.CharField(max_length=120, blank=True, default="")
    token_digest = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [belongs_where_its_role_says("invitation")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.email}"

    @property
    def is_open(self) -> bool:
        """Whether the link can still be used now."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()

    @staticmethod
    def digest_of(token: str) -> str:
        """SHA-256 of a link's token, in hexadecimal: what the database holds instead of the token."""
        return hashlib.sha256(token.encode()).hexdigest()
