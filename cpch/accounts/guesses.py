"""How often someone may try a code or a password to show who they are; what is tried is logged, and told of."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from diagnostic.actions.audit import record

from .codes import RECOVERY_CODE, accept_code
from .models import User
from .second_factor import load_methods

LIMITS = {"guess": "5/5m/key,30/d/key,30/m/ip"}
"""Of a million codes three are good at a time: who tries thirty a day for a year finds one with a chance of 3 %."""
WARNED_FOR_SECONDS = 60 * 60


class TooManyGuesses(Exception):
    """Nothing was looked at: there were too many tries before."""


def try_code(request: HttpRequest, person: User, code: str) -> str:
    """Use up a code of `person`: codes.APP or codes.RECOVERY_CODE, "" where it is wrong. Raises `TooManyGuesses`.

    A recovery code that was used is told by e-mail, with how many are left.
    """
    usage = _count(request, person)
    with transaction.atomic():
        found = accept_code(person, code)
        if found == RECOVERY_CODE:
            record(act="person.recovery_code_used", by=person, left=load_methods(person).codes or 0)
    if not found:
        record(act="person.code_failed", by=None, person=person.pk)
        return ""
    usage.rollback()
    return found


def try_password(request: HttpRequest, person: User, password: str) -> bool:
    """Whether it is the password of `person`. Raises `TooManyGuesses`."""
    usage = _count(request, person)
    if not person.check_password(password):
        record(act="person.password_failed", by=None, person=person.pk)
        return False
    usage.rollback()
    return True


def _count(request: HttpRequest, person: User) -> ratelimit.RateLimitUsage:
    usage = ratelimit.consume(request, app="cpch", action="guess", config=LIMITS, key=str(person.pk), limit_get=True)
    if usage is None:
        _warn(person)
        raise TooManyGuesses
    return usage


def _warn(person: User) -> None:
    """Tell the person, once an hour, for whoever tries codes may have their password."""
    if cache.add(f"cpch:warned:{person.pk}", True, timeout=WARNED_FOR_SECONDS):
        record(act="person.too_many_guesses", by=None, person=person.pk)
