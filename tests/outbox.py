"""The outbox in tests: run the worker's task, and see what it left."""

from __future__ import annotations

from django.core import mail
from django.core.mail import EmailMessage

from diagnostic.models import OutboxItem
from diagnostic.tasks import deliver_mail


def deliver() -> list[EmailMessage]:
    """Run the worker's task until nothing is due, and return the e-mails that it sent."""
    before = len(mail.outbox)
    deliver_mail.func()
    return list(mail.outbox[before:])


def told() -> list[str]:
    """Deliver, and return the addresses that were written to, sorted."""
    return sorted(message.to[0] for message in deliver())


def ordered() -> list[str]:
    """The kinds of all notices that were ordered so far."""
    return list(OutboxItem.objects.order_by("pk").values_list("kind", flat=True))
