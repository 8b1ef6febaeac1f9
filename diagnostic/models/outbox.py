"""The outbox: one item for each act with a notice, and its recipients."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from .audit import AuditEntry
from .lease import LeasedRow


class OutboxItem(LeasedRow):
    """The notice of one act, until it is delivered to everyone or given up.

    `kind` is a key of `diagnostic.mail.letters.LETTERS`; the act's log entry has the facts, and recipients and text are
    computed on delivery. `made_at` is when the item was queued, or last retried by an administrator.
    """

    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=32)
    made_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    last_fault = models.CharField(max_length=200, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["next_try_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "kind"], name="outbox_item_once")]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], name="outbox_outstanding", condition=Q(done_at=None, given_up_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}"

    @classmethod
    def outstanding(cls) -> QuerySet[OutboxItem]:
        """The items that are neither delivered nor given up."""
        return cls.objects.filter(done_at=None, given_up_at=None)


class OutboxRecipient(models.Model):
    """One address of an item. `told_at` is when the mail server accepted the e-mail; `refusal`, why it last did not.

    `person` is None for an invitation, which goes to an address. `refusal` is an SMTP code with its text, shortened.
    """

    item = models.ForeignKey(OutboxItem, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    address = models.EmailField(max_length=254)
    told_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "address"], name="outbox_recipient_once")]

    def __str__(self) -> str:
        return self.address
