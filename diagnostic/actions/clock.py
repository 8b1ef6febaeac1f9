"""What time it is for an act. Always now, except where the demonstration's history is replayed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    """The time of the act, aware."""
    return _replayed.get() or timezone.now()


@contextmanager
def replay(moment: datetime) -> Iterator[None]:
    """Let every act inside happen at `moment`, which must be aware."""
    token = _replayed.set(moment)
    try:
        yield
    finally:
        _replayed.reset(token)
