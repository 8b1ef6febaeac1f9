"""Limits on attempts: counting, the text that says when a limit ends, and its page.

Counts are rows of the database, not of its cache: a conditional update is atomic, and no flood of other attempts evicts
a count. A limit's window begins with the first attempt, and all its attempts expire together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cpch.limits import Limit, LimitReached
from diagnostic.actions.attempts import record_attempt

from .models import LimitCount
from .sources import source_of

REACHED = "limit_reached"
"""The `code` of the `ValidationError` for a limit."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a limit is counted for: any texts, such as a source and an address key; `about` is the account, if any."""

    limit: Limit
    texts: tuple[str, ...]
    about: str = ""

    @property
    def key(self) -> str:
        return f"{self.limit.name}:{_hash(*self.texts)}"


def count(limit: Limit, *texts: str, about: str = "") -> None:
    """Count one attempt (1 query, at most 9). Raises `LimitReached`."""
    _count(Subject(limit, texts, about))


def count_all(subjects: Iterable[Subject]) -> list[Subject]:
    """Count one attempt against each limit, or against none. Raises `LimitReached`; returns what `give_back` takes."""
    counted: list[Subject] = []
    for subject in subjects:
        try:
            _count(subject)
        except LimitReached:
            give_back(counted)
            raise
        counted.append(subject)
    return counted


def give_back(counted: Iterable[Subject]) -> None:
    """Take one attempt back from each limit, because it succeeded."""
    for subject in counted:
        LimitCount.objects.filter(key=subject.key, ends_at__gt=timezone.now(), number__gt=0).update(
            number=F("number") - 1
        )


def lift(about: str) -> None:
    """End all limits of one account (1 query)."""
    LimitCount.objects.filter(about=_hash(about)).delete()


def say_wait(reached: LimitReached) -> str:
    """When the limit ends, such as "in 5 minutes"; rounded up."""
    minutes = math.ceil(reached.seconds / 60)
    if minutes < 2:
        return _("in a minute")
    if minutes <= 90:
        return ngettext("in %(count)d minute", "in %(count)d minutes", minutes) % {"count": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("in %(count)d hour", "in %(count)d hours", hours) % {"count": hours}


def log_refusal(request: HttpRequest, reached: LimitReached, by: Any = None) -> None:
    """Log that a limit refused an attempt."""
    record_attempt(act="limit.refused", by=by, source=source_of(request), limit=reached.limit.name)


def refuse(request: HttpRequest, reached: LimitReached, advice: str = "") -> HttpResponse:
    """Log the refusal and answer it with the page that says when the limit ends; `advice` says what else to do."""
    log_refusal(request, reached, request.user if request.user.is_authenticated else None)
    context = {"wait": say_wait(reached), "advice": advice}
    response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    return _retry_after(response, reached.seconds)


def fault_of(reached: LimitReached, words: str) -> ValidationError:
    """The form error `words`, in which `%(wait)s` says when the limit ends."""
    return ValidationError(words, code=REACHED, params={"wait": say_wait(reached), "seconds": reached.seconds})


def mark_refused(response: HttpResponse, form: Any) -> HttpResponse:
    """Set the status to 429 if one of the form's errors comes from `fault_of`."""
    for faults in form.errors.as_data().values():
        for fault in faults:
            if fault.code == REACHED:
                response.status_code = HTTPStatus.TOO_MANY_REQUESTS
                return _retry_after(response, fault.params["seconds"])
    return response


def _retry_after(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Retry-After"] = str(seconds)
    return response


def _count(subject: Subject) -> None:
    now = timezone.now()
    rows = LimitCount.objects.filter(key=subject.key)
    ends_at = now + subject.limit.window
    if _add(subject, now) or rows.filter(ends_at__lte=now).update(number=1, ends_at=ends_at):
        return
    row, is_new = LimitCount.objects.get_or_create(
        key=subject.key,
        defaults={"about": _hash(subject.about) if subject.about else "", "ends_at": ends_at},
    )
    # Another request may have created the row, or begun its next window, since the first update.
    if not is_new and not _add(subject, now):
        raise LimitReached(subject.limit, row.ends_at)


def _add(subject: Subject, now: datetime) -> bool:
    running = LimitCount.objects.filter(key=subject.key, ends_at__gt=now, number__lt=subject.limit.most)
    return bool(running.update(number=F("number") + 1))


def _hash(*texts: str) -> str:
    return salted_hmac("cpch.limit", "\0".join(texts), algorithm="sha256").hexdigest()
