"""How every page refuses what a person may not see (404) or do (403), and logs the attempt outside every assessment.

A page that finds nothing never asks whether there is something for somebody else: what exists elsewhere and what does
not exist take the same queries.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from diagnostic.actions.attempts import record_attempt

from .sources import source_of

PATH_LENGTH = 200


def hidden(request: HttpRequest) -> Http404:
    """The 404 to raise for what does not exist for this person, whether it exists or not; logs the attempt."""
    log_attempt(request, "access.hidden")
    return Http404()


def require(is_allowed: bool, request: HttpRequest, refusal: PermissionDenied | None = None) -> None:
    """Raise `refusal`, or a plain `PermissionDenied` (403), and log the attempt, unless the person may do this."""
    if not is_allowed:
        log_attempt(request, "access.refused")
        raise refusal or PermissionDenied()


def log_attempt(request: HttpRequest, act: str) -> None:
    """Log that this request was refused, with its path and method (at most 6 queries)."""
    record_attempt(
        act=act,
        by=request.user,
        source=source_of(request),
        path=request.path[:PATH_LENGTH],
        method=request.method or "",
    )
