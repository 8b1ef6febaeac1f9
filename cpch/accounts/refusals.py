"""How pages refuse what a person may not see (404) or do (403); attempts are logged outside every assessment.

A page never checks whether an object exists for somebody else: hidden and missing objects take the same queries.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from diagnostic.actions.attempts import record_attempt

from .sources import source_of

PATH_LENGTH = 200


def hidden(request: HttpRequest) -> Http404:
    """The 404 to raise for an object that is hidden from this person or does not exist; logs the attempt."""
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
