"""Invisible characters alone are not text."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from diagnostic.core.responses import Response
from diagnostic.core.visible_text import says_nothing

UNSEEN = ("", " ", "\n\t", "\u00a0", "\u200b", "\u200e\u2068\u2069", "\ufeff", "\u3164", "\u2800", "\u00ad", "\u2060")
SHOWN = {0x70F, *range(0x600, 0x606), 0x6DD, 0x8E2, 0x890, 0x891, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
"""Characters of the category "format" that are drawn, such as the Arabic number sign."""


@pytest.mark.parametrize("text", UNSEEN)
def test_it_says_nothing_alone_or_repeated(text: str) -> None:
    assert says_nothing(text)
    assert says_nothing(text * 3 + " ")
    assert not says_nothing(text + "x")


@pytest.mark.parametrize("text", [".", "–", "0", "ა", "\u0627", "\u0e15", "📞", "\u05d0\u200f", "\u0600"])
def test_what_is_drawn_says_something(text: str) -> None:
    assert not says_nothing(text)


def test_no_space_and_no_invisible_format_character_is_forgotten() -> None:
    seen = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cf", "Cc") and code not in SHOWN
        if not says_nothing(chr(code))
    ]
    assert seen == []


@pytest.mark.parametrize("text", UNSEEN)
def test_an_answer_in_which_nothing_can_be_seen_is_blank(text: str) -> None:
    assert Response(narrative=text, reason=text).is_blank
    assert not Response(narrative=text, basis="both").is_blank
    assert not Response(narrative=text + "x").is_blank
    assert not Response(status="unknown", reason=text).is_blank
