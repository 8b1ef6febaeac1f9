"""The storage of one-time messages, which also says whether this request told its person that something was done."""

from __future__ import annotations

from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.fallback import FallbackStorage


class Storage(FallbackStorage):
    """Messages in a cookie, or in the session where they are too long, as Django's default."""

    @property
    def tells_success(self) -> bool:
        """Whether a success message was added while this request was answered."""
        return any(message.level == SUCCESS for message in self._queued_messages)
