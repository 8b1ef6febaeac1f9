"""The one definition of invisible text: alone it is no answer, reason or name, and in a period it is ignored."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile(
    r"[\s\x00-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]*"
)
"""White space, controls, what Unicode calls "default ignorable", and the empty Braille cell."""


def says_nothing(text: str) -> bool:
    """Whether `text` is empty or consists of invisible characters only."""
    return INVISIBLE.fullmatch(text) is not None


def is_invisible(character: str) -> bool:
    """Whether a reader would not see this character, or would see a space."""
    return says_nothing(character)


def without_invisible(text: str) -> str:
    """`text` in NFKC on one line, without invisible characters, with single spaces; "" if nothing is left."""
    plain = unicodedata.normalize("NFKC", text)
    seen = (letter for letter in plain if letter.isspace() or not is_invisible(letter))
    return " ".join(unicodedata.normalize("NFKC", "".join(seen)).split())
