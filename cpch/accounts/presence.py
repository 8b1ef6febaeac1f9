"""Whether anybody in an agency has had an account, or an open invitation, since a given time."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, Q

from .models import Agency, Invitation, Membership


def has_had_people(kind: Any, country: Any, since: Any) -> Exists | Any:
    """A condition: since `since`, somebody of the agency has had an account or an invitation that could be accepted.

    `kind` is "customs" or "police", `country` a country's key; each, like `since`, may be an `OuterRef`. If the time is
    not known (a deactivation without one, a move to another agency), the answer is yes: the claim that an agency has
    nobody must be certain.
    """
    agency: dict[str, Any] = {"agency__kind": kind, "agency__country": country}
    ended_before = Q(user__is_active=False, user__deactivated_at__lt=since)
    members = Membership.objects.filter(**agency).exclude(ended_before)
    invited = Invitation.objects.filter(**agency)
    unused = Q(accepted_at__isnull=True) & ~Q(withdrawn_at__lt=since) & ~Q(expires_at__lt=since)
    # People who accepted and are still in the agency are members, checked above; people who moved did so at an unknown
    # time.
    moved = Q(accepted_at__isnull=False) & ~Q(accepted_by__membership__agency=F("agency"))
    joined = Q(accepted_at__gte=since)
    left = Agency.objects.filter(kind=kind, country=country, last_left_at__gte=since)
    return Exists(members) | Exists(invited.filter(unused | moved | joined)) | Exists(left)
