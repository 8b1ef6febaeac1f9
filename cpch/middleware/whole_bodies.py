"""Refuses a request whose body is incomplete, so that no view ever stores part of a text as the whole."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _

Handler = Callable[[HttpRequest], HttpResponse]


def whole_bodies(get_response: Handler) -> Handler:
    """Middleware: compare the bytes received with Content-Length before anything reads the form.

    WSGI servers pass on a short body without an error, and Django would parse it as if it were complete. A short body
    gets 400; a body without a length, such as a chunked one, gets 411, because nothing shows whether it is complete.
    Methods other than POST carry no form and get 405. The body is read into memory whatever its type:
    request_sizes.py, which comes before, limits it, and none of our forms uploads files.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return get_response(request)
        length = request.META.get("CONTENT_LENGTH") or ""
        if "HTTP_TRANSFER_ENCODING" in request.META or not (length.isascii() and length.isdigit()):
            return _refuse(request, HTTPStatus.LENGTH_REQUIRED)
        try:
            is_whole = len(request.body) == int(length)
        except UnreadablePostError:
            is_whole = False
        if not is_whole:
            return _refuse(request, HTTPStatus.BAD_REQUEST)
        return get_response(request)

    return answer


def _refuse(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        message = _("The server received only part of this.")
        return JsonResponse({"kind": "cut_short", "message": message}, status=status)
    return render(request, "400.html", status=status)
