"""Django's sessions in the database, read by a statement that is compiled once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from cpch.prepared import PreparedRead, Slot

OPEN_SESSIONS = PreparedRead(
    lambda: Session.objects.filter(
        session_key=Slot("key", models.CharField()), expire_date__gt=Slot("now", models.DateTimeField())
    )
)


class SessionStore(db.SessionStore):
    """What Django keeps, as Django keeps it."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, where it has ended."""
        try:
            kept = OPEN_SESSIONS.get(key=self.session_key, now=timezone.now())
        except Session.DoesNotExist:
            self._session_key = None
            return {}
        return dict(self.decode(kept.session_data))
