"""How the name of a period is written, so that what looks the same to a reader is the same to the database."""

from __future__ import annotations

import unicodedata

MAX_PERIOD = 40


def write_period(text: str) -> str:
    """`text` in its compatible form (NFKC), without characters that nobody sees (category Cf), single-spaced."""
    return without_invisible(text)


def without_invisible(text: str) -> str:
    """As `write_period`, of any one line; "" where a reader would see nothing at all."""
    visible = "".join(
        character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character) != "Cf"
    )
    return " ".join(unicodedata.normalize("NFKC", visible).split())
