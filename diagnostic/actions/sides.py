"""Two keys, two hands: a person who acted for one agency in an assessment can never act for the other."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from diagnostic.models import Assessment, Side
from diagnostic.permissions import is_of_country
from diagnostic.permissions_sql import asks_side, has_acted_otherwise, person_values

from .clock import now
from .errors import ActsForOther


def take_side(*, assessment: Assessment, by: Any) -> None:
    """Bind `by` to their agency in `assessment`, which the caller has locked (2 queries, 3 the first time).

    Raises `ActsForOther` if they acted for the other agency before, or had an open invitation to it since the
    assessment began.
    """
    agency = person_values(by)["own_agency"]
    if asks_side(by, assessment):
        raise ActsForOther(agency)
    if agency:
        Side.objects.get_or_create(assessment=assessment, person=by, agency=agency, defaults={"acted_at": now()})


def refusal(by: Any, assessment: Assessment) -> PermissionDenied:
    """Why `by` may not act in `assessment`, in plain words if they acted for the other agency."""
    if is_of_country(by, assessment) and has_acted_otherwise(by, assessment):
        return ActsForOther(person_values(by)["own_agency"])
    return PermissionDenied()
