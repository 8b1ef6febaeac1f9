"""Django's sessions in the database, read together with the person whose they are by a statement compiled once."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import models
from django.utils import timezone

from cpch.prepared import PreparedRead, Slot

from .models import Session, User

OPEN_SESSIONS = PreparedRead(
    lambda: Session.objects.select_related("person__membership__country", "person__membership__agency").filter(
        session_key=Slot("key", models.CharField()), expire_date__gt=Slot("now", models.DateTimeField())
    )
)
_came_along: ContextVar[User | None] = ContextVar("came_along", default=None)


class SessionStore(db.SessionStore):
    """What Django keeps, as Django keeps it, and whose it is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)
        row.person_id = data.get(SESSION_KEY)
        return row

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, where it has ended."""
        _came_along.set(None)
        try:
            kept = OPEN_SESSIONS.get(key=self.session_key, now=timezone.now())
        except Session.DoesNotExist:
            self._session_key = None
            return {}
        _came_along.set(kept.person)
        return dict(self.decode(kept.session_data))


def take_person(key: int) -> User | None:
    """The person with that key, where the session that was read last is theirs; given away once.

    Whether they may still sign in is not looked at.
    """
    person = _came_along.get()
    _came_along.set(None)
    return person if person is not None and person.pk == key else None
