"""A browser's session, which names the person who has signed in with it."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from .user import User


class SessionManager(BaseSessionManager["Session"]):
    """Saves sessions as Django's own does."""


class Session(AbstractBaseSession):
    """What Django keeps, and whose it is, so that one query reads both; nobody's where nobody has signed in."""

    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    objects = SessionManager()
