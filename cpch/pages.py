"""The page that stands in for an answer which Django sends empty; the other error pages are templates alone."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

Handler = Callable[[HttpRequest], HttpResponse]
TAKEN = ("GET", "HEAD", "POST", "OPTIONS")
"""The methods that any page takes; whatever else is asked for needs no token to be told so."""


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
