"""Which language a person reads: on every page once they are signed in, and in every e-mail."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from .models import User

Handler = Callable[[HttpRequest], HttpResponse]


def is_language_offered() -> bool:
    """Whether there is more than one language to choose from."""
    return len(settings.LANGUAGES) > 1


def language_of(person: User) -> str:
    """The language that `person` chose; the site's where it was switched off since."""
    return person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def follow_person(get_response: Handler) -> Handler:
    """Middleware: answer who is signed in in their own language; for everyone else the browser's stays (0 queries).

    The person is the one that the page reads anyway. Where the site speaks one language, this does not run at all.
    """
    if not is_language_offered():
        raise MiddlewareNotUsed

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            language = language_of(request.user)
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return answer
