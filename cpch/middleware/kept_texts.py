"""Tells the browser which of its kept texts are stored; static/js/kept_texts.js forgets no others."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse

from cpch.messages import Storage

Handler = Callable[[HttpRequest], HttpResponse]
FIELD = "kept_text"
STORED = "stored_texts"
NAME = re.compile(r"[0-9a-f]{24}\.[0-9]{1,6}", re.ASCII)
MOST = 20
"""How many names a session holds; the browser forgets a text on the first page that it loads after sending it."""


def confirm_kept_texts(get_response: Handler) -> Handler:
    """Middleware: record in the session which kept text a form submitted, once the server has stored it.

    The form names the text in its field `kept_text`. It counts as stored if the view redirects and adds a success
    message; an error, the form shown again, or a redirect without such a message does not confirm it. The names stay in
    the session, because the next page may never arrive.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and 300 <= response.status_code < 400 and _tells_success(request):
            _note(request, request.POST.get(FIELD, ""))
        return response

    return answer


def _tells_success(request: HttpRequest) -> bool:
    told = get_messages(request)
    return isinstance(told, Storage) and told.tells_success


def _note(request: HttpRequest, name: str) -> None:
    if NAME.fullmatch(name):
        held = [item for item in request.session.get(STORED, []) if item != name]
        request.session[STORED] = [*held, name][-MOST:]
