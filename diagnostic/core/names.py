"""Names of people, offices and organisations: which characters are allowed, and when two names look alike."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from .visible_text import is_invisible, says_nothing, without_invisible
from .words import Message, _

JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner, which the spelling of some names needs."""
JOINED_SCRIPTS = (
    (0x0600, 0x08FF),  # Arabic, Syriac, N'Ko, Mandaic
    (0x0900, 0x0DFF),  # Devanagari to Sinhala: the scripts of India and Sri Lanka
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1780, 0x18AF),  # Khmer, Mongolian
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0xA840, 0xA87F),  # Phags-pa
    (0xA980, 0xA9FF),  # Javanese, Myanmar
    (0xAA60, 0xAA7F),  # Myanmar
    (0xFB50, 0xFDFF),  # Arabic
    (0xFE70, 0xFEFC),  # Arabic
    (0x10D00, 0x10D3F),  # Hanifi Rohingya
    (0x11000, 0x114DF),  # Brahmi to Tirhuta
    (0x1E900, 0x1E95F),  # Adlam
)
"""Blocks of the scripts whose letters join or form conjuncts (Unicode 15, sections 9, 12 to 14, 16, 17 and 19)."""
MONGOLIAN_FORMS = "\u180b\u180c\u180d\u180e\u180f"
VIRAMA = 9
"""The combining class of marks after which a joiner may end a word (RFC 5892, appendix A.2)."""
IDEOGRAPH_FORMS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Variation selectors, which choose the variant of an ideograph that a family uses."""
UNSEEN = f"[{JOINERS}{MONGOLIAN_FORMS}{''.join(f'{chr(first)}-{chr(last)}' for first, last in IDEOGRAPH_FORMS)}]"
"""A pattern for what a name may have that a reader does not see."""
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def write_name(text: str) -> str:
    """`text` in NFC, with single spaces: the form in which a name without faults is stored."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=1024)
def name_key(text: str) -> str:
    """A key that is equal for names that look the same: without case, spaces and invisible characters."""
    return without_invisible(without_invisible(text).casefold())


def find_name_fault(text: str) -> Message | None:
    """Why `text` cannot be a name, or None: invisible characters, or ones that change the text direction."""
    for place, letter in enumerate(text):
        if _is_suspect(letter) and not _belongs(text, place):
            return _say(letter, place)
    if text and says_nothing(text):
        return Message(_("has no visible characters"))
    return None


def _is_suspect(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category != "Zs" and (category in ("Cc", "Cf", "Cs", "Zl", "Zp") or is_invisible(letter))


def _belongs(text: str, place: int) -> bool:
    """Whether the invisible character at `place` belongs to the spelling of a name in its script."""
    letter, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if letter in JOINERS:
        is_after_virama = bool(before) and unicodedata.combining(before) == VIRAMA
        return _is_joined(before) and (is_after_virama or _is_joined(after))
    if letter in MONGOLIAN_FORMS:
        return bool(before) and 0x1820 <= ord(before) <= 0x18AA
    is_form = any(first <= ord(letter) <= last for first, last in IDEOGRAPH_FORMS)
    return is_form and unicodedata.name(before or " ").startswith("CJK ")


def _is_joined(letter: str) -> bool:
    """Whether this is a letter, or a mark on a letter, of a script that uses joiners."""
    if not letter or unicodedata.category(letter)[0] not in "LM":
        return False
    return any(first <= ord(letter) <= last for first, last in JOINED_SCRIPTS)


def _say(letter: str, place: int) -> Message:
    if letter in "\n\r\t":
        words = _("has a line break or a tab at character %(place)s; remove it")
    elif letter in JOINERS:
        words = _("has U+%(code)s (%(name)s) at character %(place)s, where it joins no letters; remove it")
    elif letter in DIRECTIONS:
        words = _("has the text-direction character U+%(code)s (%(name)s) at character %(place)s; remove it")
    elif unicodedata.category(letter) in ("Cc", "Cs"):
        words = _("has the control character U+%(code)s at character %(place)s; remove it")
    else:
        words = _("has the invisible character U+%(code)s (%(name)s) at character %(place)s; remove it")
    name = unicodedata.name(letter, "").lower()
    return Message(words, {"code": f"{ord(letter):04X}", "name": name, "place": f"{place + 1:,}"})
