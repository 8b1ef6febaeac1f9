"""Limits on the size of a request and on what one person does; docs/running.md, "Limits", lists them.

Sizes are checked before a request is parsed; acts are counted within the act itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FORM_BYTES = 1024 * 1024
"""The body of a request of a signed-in person; a theme with texts of full length takes half of it."""
ANONYMOUS_BYTES = 64 * 1024
"""The body of a request of anyone else."""
FORM_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times within `window`.

    For what one person writes, `acts` are the log entries that count, and `words` is the message. Everything else is
    counted in rows of its own (`cpch.accounts.limits`), in windows that begin with the first attempt.
    """

    name: str
    most: int
    window: timedelta
    words: Any = ""
    acts: tuple[str, ...] = ()


INVITATIONS = Limit(
    "invitations",
    20,
    timedelta(days=1),
    _("You have sent 20 invitations within 24 hours, which is the limit."),
    acts=("invitation.made", "invitation.renewed"),
)
COMMENTS = Limit(
    "comments",
    60,
    timedelta(hours=1),
    _("You have written 60 comments and replies within an hour, which is the limit."),
    acts=("comment.note", "comment.share", "comment.answer", "opinion.reply", "comparison.discuss", "plan.comment"),
)
LOG_PAGES = Limit(
    "log pages",
    60,
    timedelta(minutes=1),
    _("You have opened 60 pages of the log within a minute, which is the limit."),
)
LIMITS = (INVITATIONS, COMMENTS, LOG_PAGES)


class LimitReached(Exception):
    """A limit was reached and nothing was done; `until` is the time of the next possible attempt."""

    def __init__(self, limit: Limit, until: datetime):
        super().__init__(f"{limit.name}: {limit.most} within {limit.window}")
        self.limit = limit
        self.until = until

    @property
    def seconds(self) -> int:
        """The seconds from now to `until`, at least 1."""
        return max(1, math.ceil((self.until - timezone.now()).total_seconds()))
