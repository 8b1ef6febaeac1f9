"""The words that pages and reports share: names of levels, states, bases and efforts, numbers, lists; no sentence."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import Instrument

NUMBERS = (
    _("no"),
    _("one"),
    _("two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
    _("ten"),
)
BASIS_WORDS = {
    "written": _("written only"),
    "practised": _("practised only"),
    "both": _("written and practised"),
}
STATE_WORDS = {
    "answered": _("answered"),
    "implied": _("not asked, counted as level 1"),
    "not_applicable": _("not applicable"),
    "unknown": _("cannot be answered now"),
    "blank": _("blank"),
}
AGENCY_WORDS = {"customs": _("Customs"), "police": _("Police")}
PRESENCE_WORDS = {"present": _("present"), "partial": _("partial"), "absent": _("absent")}
LEAD_WORDS = {
    "customs": _("Customs"),
    "police": _("Police"),
    "joint": _("Joint"),
    "government": _("Government"),
}
EFFORT_WORDS = {
    "quick": _("Quick (weeks)"),
    "medium": _("Medium (months)"),
    "structural": _("Structural (a year or more, law or budget)"),
}
STEP_EFFORT_WORDS = {
    "quick": _("quick"),
    "medium": _("medium effort"),
    "structural": _("structural"),
}


def number_word(count: int) -> str:
    """`count` in a word up to ten, in figures above."""
    return str(NUMBERS[count]) if count < len(NUMBERS) else str(count)


def join_words(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return gettext("%(first)s and %(last)s") % {"first": gettext(", ").join(parts[:-1]), "last": parts[-1]}


def capitalised(text: str) -> str:
    """`text` with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def say_level(instrument: Instrument, level: int) -> str:
    """A level by its number and name: "2 Communication"."""
    return f"{level} {instrument.level_name(level)}"


def say_levels(instrument: Instrument, lowest: int, highest: int) -> str:
    """A range of levels: "2 Communication to 4 Coordination"; one level where they are the same."""
    if lowest == highest:
        return say_level(instrument, lowest)
    return gettext("%(lowest)s to %(highest)s") % {
        "lowest": say_level(instrument, lowest),
        "highest": say_level(instrument, highest),
    }
