"""How the name of a period is written, so that what looks the same to a reader is the same to the database."""

from __future__ import annotations

from .visible_text import without_invisible

MAX_PERIOD = 40


def write_period(text: str) -> str:
    """`text` in NFKC, without invisible characters, with single spaces."""
    return without_invisible(text)
