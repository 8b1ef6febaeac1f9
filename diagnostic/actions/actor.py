"""Checks that the acting person's role has not changed since the request began."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from cpch.accounts.models import Membership
from cpch.accounts.permissions import membership_of


def require_unchanged(by: Any) -> None:
    """Raise `PermissionDenied` if `by` was deactivated or changed role since they were loaded (1 query).

    For acts whose effect outlasts the person's access. Call it under the lock that deactivating and moving also take.
    """
    then = membership_of(by)
    now = Membership.objects.filter(user=by.pk, user__is_active=True).first()
    if then is None or now is None or (then.role, then.agency_id) != (now.role, now.agency_id):
        raise PermissionDenied
