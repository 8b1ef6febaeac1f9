"""What holds for every page: none is kept by a browser, none is sent empty, and none has a NUL in its address."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from cpch.middleware.request_sizes import too_many_fields

Handler = Callable[[HttpRequest], HttpResponse]
TAKEN = ("GET", "HEAD", "POST", "OPTIONS")
"""The methods that any page takes; whatever else is asked for needs no token to be told so."""


def never_stored(get_response: Handler) -> Handler:
    """Middleware: no browser or proxy keeps a page, so that after signing out nobody leafs back to answers.

    Static files are served before this; a view that says something else of its answer has the last word.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response

    return answer


def method_not_allowed(get_response: Handler) -> Handler:
    """Middleware: give a 405 its page; someone gets there by signing in again in the middle of a form."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request) if request.method in TAKEN else HttpResponseNotAllowed(TAKEN)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page

    return answer


def without_nul(get_response: Handler) -> Handler:
    """Middleware: an address with a NUL leads nowhere; PostgreSQL can neither look for it nor keep it in the log."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return answer


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that could not be read: 413 if it has too many fields, else 400.

    It stands in for Django's own, which looks for the form's token in the very body that cannot be read.
    """
    if isinstance(exception, TooManyFieldsSent):
        return too_many_fields(request)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
