"""Ends sessions that have not passed the second factor, and leads to its set-up whoever must have one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from diagnostic.actions.audit import record

from .second_factor import has_passed, is_held_up

OPEN_WITHOUT = {
    "security",
    "security-app",
    "security-key-add",
    "security-key-begin",
    "security-prove",
    "account_logout",
}
"""What someone reaches who must have a second factor and has none yet: its set-up, and the way out."""


class SecondFactorGate:
    """Middleware: asked before every view, at no query, for session and person are read anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the view answer, or lead to the set-up. A session that ends is signed out before its view answers."""
        person = request.user
        if not person.is_authenticated:
            return None
        if not has_passed(request, person):
            record(act="person.session_ended", by=person)
            logout(request)
            messages.info(request, _("The second factor of your account has changed. Sign in again."))
            return None
        if request.resolver_match.url_name in OPEN_WITHOUT or not is_held_up(person):
            return None
        if request.htmx:
            return HttpResponseClientRedirect(resolve_url("security"))
        return redirect("security")
