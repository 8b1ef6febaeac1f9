"""Storage of one-time messages that also records whether this request added a success message."""

from __future__ import annotations

from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.fallback import FallbackStorage


class Storage(FallbackStorage):
    """Messages in a cookie, or in the session if they are too long, as Django's default."""

    @property
    def tells_success(self) -> bool:
        """Whether a success message was added during this request."""
        return any(message.level == SUCCESS for message in self._queued_messages)
