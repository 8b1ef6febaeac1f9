"""Retrying undelivered e-mail, by an administrator."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diagnostic.models import OutboxItem
from diagnostic.permissions import can_manage_mail

from . import audit, wakes
from .clock import now


@transaction.atomic
def try_again(*, item_id: int, by: Any) -> bool:
    """Retry an undelivered item for another three days; return whether it exists. Raises `PermissionDenied`."""
    if not can_manage_mail(by):
        raise PermissionDenied
    at = now()
    given_up = OutboxItem.objects.filter(pk=item_id, given_up_at__isnull=False)
    found = given_up.update(given_up_at=None, made_at=at, next_try_at=at, attempts=0)
    if found:
        audit.record(act="mail.try_again", by=by, item=item_id)
        wakes.wake(wakes.DELIVER_MAIL)
    return bool(found)
