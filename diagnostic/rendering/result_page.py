"""What the result page shows of a result, worked out so that its templates only loop; the words come from sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cpch.isolation import bdi
from diagnostic.core.comparison import Agreement, leave_out
from diagnostic.core.editions import result_for_partners
from diagnostic.core.instrument import LEVELS, Instrument
from diagnostic.core.responses import NATIONAL, Responses
from diagnostic.core.result import Result, score
from diagnostic.core.scoring import shown

from . import sentences
from .charts import continuum_of, draw_continuum, draw_pair
from .pairs import PairRow, build_pairs, say_agreement, say_equal
from .result_advice import (
    NO_PLAN,
    AdviceGroup,
    AdviceRow,
    FindingRow,
    Plan,
    build_advice,
    build_finding,
    build_roadmap,
)
from .result_profile import (
    CriterionRow,
    ThemeRow,
    build_caption,
    build_criteria,
    build_figures,
    build_themes,
    criteria_title,
    sum_index,
)
from .words import STATE_WORDS, capitalised, join_words, say_level

PRIORITIES = 5
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """The country's period before this one: its answers, and where they placed it."""

    period: str
    responses: Responses


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One figure then and now."""

    name: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A scored question without an answer that counts, and why."""

    code: str
    theme: str
    question: str
    why: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Everything below the page's title bar; `hidden_codes` names what this edition leaves out."""

    headline: str
    verdict: str
    wide: SafeString
    narrow: SafeString
    criteria_title: str
    criteria: tuple[CriterionRow, ...]
    figures: tuple[tuple[str, str], ...]
    level_names: tuple[str, ...]
    themes: tuple[ThemeRow, ...]
    caption: str
    priorities: tuple[AdviceRow, ...]
    roadmap: tuple[AdviceGroup, ...]
    advice_count: int
    findings: tuple[FindingRow, ...]
    opened: tuple[OpenRow, ...]
    reach: str
    not_counted: str
    agreement: Agreement | None
    agreement_mean: str
    compared: str
    pairs: tuple[PairRow, ...]
    equal: str
    change: tuple[ChangeRow, ...]
    change_sentence: str
    before_period: str
    index_sum: str
    hidden_codes: str


def build_result_page(
    instrument: Instrument,
    result: Result,
    *,
    country: str,
    period: str,
    before: Before | None = None,
    hidden: frozenset[str] = NOTHING,
    is_rtl: bool = False,
    plan: Plan = NO_PLAN,
) -> ResultPage:
    """What the page shows of `result`; nothing of the `hidden` questions but their part in the theme's score."""
    if hidden:
        result = result_for_partners(result, instrument)
    earlier = score(instrument, {NATIONAL: before.responses}) if before else None
    continuum = continuum_of(
        instrument,
        result,
        country=country,
        period=period,
        previous_period=before.period if before else "",
        previous_index=earlier.place.index if earlier else None,
    )
    agreement = leave_out(result.agreement, hidden)
    kept = [item for item in result.recommendations if item.question not in hidden]
    advice = [build_advice(instrument, result, item, plan) for item in kept]
    return ResultPage(
        headline=sentences.say_headline(instrument, result),
        verdict=sentences.say_verdict(instrument, result),
        wide=draw_continuum(continuum, "wide", prefix="continuum", is_rtl=is_rtl),
        narrow=draw_continuum(continuum, "narrow", prefix="continuum-n", is_rtl=is_rtl),
        criteria_title=criteria_title(instrument, result),
        criteria=tuple(build_criteria(instrument, result, is_exact=not hidden)),
        figures=tuple(build_figures(instrument, result, hidden)),
        level_names=tuple(say_level(instrument, level) for level in LEVELS),
        themes=tuple(build_themes(instrument, result, hidden)),
        caption=build_caption(result, hidden),
        priorities=tuple(advice[:PRIORITIES]),
        roadmap=tuple(build_roadmap(instrument, result, kept, advice)),
        advice_count=len(advice),
        findings=tuple(
            build_finding(instrument, item, advice, kept) for item in result.findings if item.question not in hidden
        ),
        opened=tuple(_opened(instrument, result, hidden)),
        reach=sentences.say_range(instrument, result),
        not_counted=join_words([code for code in result.not_counted if code not in hidden]),
        agreement=agreement,
        agreement_mean=shown(agreement.mean_difference) if agreement else "",
        compared=say_agreement(agreement),
        pairs=tuple(
            build_pairs(instrument, result, agreement, lambda customs, police, _said: draw_pair(customs, police))
        ),
        equal=say_equal(agreement),
        change=tuple(_change(instrument, result, earlier)) if earlier and result.place.index is not None else (),
        change_sentence=_change_sentence(instrument, result, earlier, before.period) if before and earlier else "",
        before_period=before.period if before else "",
        index_sum="" if hidden else sum_index(result),
        hidden_codes=join_words([question.code for question in instrument.questions if question.code in hidden]),
    )


# What is open, and what changed


def _opened(instrument: Instrument, result: Result, hidden: frozenset[str]) -> Iterable[OpenRow]:
    for code, standing in result.standings.items():
        if standing.is_open and code not in hidden:
            question = instrument.by_code[code]
            yield OpenRow(code, question.theme, question.text, capitalised(str(STATE_WORDS[standing.state])))


def _change(instrument: Instrument, result: Result, earlier: Result) -> Iterable[ChangeRow]:
    levels = (_level_or_none(instrument, held.level) for held in (earlier, result))
    yield ChangeRow(gettext("Level"), *levels)
    yield ChangeRow(gettext("Index"), sentences.say_index(earlier), sentences.say_index(result))
    then = {theme.theme: theme.score for theme in earlier.place.themes}
    for theme in result.place.themes:
        yield ChangeRow(
            instrument.theme_by_id[theme.theme].name, _score_or_none(then[theme.theme]), _score_or_none(theme.score)
        )


def _change_sentence(instrument: Instrument, result: Result, earlier: Result, period: str) -> str:
    then = {theme.theme: theme.score for theme in earlier.place.themes}
    pairs = [
        (theme.score, then[theme.theme])
        for theme in result.place.themes
        if theme.score is not None and then[theme.theme] is not None
    ]
    up, down = _count(pairs, 1), _count(pairs, -1)
    words = gettext(
        "Since %(period)s the index went from %(before)s to %(now)s. Themes up: %(up)d, down: %(down)d, unchanged: "
        "%(same)d."
    )
    said = {
        "period": bdi(period),
        "up": up,
        "down": down,
        "same": len(pairs) - up - down,
        "before": sentences.say_index(earlier),
        "now": sentences.say_index(result),
    }
    return mark_safe(escape(words) % said)  # noqa: S308 - escaped, and the rest are numbers


def _count(pairs: Iterable[tuple[Fraction | None, Fraction | None]], sign: int) -> int:
    return sum(now is not None and then is not None and (now - then) * sign > 0 for now, then in pairs)


def _level_or_none(instrument: Instrument, level: int | None) -> str:
    return gettext("not stated") if level is None else say_level(instrument, level)


def _score_or_none(score: Fraction | None) -> str:
    return gettext("none") if score is None else shown(score)
