"""The part of the result page that says where a country stands: criteria, figures, the profile by theme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from diagnostic.core.instrument import LEVELS, Instrument
from diagnostic.core.result import Result
from diagnostic.core.scoring import CriterionStanding, band_start, exact, shown

from . import sentences
from .charts import draw_strip
from .words import STATE_WORDS, join_words, say_level


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One thing that the next level asks: "met", "unmet" or "open", and what was answered."""

    state: str
    title: str
    demand: str
    level: int | None
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme of the profile, and how its score is found by hand."""

    name: str
    score: str
    exact: str
    level: int | None
    strip: SafeString
    terms: str
    sum: str


# What holds it


def criteria_title(instrument: Instrument, result: Result) -> str:
    """The heading above the criteria."""
    working = result.place.working_level or 1
    if result.level is None:
        return gettext("What the level depends on")
    if working == LEVELS[-1]:
        return gettext("What level %(level)s asks") % {"level": say_level(instrument, working)}
    return gettext("What holds it below level %(level)s") % {"level": say_level(instrument, working + 1)}


def build_criteria(instrument: Instrument, result: Result, *, is_exact: bool = True) -> Iterable[CriterionRow]:
    """The next level's criteria, and those below that are still open; what is not met first."""
    following = min((result.place.working_level or 1) + 1, LEVELS[-1])
    asked = [
        item
        for item in result.place.criteria
        if item.criterion.level == following or (item.criterion.level < following and item.state == "open")
    ]
    rows = [_criterion(instrument, result, item) for item in asked]
    rows.append(_index_criterion(result, following, is_exact=is_exact))
    return sorted(rows, key=lambda row: ("unmet", "open", "met").index(row.state))


def build_foundations(instrument: Instrument, result: Result, level: int) -> Iterable[CriterionRow]:
    """Everything that `level` rests on, in instrument order, the index last."""
    for item in result.place.criteria:
        if item.criterion.level <= level:
            yield _criterion(instrument, result, item)
    yield _index_criterion(result, level, is_exact=True)


def _criterion(instrument: Instrument, result: Result, item: CriterionStanding) -> CriterionRow:
    criterion, standing = item.criterion, result.standings[item.criterion.question]
    return CriterionRow(
        state=item.state,
        title=criterion.because,
        demand=sentences.say_demand(criterion),
        level=standing.level,
        value="" if standing.level is not None else str(STATE_WORDS[standing.state]),
        note=sentences.say_basis(standing) or _note(standing.state),
    )


def _note(state: str) -> str:
    return str(STATE_WORDS["implied"]) if state == "implied" else ""


def _index_criterion(result: Result, following: int, *, is_exact: bool) -> CriterionRow:
    start, index = band_start(following), result.place.index
    is_met = index is not None and index >= start
    return CriterionRow(
        state="met" if is_met else "open" if index is None else "unmet",
        title=gettext("The index reaches %(index)s.") % {"index": shown(start)},
        demand=_say_mean(index) if is_exact else gettext("The mean of the theme scores."),
        level=None,
        value=sentences.say_index(result),
        note="",
    )


def _say_mean(index: Fraction | None) -> str:
    told = gettext("nothing yet") if index is None else exact(index)
    return gettext("The mean of the theme scores; it stands at %(exact)s.") % {"exact": told}


# Figures and profile


def build_figures(instrument: Instrument, result: Result, hidden: frozenset[str]) -> Iterable[tuple[str, str]]:
    """The figures of the whole, term and value; the index as a fraction too, where no answer is `hidden`."""
    index = result.place.index
    fraction = f" ({exact(index)})" if index is not None and index.denominator > 1 and not hidden else ""
    level = gettext("not stated yet") if result.level is None else say_level(instrument, result.level)
    target = gettext("none") if result.target_level is None else say_level(instrument, result.target_level)
    yield gettext("Level"), level
    yield gettext("Index"), f"{sentences.say_index(result)}{fraction}"
    yield gettext("Range"), sentences.say_range(instrument, result)
    yield gettext("Target"), target
    yield gettext("Self-rating"), sentences.say_self_rating(instrument, result)
    yield gettext("Coverage"), sentences.say_coverage(result, hidden)


def build_themes(instrument: Instrument, result: Result, hidden: frozenset[str]) -> list[ThemeRow]:
    """The themes, the weakest first and those without a score last."""
    ordered = sorted(
        result.place.themes, key=lambda theme: (theme.score is None, theme.score if theme.score is not None else 0)
    )
    return [_theme(instrument, result, theme.theme, hidden) for theme in ordered]


def _theme(instrument: Instrument, result: Result, theme: str, hidden: frozenset[str]) -> ThemeRow:
    held = next(item for item in result.place.themes if item.theme == theme)
    counted = [
        (question.code, standing)
        for question in instrument.by_theme[theme]
        if question.is_scored and (standing := result.standings[question.code]).level is not None
    ]
    seen = [
        (code, standing.level or 0, standing.state == "implied") for code, standing in counted if code not in hidden
    ]
    is_whole = len(seen) == len(counted) and not any(question.code in hidden for question in instrument.by_theme[theme])
    terms = [gettext("%(code)s: %(level)d") % {"code": code, "level": level} for code, level, _implied in seen]
    if not is_whole:
        left_out = sum(question.code in hidden for question in instrument.by_theme[theme])
        terms.append(gettext("%(count)d not shown") % {"count": left_out})
    total = sum(standing.level or 0 for _code, standing in counted)
    return ThemeRow(
        name=instrument.theme_by_id[theme].name,
        score="–" if held.score is None else shown(held.score),
        exact="–" if held.score is None or not is_whole else exact(held.score),
        level=held.level,
        strip=draw_strip(held.score, [(level, implied) for _code, level, implied in seen], result.target_level),
        terms="; ".join(terms) or gettext("no counted answer"),
        sum=f"{total} / {len(counted)}" if counted and is_whole else "–",
    )


def build_caption(result: Result, hidden: frozenset[str]) -> str:
    """What a reader of the profile must know, and which questions do not count."""
    said = [gettext("Weakest first. A theme’s score is the mean of its counted questions.")]
    left_out = [
        code for code, standing in result.standings.items() if standing.state == "not_applicable" and code not in hidden
    ]
    if left_out:
        said.append(gettext("Not applicable and not counted: %(codes)s.") % {"codes": join_words(left_out)})
    implied = [code for code, standing in result.standings.items() if standing.state == "implied"]
    if implied:
        said.append(
            gettext("Dashed circle: a follow-up that is not asked and counts as level 1 (%(codes)s).")
            % {"codes": join_words(implied)}
        )
    return " ".join(said)


def sum_index(result: Result) -> str:
    """How the index comes from the theme scores, in exact fractions; empty without an index."""
    scores = [theme.score for theme in result.place.themes if theme.score is not None]
    if result.place.index is None:
        return ""
    return f"({' + '.join(exact(score) for score in scores)}) / {len(scores)} = {exact(result.place.index)}"
