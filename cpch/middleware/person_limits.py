"""Answers a person who has reached a limit of cpch/limits.py: 429, with the end of the limit and what they typed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from cpch.accounts.sources import source_of
from cpch.limits import LimitReached
from diagnostic.actions.attempts import record_attempt

TYPED = ("text", "email", "verified")
"""The fields of the limited forms whose text the page shows."""


class PersonLimits:
    """Middleware: answer a view's `LimitReached`. Its act was rolled back and is logged (at most 6 queries)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Log the refusal and explain it; ignore other exceptions."""
        if not isinstance(exception, LimitReached):
            return None
        record_attempt(act="limit.refused", by=request.user, source=source_of(request), limit=exception.limit.name)
        typed = [request.POST[name] for name in TYPED if request.POST.get(name)]
        context = {"limit": exception.limit, "until": exception.until, "typed": typed}
        response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(exception.seconds)
        return response
