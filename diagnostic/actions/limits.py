"""Applies the limits of cpch/limits.py to what one person writes, counted from the log within the act."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from cpch.limits import Limit, LimitReached
from diagnostic.models import AuditEntry

from .clock import now


def require_within(limit: Limit, by: Any) -> None:
    """Check that `by` may do one more act of `limit`, inside the act's transaction (2 queries).

    The person's row stays locked to its end, so that the second of two concurrent acts counts the first; rows that
    refer to the person can still be written. The command line, for which `by` is None, has no limit. Raises
    `LimitReached`.
    """
    if by is None:
        return
    get_user_model().objects.select_for_update(no_key=True).values_list("pk").get(pk=by.pk)
    moment = now()
    done = AuditEntry.objects.filter(by=by, at__gt=moment - limit.window, at__lte=moment, act__in=limit.acts)
    times = list(done.order_by("-at").values_list("at", flat=True)[: limit.most])
    if len(times) == limit.most:
        raise LimitReached(limit, times[-1] + limit.window)
