"""How often a password may be tried at sign-in, and a reset asked for: nobody can keep another person out.

Strangers are counted by source and account, by account alone, and by source alone. A device that the person has signed
in with before (devices.py) is counted on its own, so that what others try does not touch it. Addresses that have no
account are counted in the same way.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cpch.limits import Limit

from . import limits
from .addresses import address_key
from .devices import device_of
from .limits import HOUR, MINUTE, Subject
from .models import User
from .sources import source_of

SIGN_INS = Limit("sign_in", 30, MINUTE)
"""Passwords right or wrong, from one source or known device: each of them is hashed."""
WRONG_AT_DEVICE = Limit("password_device", 5, 5 * MINUTE)
WRONG_AT_SOURCE = Limit("password_source", 10, MINUTE)
WRONG_FROM_SOURCE = Limit("password_source_account", 5, 5 * MINUTE)
WRONG_FOR_ACCOUNT = Limit("password_account", 100, HOUR)
RESETS_AT_SOURCE = Limit("reset_source", 20, HOUR)
RESETS_FOR_ACCOUNT = Limit("reset_account", 5, HOUR)
RESET_LINKS = Limit("reset_link", 20, MINUTE)
"""How often links to choose a new password are opened from one source."""

_here = _(
    "There were too many wrong passwords for this address. Try again %(wait)s. To sign in at once, reset your password."
)
_network = _("There were too many attempts to sign in from your network. Try again %(wait)s.")
WORDS = {
    SIGN_INS: _network,
    WRONG_AT_SOURCE: _network,
    WRONG_AT_DEVICE: _here,
    WRONG_FROM_SOURCE: _here,
    WRONG_FOR_ACCOUNT: _(
        "There were too many wrong passwords for this address, from several places. Try again %(wait)s. To sign in "
        "at once, reset your password, or use a device with which you have signed in before."
    ),
}
"""What the sign-in page says when each limit is reached."""
RESET_ADVICE = {
    RESETS_AT_SOURCE: _("Too many links to choose a new password were requested from your network within an hour."),
    RESETS_FOR_ACCOUNT: _(
        "Five links were requested for this address within an hour. If it has an account, they are in its mailbox, "
        "perhaps among the unwanted e-mails. Use the newest."
    ),
}
"""What the page of a refused request for a link says beside when the limit ends."""


def find_person(email: str) -> User | None:
    """The person with that address in any spelling, whether or not they may sign in (1 query)."""
    return User.objects.filter(address_key=address_key(email)).first()


def count_password(request: HttpRequest, email: str) -> list[Subject]:
    """Count a password before it is looked at; return what to give back if it is right. Raises `LimitReached`."""
    account = address_key(email)
    device = device_of(request, find_person(email))
    source = source_of(request)
    limits.count(SIGN_INS, device or source)
    if device:
        return limits.count_all([Subject(WRONG_AT_DEVICE, (device, account), account)])
    return limits.count_all(
        [
            Subject(WRONG_AT_SOURCE, (source,)),
            Subject(WRONG_FROM_SOURCE, (source, account), account),
            Subject(WRONG_FOR_ACCOUNT, (account,), account),
        ]
    )


def count_reset(request: HttpRequest, email: str) -> None:
    """Count a request for a link to choose a new password. Raises `LimitReached`."""
    account = address_key(email)
    limits.count_all(
        [
            Subject(RESETS_AT_SOURCE, (source_of(request),)),
            Subject(RESETS_FOR_ACCOUNT, (account,), account),
        ]
    )


def lift_limits(person: User) -> None:
    """End the limits of a person who has chosen a new password by the link in their mailbox.

    Those of codes and keys (guesses.py) stay: a mailbox is not a second factor.
    """
    limits.lift(person.address_key)
