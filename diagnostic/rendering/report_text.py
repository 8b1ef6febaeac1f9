"""What people wrote, made ready for print: its lines with their direction; nothing of it is read as markup."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT = ("R", "AL")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, and the direction in which its first letter runs."""

    direction: str
    text: str


def lines_of(text: str) -> list[Line]:
    """`text` line by line, as it was typed; empty lines are kept, those at the end are not."""
    return [Line(direction_of(line), line) for line in text.rstrip().split("\n")] if text.strip() else []


def direction_of(text: str) -> str:
    """ "rtl" where the first letter with a direction runs right to left, else "ltr" (what dir="auto" does)."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction in RIGHT_TO_LEFT:
            return "rtl"
        if direction == "L":
            return "ltr"
    return "ltr"


def isolated(text: str) -> str:
    """`text` so that its own direction does not disturb the line around it; left as it is where it cannot."""
    if any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text
