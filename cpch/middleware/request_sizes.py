"""Refuses a request by its Content-Length, before any of its body is read, parsed or written to disk."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from cpch.limits import ANONYMOUS_BYTES, FORM_BYTES, FORM_FIELDS

Handler = Callable[[HttpRequest], HttpResponse]
KIB = 1024


def limit_sizes(get_response: Handler) -> Handler:
    """Middleware: refuse a body of more than `FORM_BYTES`, or `ANONYMOUS_BYTES` if nobody is signed in.

    The user is loaded only above `ANONYMOUS_BYTES`, and the view reuses it (0 further queries). The body of a refused
    request is not read.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        size = _size_of(request)
        if size <= ANONYMOUS_BYTES:
            return get_response(request)
        limit = FORM_BYTES if request.user.is_authenticated else ANONYMOUS_BYTES
        return get_response(request) if size <= limit else too_large(request, limit)

    return answer


def _size_of(request: HttpRequest) -> int:
    """The declared length; a form without a valid one is refused by whole_bodies."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return 0
    # int() raises an error for thousands of digits.
    return int(length) if len(length) < 20 else FORM_BYTES + 1


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """413 with the limit and what to do. Makes no query.

    The script that saves one answer gets its question, or, after the session has ended, a request to sign in: the
    answer is kept on the device, and is within the limit once its writer has signed in again.
    """
    if not _takes_json(request):
        context = {"limit": limit // KIB, "is_anonymous": limit == ANONYMOUS_BYTES}
        return render(request, "413.html", context, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    question = _question_of(request)
    if question and limit == ANONYMOUS_BYTES:
        said = {"kind": "sign_in", "question": question, "message": _("You have been signed out.")}
        return JsonResponse(said, status=HTTPStatus.UNAUTHORIZED)
    message = _("This was not saved: it is larger than %(limit)d KiB. Shorten it, or save it in parts.")
    said = {"kind": "too_large", "message": message % {"limit": limit // KIB}, "question": question}
    return JsonResponse(said, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def too_many_fields(request: HttpRequest) -> HttpResponse:
    """413 for a form with more than `FORM_FIELDS` fields, such as one with hundreds of documents."""
    if _takes_json(request):
        message = _("This was not saved: it has more than %(most)d fields. Save it in parts.") % {"most": FORM_FIELDS}
        said = {"kind": "too_large", "message": message, "question": _question_of(request)}
        return JsonResponse(said, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return render(request, "413.html", {"fields": FORM_FIELDS}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _takes_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _question_of(request: HttpRequest) -> str:
    """The question in the URL, or ""."""
    try:
        return str(resolve(request.path_info).kwargs.get("code", ""))
    except Resolver404:
        return ""
