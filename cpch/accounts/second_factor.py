"""What a person's second factor is: an authenticator app, passkeys and security keys, and recovery codes beside them.

`User.second_factor` is a random text that is new whenever a session must not go on: when the second factor is switched
on, when a part of it is removed, when it is taken off. A session holds the text of its own sign-in, so that one
comparison on each request, without a query, ends every session from before (second_factor_gate.py).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from .models import User
from .permissions import membership_of

MARK = "second_factor"
PROVED_AT = "proved_at"
PROOF_LASTS_SECONDS = 5 * 60


def is_required_of(person: User) -> bool:
    """Whether the site lets `person` in only with a second factor (0 queries)."""
    who = settings.SECOND_FACTOR_REQUIRED_OF
    if who == "secretariat":
        membership = membership_of(person)
        return membership is not None and membership.is_in_secretariat
    return bool(who == "everyone")


def is_held_up(person: User) -> bool:
    """Whether `person` has to set up a second factor before anything else (0 queries)."""
    return not person.second_factor and is_required_of(person)


def begin_session(request: HttpRequest, person: User) -> None:
    """Note in the session that `person` has just shown who they are, with all that is asked of them."""
    request.session[MARK] = person.second_factor
    note_proof(request)


def keep_session(request: HttpRequest, person: User) -> None:
    """Let this session go on after `person` changed their second factor in it; their others end."""
    request.session[MARK] = person.second_factor


def has_passed(request: HttpRequest, person: User) -> bool:
    """Whether this session has passed the second factor that `person` has now, or they have none."""
    return bool(request.session.get(MARK, "") == person.second_factor)


def note_proof(request: HttpRequest) -> None:
    """Note that the person has just shown again who they are."""
    request.session[PROVED_AT] = time.time()


def has_proved_lately(request: HttpRequest) -> bool:
    """Whether the person has shown in the last five minutes who they are."""
    at = request.session.get(PROVED_AT)
    return isinstance(at, float) and 0 <= time.time() - at < PROOF_LASTS_SECONDS


@dataclass(frozen=True)
class Methods:
    """What a person has set up; `codes` is how many recovery codes are left, None where there are none to use up."""

    app: Authenticator | None
    keys: list[Authenticator]
    codes: int | None

    @property
    def is_on(self) -> bool:
        return bool(self.app or self.keys)


def load_methods(person: User) -> Methods:
    """What `person` has set up, their keys in the order they were added (1 query)."""
    held = list(Authenticator.objects.filter(user_id=person.pk).order_by("created_at", "pk"))
    of = {kind: [item for item in held if item.type == kind] for kind in Authenticator.Type}
    codes = of[Authenticator.Type.RECOVERY_CODES]
    return Methods(
        app=next(iter(of[Authenticator.Type.TOTP]), None),
        keys=of[Authenticator.Type.WEBAUTHN],
        codes=_count_left(codes[0]) if codes else None,
    )


def _count_left(codes: Authenticator) -> int:
    return int(app_settings.RECOVERY_CODE_COUNT) - int(codes.data["used_mask"]).bit_count()
