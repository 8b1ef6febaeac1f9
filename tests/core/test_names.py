"""Which characters a name may have, and which names look alike."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.core.names import find_name_fault, name_key, write_name

TAKEN = (
    "Ada Lovelace",
    "Zoë d’Arc-Müller",
    "محمد\u200cرضا",  # Persian: non-joiner within a name
    "ක්\u200dෂමා",  # Sinhala: conjunct
    "क्\u200dष",  # Devanagari: half form
    "അവന്\u200d",  # Malayalam: a chillu ends the word
    "ᠰᠠᠶᠢᠨ\u180bᠴᠢᠨ",  # Mongolian: form of a letter
    "葛\U000e0100城",  # Japanese: the form of the family's own sign
    "阿明",
    "Ng\u00a0Wei",
)
REFUSED = (
    ("Ada\u202eLove", "text-direction character U+202E (right-to-left override) at character 4"),
    ("\u200fAda", "text-direction character U+200F (right-to-left mark) at character 1"),
    ("Ada\u2068x\u2069", "text-direction character U+2068 (first strong isolate) at character 4"),
    ("Ada\u200dLove", "U+200D (zero width joiner) at character 4, where it joins no letters"),
    ("محمد\u200c", "U+200C (zero width non-joiner) at character 5, where it joins no letters"),
    ("\u200cمحمد", "at character 1, where it joins no letters"),
    ("محمد\u200cx", "where it joins no letters"),
    ("م\u200c\u200cم", "where it joins no letters"),
    ("Ada\x07", "control character U+0007 at character 4"),
    ("Ada\nLove", "line break or a tab at character 4"),
    ("Ada\u2028Love", "invisible character U+2028 (line separator)"),
    ("Ada\u200bLove", "invisible character U+200B (zero width space)"),
    ("Ada\u00adLove", "invisible character U+00AD (soft hyphen)"),
    ("Ada\u3164", "invisible character U+3164 (hangul filler)"),
    ("Ada\ufe0f", "invisible character U+FE0F"),
    ("Ada\U000e0041", "invisible character U+E0041"),
    (" ", "has no visible characters"),
)


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_is_taken_as_its_script_spells_it(name: str) -> None:
    assert find_name_fault(name) is None


@pytest.mark.parametrize(("name", "words"), REFUSED)
def test_a_hidden_character_is_named_with_its_place(name: str, words: str) -> None:
    assert words in str(find_name_fault(name))


def test_no_control_or_format_character_is_forgotten() -> None:
    characters = (chr(code) for code in range(sys.maxunicode + 1))
    hidden = [letter for letter in characters if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")]

    assert [letter for letter in hidden if find_name_fault(f"a{letter}b") is None] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد\u200cرضا", "محمدرضا"),
        ("क्\u200dष", "क्ष"),
        ("ADA  Lovelace", "ada lovelace"),
        ("Ａｄａ", "Ada"),
        ("Zoe\u0308", "Zoë"),
        ("Straße", "STRASSE"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
    assert name_key(one) != name_key(other + "x")


def test_a_name_is_stored_in_nfc_with_single_spaces() -> None:
    assert write_name(" Zoe\u0308 \u00a0 Arc ") == "Zoë Arc"


@given(st.text())
def test_a_stored_name_has_the_key_and_the_faultlessness_of_the_typed_one(text: str) -> None:
    if find_name_fault(text) is None:
        written = write_name(text)
        assert find_name_fault(written) is None
        assert name_key(written) == name_key(text)
