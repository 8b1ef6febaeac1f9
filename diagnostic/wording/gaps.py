"""Describes the blank and open questions of a declaration or an attestation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext, ngettext

from .counting import capitalised, join_words, number_word

STATES = ("missing", "unknown")


def say_gaps(gaps: Mapping[str, str], *, with_codes: bool) -> str:
    """The numbers of blank questions and of those that cannot be answered now: "five blanks and one open answer".

    With `with_codes` each number is followed by the questions: "one blank (A.18)". "" if there are none.
    """
    blank, unknown = ([code for code, held in gaps.items() if held == state] for state in STATES)
    parts = []
    if blank:
        parts.append(_with(ngettext("%(count)s blank", "%(count)s blanks", len(blank)), blank, with_codes))
    if unknown:
        said = ngettext("%(count)s open answer", "%(count)s open answers", len(unknown))
        parts.append(_with(said, unknown, with_codes))
    return join_words(parts)


def _with(said: str, codes: Sequence[str], with_codes: bool) -> str:
    words = said % {"count": number_word(len(codes))}
    return f"{words} ({join_words(codes)})" if with_codes else words


def say_how_far(done: int, asked: int, gaps: Mapping[str, str]) -> str:
    """The number of answered questions, and the blank or open ones, in a sentence or two."""
    said = ngettext(
        "%(done)s of %(asked)s question is answered.", "%(done)s of %(asked)s questions are answered.", asked
    )
    sentences = [said % {"done": done, "asked": asked}]
    blank, unknown = (sum(held == state for held in gaps.values()) for state in STATES)
    parts = []
    if blank:
        parts.append(ngettext("%(count)s is blank", "%(count)s are blank", blank) % {"count": number_word(blank)})
    if unknown:
        parts.append(
            ngettext("%(count)s cannot be answered now", "%(count)s cannot be answered now", unknown)
            % {"count": number_word(unknown)}
        )
    if parts:
        sentences.append(gettext("%(sentence)s.") % {"sentence": capitalised(join_words(parts))})
    return " ".join(sentences)


def say_what_changed(shown: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The changes to the questions shown as blank or open, and new ones; one line each."""
    words = {
        "missing": gettext("%(codes)s: blank now."),
        "unknown": gettext("%(codes)s: left open now, as it cannot be answered."),
        "": gettext("%(codes)s: no longer blank or open."),
    }
    changed: dict[str, list[str]] = {}
    for code in dict.fromkeys([*shown, *now]):
        if shown.get(code) != now.get(code):
            changed.setdefault(now.get(code, ""), []).append(code)
    return [words[state] % {"codes": join_words(codes)} for state, codes in changed.items()]
