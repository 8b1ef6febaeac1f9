"""What a page that asks by itself is told after its reader was signed out: to lead them to the sign-in, whole."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

Handler = Callable[[HttpRequest], HttpResponse]


def lead_to_sign_in(get_response: Handler) -> Handler:
    """Middleware: a part of a page is never replaced by the page to sign in, which then leads back to that page."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if not request.htmx or urlsplit(response.headers.get("Location", "")).path != sign_in:
            return response
        page = request.htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': page})}")

    return answer
