"""What people wrote, made ready for print: its lines with direction and language; nothing of it is read as markup."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils import translation

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT = ("R", "AL")
LATIN = "und-Latn"
LANGUAGES = {
    "ARABIC": "und-Arab",
    "ARMENIAN": "hy",
    "BENGALI": "und-Beng",
    "CJK": "und-Hani",
    "CYRILLIC": "und-Cyrl",
    "DEVANAGARI": "und-Deva",
    "ETHIOPIC": "und-Ethi",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "LATIN": LATIN,
    "MONGOLIAN": "mn-Mong",
    "MYANMAR": "my",
    "SINHALA": "si",
    "TAMIL": "ta",
    "THAANA": "dv",
    "THAI": "th",
}
"""What a letter tells of its language, by the first word of its name in Unicode: the language, where one alone is
written so, else an undetermined one in that script (BCP 47)."""
WRITTEN_IN = {
    "und-Arab": ("ar", "fa", "ur", "ps"),
    "und-Cyrl": ("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn"),
    "und-Hani": ("zh", "ja"),
    "und-Deva": ("hi", "ne", "mr"),
    "und-Beng": ("bn",),
    "und-Ethi": ("am", "ti"),
}
"""The languages of a report that are written in a script of several."""
NOT_LATIN = frozenset(LANGUAGES.values()).union(*WRITTEN_IN.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, and the direction in which its first letter runs.

    `language` is what is known of the line's own language, as a tag; "" where it may be the report's.
    """

    direction: str
    text: str
    language: str = ""


def lines_of(text: str) -> list[Line]:
    """`text` line by line, as it was typed; empty lines are kept, those at the end are not."""
    return [line_of(line) for line in text.rstrip().split("\n")] if text.strip() else []


def line_of(text: str) -> Line:
    """`text`, which has one line, as it is printed in the language that is active."""
    return Line(direction_of(text), text, language_of(text, translation.get_language() or ""))


def language_of(text: str, around: str) -> str:
    """What the first letter of `text` tells of its language; "" where that may be the language `around` it."""
    first = next((sign for sign in text if sign.isalpha()), "")
    found = LANGUAGES.get(unicodedata.name(first, "").split(" ")[0], "") if first else ""
    base = around.partition("-")[0]
    is_own = base not in NOT_LATIN if found == LATIN else base in WRITTEN_IN.get(found, (found,))
    return "" if is_own else found


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
