"""Gives a signed-in person's page the key that encrypts their unsent text in the browser."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

from .second_factor import has_passed, is_held_up


def masked_key(request: HttpRequest) -> str:
    """The signed-in person's key, masked for one page (0 queries); empty until they have fully signed in.

    A random mask of 32 bytes, then the masked key, in hexadecimal: like the CSRF token, it differs on every page, so
    that the size of compressed pages reveals nothing about it (BREACH).
    """
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or not has_passed(request, person) or is_held_up(person):
        return ""
    mask = secrets.token_bytes(32)
    hidden = bytes(one ^ other for one, other in zip(mask, bytes.fromhex(person.keeping_key), strict=True))
    return (mask + hidden).hex()
