"""Known devices: a cookie that signs nobody in, and only exempts a person's own device from limits that others reach.

One cookie holds the devices of up to five people who share a browser. An entry is void after a change or reset of the
person's password, while they are deactivated, and after 180 days.
"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import User

COOKIE = "device"
LASTS = timedelta(days=180)
MOST_PEOPLE = 5
SALT = "cpch.device"
Entry = tuple[int, str, int, str]
"""Person, device, when it was signed (seconds since 1970), and a keyed hash of the person's stored password."""


def device_of(request: HttpRequest, person: User | None) -> str:
    """The key of the known device of `person` that sent this request, or "" (0 queries)."""
    if person is None or not person.is_active:
        return ""
    for number, device, at, stamp in _read(request):
        is_in_time = 0 <= time.time() - at < LASTS.total_seconds()
        if number == person.pk and is_in_time and constant_time_compare(stamp, _stamp(person)):
            return device
    return ""


def remember_device(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Make this a known device of `person`. Only for someone who has just proved their identity."""
    device = device_of(request, person) or secrets.token_urlsafe(16)
    others = [entry for entry in _read(request) if entry[0] != person.pk]
    entries: list[Entry] = [(person.pk, device, int(time.time()), _stamp(person)), *others]
    response.set_cookie(
        COOKIE,
        signing.dumps(entries[:MOST_PEOPLE], salt=SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> list[Entry]:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return []
    return [(int(number), str(device), int(at), str(stamp)) for number, device, at, stamp in kept]


def _stamp(person: User) -> str:
    return salted_hmac(SALT, f"{person.pk}:{person.password}", algorithm="sha256").hexdigest()[:32]
