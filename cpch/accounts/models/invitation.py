"""An invitation by e-mail: a single-use link that expires. Its token is derived on demand, never stored."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from .address import AddressKeyField
from .country import Agency, Country
from .membership import Role, belongs_where_its_role_says
from .user import User

SALT_OF_LINKS = "cpch.accounts.invitation"


def new_link_nonce() -> str:
    """A random value of 128 bits, in hexadecimal."""
    return secrets.token_hex(16)


class Invitation(models.Model):
    """An offer of one role to one e-mail address, open until accepted, withdrawn or expired.

    `invited_by` is the person who answers for it: its maker, or the last person who renewed it. `link_nonce` changes
    with each renewal, and so does the token of its link.
    """

    email = models.EmailField(max_length=254)
    address_key = AddressKeyField(db_index=True)
    role = models.CharField(max_length=16, choices=Role)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    organisation = models.CharField(max_length=120, blank=True, default="")
    link_nonce = models.CharField(max_length=32, default=new_link_nonce, editable=False)
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

    @property
    def token(self) -> str:
        """The token of the link: the row's number, and an HMAC of it and the nonce with the site's secret key."""
        signature = salted_hmac(SALT_OF_LINKS, f"{self.pk}:{self.link_nonce}", algorithm="sha256")
        return f"{self.pk}-{signature.hexdigest()}"

    def has_token(self, token: str) -> bool:
        """Whether `token` is that of the current link, compared in constant time."""
        return constant_time_compare(self.token, token)

    @staticmethod
    def number_in(token: str) -> int:
        """The row's number in a token, 0 if it has none; `has_token` decides whether the token is right."""
        number = token.partition("-")[0]
        return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
