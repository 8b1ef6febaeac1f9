"""Limits on attempts to prove one's identity by code or password; wrong attempts are logged."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest

from cpch.limits import Limit, LimitReached
from diagnostic.actions.attempts import record_attempt
from diagnostic.actions.audit import record

from . import limits
from .codes import RECOVERY_CODE, accept_code
from .limits import DAY, HOUR, MINUTE, Subject
from .models import User
from .second_factor import load_methods
from .sources import source_of

AT_SOURCE = Limit("guess_source", 30, MINUTE)
IN_A_ROW = Limit("guess", 5, 5 * MINUTE)
IN_A_DAY = Limit("guess_day", 30, DAY)
"""Three of a million codes are valid at a time: thirty attempts a day for a year succeed with a probability of 3 %."""
WARNINGS = Limit("guess_warning", 1, HOUR)
"""How often a person is warned by e-mail of such attempts."""


def try_code(request: HttpRequest, person: User, code: str) -> str:
    """Use up a code of `person`: codes.APP or codes.RECOVERY_CODE, "" if it is wrong. Raises `LimitReached`.

    An e-mail tells the person that a recovery code was used, and how many are left.
    """
    counted = _count(request, person)
    with transaction.atomic():
        found = accept_code(person, code)
        if found == RECOVERY_CODE:
            record(act="person.recovery_code_used", by=person, left=load_methods(person).codes or 0)
    if not found:
        record_attempt(act="person.code_failed", source=source_of(request), person=person.pk)
        return ""
    limits.give_back(counted)
    return found


def try_password(request: HttpRequest, person: User, password: str) -> bool:
    """Whether it is the password of `person`. Raises `LimitReached`."""
    counted = _count(request, person)
    if not person.check_password(password):
        record_attempt(act="person.password_failed", source=source_of(request), person=person.pk)
        return False
    limits.give_back(counted)
    return True


def _count(request: HttpRequest, person: User) -> list[Subject]:
    """Count an attempt before checking it. Raises `LimitReached`, which is logged."""
    whose = str(person.pk)
    try:
        return limits.count_all(
            [
                Subject(AT_SOURCE, (source_of(request),)),
                Subject(IN_A_ROW, (whose,)),
                Subject(IN_A_DAY, (whose,)),
            ]
        )
    except LimitReached as reached:
        limits.log_refusal(request, reached)
        if reached.limit != AT_SOURCE:
            _warn(person)
        raise


def _warn(person: User) -> None:
    """Warn the person, at most once an hour: whoever tries codes may have their password."""
    try:
        limits.count(WARNINGS, str(person.pk))
    except LimitReached:
        return
    record(act="person.too_many_guesses", by=None, person=person.pk)
