"""Limits on passwords at sign-in and on requests for a reset; nobody can lock another person out.

Unknown devices are counted by source and account, by account alone, and by source alone. A known device (devices.py) is
counted on its own, so that the attempts of others do not affect it. Addresses without an account are counted in the
same way.
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
"""Passwords, right or wrong, from one source or known device: each is hashed, which costs processor time."""
WRONG_AT_DEVICE = Limit("password_device", 5, 5 * MINUTE)
WRONG_AT_SOURCE = Limit("password_source", 10, MINUTE)
WRONG_FROM_SOURCE = Limit("password_source_account", 5, 5 * MINUTE)
WRONG_FOR_ACCOUNT = Limit("password_account", 100, HOUR)
RESETS_AT_SOURCE = Limit("reset_source", 20, HOUR)
RESETS_FOR_ACCOUNT = Limit("reset_account", 5, HOUR)
RESET_LINKS = Limit("reset_link", 20, MINUTE)
"""Requests of one source with a link to choose a new password."""

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
"""What the page of a refused request for a link adds to the end of the limit."""


def find_person(email: str) -> User | None:
    """The person with that address in any spelling, whether or not they may sign in (1 query)."""
    return User.objects.filter(address_key=address_key(email)).first()


def count_password(request: HttpRequest, email: str) -> list[Subject]:
    """Count a password before checking it; return what to give back if it is right. Raises `LimitReached`."""
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
    """End the limits of a person who has reset their password by e-mail.

    Those of codes and keys (guesses.py) stay: a mailbox is not a second factor.
    """
    limits.lift(person.address_key)
