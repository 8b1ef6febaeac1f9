"""The session of a person who has signed in, without going through the sign-in page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client

from cpch.accounts.models import User


def signed_in(user: User, **options: Any) -> Client:
    """A test client with the person's session; `**options` go to the client."""
    client = Client(**options)
    client.force_login(user)
    return client


def give_session(page: Any, user: User) -> None:
    """Put a new session of the person into the browser's window, in place of the one that it holds."""
    name = settings.SESSION_COOKIE_NAME
    value = signed_in(user).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
