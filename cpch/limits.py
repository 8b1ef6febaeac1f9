"""What one person may send and do: a limit a row; docs/running.md, "Limits", lists them with those of the web server.

Sizes hold before anything of a request is parsed, numbers within the act that they count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

FORM_BYTES = 1024 * 1024
"""The body of a request of who is signed in; the longest theme with every text full has about half."""
ANONYMOUS_BYTES = 64 * 1024
"""The body of a request of who is not signed in."""
FORM_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` acts of a person in the `window` before each."""

    name: str
    most: int
    window: timedelta


INVITATIONS = Limit("invitations", 20, timedelta(days=1))
COMMENTS = Limit("comments", 60, timedelta(hours=1))
LOG_PAGES = Limit("log_pages", 60, timedelta(minutes=1))
