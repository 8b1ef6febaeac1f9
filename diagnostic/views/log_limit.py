"""The limit on log pages per person."""

from __future__ import annotations

from django.http import HttpRequest

from cpch.accounts import limits
from cpch.limits import LOG_PAGES


def count_log_page(request: HttpRequest) -> None:
    """Count one page of a log for the signed-in person (1 query, at most 9). Raises `LimitReached`."""
    limits.count(LOG_PAGES, str(request.user.pk))
