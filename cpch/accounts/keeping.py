"""Hands a signed-in person's page the key that encrypts what the browser keeps of their unsent text."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

from .second_factor import has_passed, is_held_up


def masked_key(request: HttpRequest) -> str:
    """The key of the person signed in, masked for one page (0 queries); empty before they have fully signed in.

    A random mask of 32 bytes, then the key under it, in hexadecimal: like the CSRF token, it differs on every page, so
    that the size of compressed pages tells nothing about it (BREACH).
    """
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or not has_passed(request, person) or is_held_up(person):
        return ""
    mask = secrets.token_bytes(32)
    hidden = bytes(one ^ other for one, other in zip(mask, bytes.fromhex(person.keeping_key), strict=True))
    return (mask + hidden).hex()
