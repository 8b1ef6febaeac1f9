"""What one request and one person may do: a limit a row; docs/running.md, "Limits", lists them with all others.

Sizes hold before anything of a request is parsed, numbers within the act that they count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FORM_BYTES = 1024 * 1024
"""The body of a request of a signed-in person; a theme with every text full has half of it."""
ANONYMOUS_BYTES = 64 * 1024
"""The body of a request of anyone else."""
FORM_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times within `window`.

    For what one person writes, `acts` are the log entries that count, and `words` tell it to them. All else is counted
    in rows of its own (`cpch.accounts.limits`), in windows that begin with the first try.
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
    """A limit was reached and nothing was done; `until` is when the next try is possible."""

    def __init__(self, limit: Limit, until: datetime):
        super().__init__(f"{limit.name}: {limit.most} within {limit.window}")
        self.limit = limit
        self.until = until

    @property
    def seconds(self) -> int:
        """The seconds from now until then, at least 1."""
        return max(1, math.ceil((self.until - timezone.now()).total_seconds()))
