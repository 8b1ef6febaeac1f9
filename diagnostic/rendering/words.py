"""The words that pages and reports share: names of levels, states, bases and efforts, numbers, lists; no sentence."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import Instrument
from diagnostic.wording.counting import capitalised as capitalised
from diagnostic.wording.counting import join_words as join_words
from diagnostic.wording.counting import number_word as number_word

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
