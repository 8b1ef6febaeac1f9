"""The signed key that a theme page carries: whose page it is, of which assessment, and what it typed before signing in.

A session may end, or become another person's, while somebody types. The key says to whom the typed answers belong, so
that they are kept for that person alone until they have signed in again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, QueryDict

NAME = "page_key"
SALT = "diagnostic.answers"
LIFETIME = timedelta(days=14)
KEPT = "answers-kept"


def make(user: Any, assessment: UUID) -> str:
    """The key for a page of `assessment` that `user` opens now."""
    return signing.dumps([user.pk, str(assessment)], salt=SALT)


def owner(request: HttpRequest, assessment: UUID) -> int | None:
    """The person whose page sent this request; None where the key is missing, spoilt, old or of another assessment."""
    try:
        user, of = signing.loads(request.POST.get(NAME, ""), salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return user if of == str(assessment) else None


def keep(request: HttpRequest, assessment: UUID) -> bool:
    """Hold what was posted in the session for the page's owner; nothing where the key does not prove one."""
    user = owner(request, assessment)
    if user is None or request.user.pk not in (None, user):
        return False
    typed = request.POST.copy()
    for name in ("csrfmiddlewaretoken", NAME):
        typed.pop(name, None)
    request.session[KEPT] = {"user": user, "path": request.path, "typed": typed.urlencode()}
    return True


def kept(request: HttpRequest) -> QueryDict | None:
    """What this person typed on this very page and could not send, if anything; never what somebody else typed."""
    held = request.session.get(KEPT)
    if not held or held["path"] != request.path or held["user"] != request.user.pk:
        return None
    return QueryDict(held["typed"])


def forget(request: HttpRequest) -> None:
    """Let go of what was held: it has been posted again."""
    request.session.pop(KEPT, None)
