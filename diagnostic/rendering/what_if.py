"""What a what-if offers and what it would change, in words and figures; the page around it is the template's matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, gettext

from diagnostic.core.instrument import Instrument
from diagnostic.core.recommended_moves import find_moves
from diagnostic.core.responses import BLANK, Responses, Voices
from diagnostic.core.result import Change, Result, apply_changes, project
from diagnostic.core.scoring import find_place, find_standings, shown, stated_level

from . import sentences
from .charts import draw_what_if
from .result_advice import AdviceRow, build_advice
from .result_profile import CriterionRow, build_criteria, criteria_title
from .words import join_words, say_level

FIRST_OFFERS = 3
EACH = 4
"""Up to how many changes the page says one by one what would be without them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One recommendation that can be taken up, and which answers it would move."""

    advice: AdviceRow
    moves: str
    is_taken_up: bool


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be taken up; the `others` are folded away unless one of them is taken up."""

    first: tuple[Offer, ...]
    others: tuple[Offer, ...]

    @property
    def is_other_taken_up(self) -> bool:
        return any(offer.is_taken_up for offer in self.others)


@dataclass(frozen=True, slots=True)
class ThemeShift:
    """A theme's score as it is and as it would be."""

    name: str
    before: str
    after: str
    is_moved: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """The result as it is and as it would be.

    `moves` says what was moved, `needed` which of that the new level rests on, `blocking` what the level after that
    would still ask, under `blocking_title`.
    """

    level_before: int | None
    level_after: int | None
    index_before: str
    index_after: str
    strip: SafeString
    verdict: str
    moves: str
    needed: tuple[str, ...]
    themes: tuple[ThemeShift, ...]
    blocking_title: str
    blocking: tuple[CriterionRow, ...]


# What is offered


def build_offers(
    instrument: Instrument, result: Result, responses: Responses, taken_up: frozenset[str] = frozenset()
) -> Offers:
    """The recommendations of `result` that move a level or a basis, in their order."""
    found = [
        Offer(build_advice(instrument, result, item), say_moves(instrument, result, changes), item.id in taken_up)
        for item in result.recommendations
        if (changes := find_moves(instrument, result, responses, item.id))
    ]
    return Offers(tuple(found[:FIRST_OFFERS]), tuple(found[FIRST_OFFERS:]))


def say_moves(instrument: Instrument, result: Result, changes: Mapping[str, Change]) -> str:
    """What `changes` move, question by question, from how it counts in `result`."""
    return gettext("; ").join(_say_move(result, code, changes[code]) for code in instrument.order if code in changes)


def _say_move(result: Result, code: str, change: Change) -> str:
    standing = result.standings[code]
    values = {"code": code, "before": standing.level, "after": change.level}
    if change.level is None:
        words = {
            "both": gettext("%(code)s from paper into practice"),
            "practised": gettext("%(code)s practised only"),
            "written": gettext("%(code)s on paper only"),
        }[change.basis or "both"]
    elif standing.level is None:
        words = gettext("%(code)s answered at %(after)d")
    elif change.basis == "both" and standing.basis == "written":
        words = gettext("%(code)s from %(before)d to %(after)d, and into practice")
    else:
        words = gettext("%(code)s from %(before)d to %(after)d")
    return words % values


# What would follow


def build_projection(
    instrument: Instrument, voices: Voices, before: Result, changes: Mapping[str, Change], target_level: int | None
) -> Projection:
    """Compare `before` with the same answers and `changes` applied."""
    after = project(instrument, voices, changes, before.voice, target_level)
    return Projection(
        level_before=before.level,
        level_after=after.level,
        index_before=sentences.say_index(before),
        index_after=sentences.say_index(after),
        strip=draw_what_if(before.place.index, after.place.index, is_rtl=get_language_bidi()),
        verdict=sentences.say_verdict(instrument, after),
        moves=say_moves(instrument, before, changes),
        needed=tuple(_needed(instrument, voices, before, after, changes)),
        themes=tuple(_themes(instrument, before, after)),
        blocking_title=criteria_title(instrument, after),
        blocking=tuple(row for row in build_criteria(instrument, after) if row.state != "met"),
    )


def _themes(instrument: Instrument, before: Result, after: Result) -> Iterable[ThemeShift]:
    for was, is_ in zip(before.place.themes, after.place.themes, strict=True):
        yield ThemeShift(
            instrument.theme_by_id[was.theme].name, _shown(was.score), _shown(is_.score), was.score != is_.score
        )


def _shown(score: Fraction | None) -> str:
    return gettext("none") if score is None else shown(score)


def _needed(
    instrument: Instrument, voices: Voices, before: Result, after: Result, changes: Mapping[str, Change]
) -> list[str]:
    """Which of the changes the new level rests on, and which not; nothing where it is not above the level as it is."""
    if after.level is None or len(changes) < 2 or (before.level is not None and after.level <= before.level):
        return []
    without = {code: _place_without(instrument, voices, before.voice, changes, code) for code in changes}
    resting = [code for code, (level, _index) in without.items() if level != after.level]
    if len(resting) <= EACH:
        said = [_say_without(instrument, code, *without[code]) for code in resting]
    else:
        said = [
            gettext("The level rests on each of %(codes)s: without any one of them it would be lost.")
            % {"codes": join_words(resting)}
        ]
    spare = [code for code in changes if code not in resting]
    if resting and spare:
        said.append(gettext("It does not rest on %(codes)s.") % {"codes": join_words(spare)})
    return said


def _place_without(
    instrument: Instrument, voices: Voices, voice: str, changes: Mapping[str, Change], code: str
) -> tuple[int | None, Fraction | None]:
    """The level and the index of all changes but that of `code`; a follow-up they make asked is then taken at 1."""
    others = {other: change for other, change in changes.items() if other != code}
    held = voices.get(voice, {}).get(code, BLANK)
    if instrument.by_code[code].asked_when and (held.status != "answered" or held.level is None):
        others[code] = Change(level=1)
    standings = find_standings(instrument, voice, apply_changes(instrument, voices, others, voice))
    place = find_place(instrument, standings)
    return stated_level(standings, place), place.index


def _say_without(instrument: Instrument, code: str, level: int | None, index: Fraction | None) -> str:
    values = {"code": code, "index": _shown(index)}
    if level is None:
        return gettext("Without %(code)s the index would be %(index)s and the level could not be stated.") % values
    return gettext("Without %(code)s the index would be %(index)s and the level would be %(level)s.") % {
        **values,
        "level": say_level(instrument, level),
    }
