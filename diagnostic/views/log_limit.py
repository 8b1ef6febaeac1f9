"""How many pages of a log one person opens in a minute; what they show is for each view to say."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils import timezone

from cpch.limits import LOG_PAGES, LimitReached


def count_log_page(request: HttpRequest) -> None:
    """Count one page of a log for the signed-in person, in the cache. Raises `LimitReached`."""
    seconds = int(LOG_PAGES.window.total_seconds())
    rates = {"log_page": f"{LOG_PAGES.most}/{seconds}s/user"}
    if not ratelimit.consume(request, app="cpch", action="log_page", config=rates, limit_get=True):
        raise LimitReached(LOG_PAGES, timezone.now() + LOG_PAGES.window)
