"""What one request and one person may do: a limit a row; docs/running.md, "Limits", lists them with all others.

Sizes hold before anything of a request is parsed, numbers within the act that they count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

FORM_BYTES = 1024 * 1024
"""The body of a request of a signed-in person; a theme with every text full has half of it."""
ANONYMOUS_BYTES = 64 * 1024
"""The body of a request of anyone else."""
FORM_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times for one person within the `window` before; `words` tell it to them.

    `acts` are the log entries that count; without any, the cache counts.
    """

    name: str
    most: int
    window: timedelta
    words: Any
    acts: tuple[str, ...] = ()


INVITATIONS = Limit(
    "invitations",
    20,
    timedelta(days=1),
    _("You can make or renew 20 invitations within 24 hours, and have done so."),
    acts=("invitation.made", "invitation.renewed"),
)
COMMENTS = Limit(
    "comments",
    60,
    timedelta(hours=1),
    _("You can write 60 comments and replies within an hour, and have done so."),
    acts=("comment.note", "comment.share", "comment.answer", "opinion.reply", "comparison.discuss", "plan.comment"),
)
LOG_PAGES = Limit(
    "log pages",
    60,
    timedelta(minutes=1),
    _("You can open 60 pages of the log within a minute, and have done so."),
)
LIMITS = (INVITATIONS, COMMENTS, LOG_PAGES)


class LimitReached(Exception):
    """A person has reached `limit`; `until` is when the next act is possible."""

    def __init__(self, limit: Limit, until: datetime):
        super().__init__(f"{limit.name}: {limit.most} within {limit.window}")
        self.limit = limit
        self.until = until
