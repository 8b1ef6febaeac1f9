"""The report's brief, two pages that stand alone: where the country stands and why, what to do first, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from diagnostic.core.formats import BRIEF
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.result import Result

from . import sentences
from .charts import Continuum, draw_continuum
from .report_cover import build_cover_facts
from .report_periods import ChangePart, MovedRow, say_previous
from .report_roadmap import AdviceRow
from .report_terms import build_terms
from .result_profile import CriterionRow, build_criteria, build_figures, criteria_title


@dataclass(frozen=True, slots=True)
class AskedRow:
    """What the next level asks, and what was answered: a level by number and name, and on what it rests."""

    state: str
    title: str
    demand: str
    level: int | None
    now: str


MOST_MOVES = 4
"""How many of the changes since last time the second page has room for; the largest are printed."""
FRONT, BACK = 1130, 1900
"""How many letters the pages may have before they are set smaller."""
LEFT, RIGHT = 60, 46
"""How many letters a line of the criteria holds, and one of the figures."""
NAMED = 4
"""How often country and period stand on the first page."""
WITH_METHOD = 1300
"""How many letters the second page may have beside the paragraph on how the level is found."""


@dataclass(frozen=True, slots=True)
class BriefPart:
    """Where the country stands and why, what holds it back, and what moves it most.

    `standing` says where it was not told on a cover of which state, marking and digest this is. `total` counts all
    recommendations, `more` the changes that are not among `moves`. `is_crowded` and
    `is_tight` ask for the smaller print, on the first page and on the second; `has_method` says whether there is room
    for how the level is found, where that stands on no other page; so with `terms`, on
    names of countries, which stand below the criteria or below the figures, where there is more room. Without
    `has_back` there is nothing to print on the second page.
    """

    standing: tuple[tuple[str, str], ...]
    headline: str
    verdict: str
    continuum: SafeString
    criteria_title: str
    criteria: tuple[AskedRow, ...]
    figures: tuple[tuple[str, str], ...]
    priorities: tuple[AdviceRow, ...]
    total: int
    moves: tuple[MovedRow, ...]
    more: int
    is_crowded: bool
    is_tight: bool
    has_method: bool
    terms: tuple[str, ...]
    has_terms_left: bool
    has_back: bool


def build_brief(
    report: Report,
    instrument: Instrument,
    result: Result,
    advice: Mapping[int, AdviceRow],
    continuum: Continuum,
    change: ChangePart | None,
    *,
    is_rtl: bool,
) -> BriefPart:
    """The brief; `advice` are the recommendations in words, by rank."""
    priorities = tuple(advice[line.rank] for line in report.priorities)
    moves = change.rows[:MOST_MOVES] if change else ()
    standing = tuple(_standing(report)) if report.edition == BRIEF else ()
    terms = _say_names(report) if report.edition == BRIEF else ()
    verdict = sentences.say_verdict(instrument, result)
    figures = tuple(_figures(report, instrument, result))
    criteria = tuple(
        _asked(instrument, row) for row in build_criteria(instrument, result, is_exact=not report.left_out)
    )
    names = NAMED * (len(report.facts.country) + len(report.facts.period))
    front = (
        names + sum(map(len, (verdict, *terms))) + sum(len(term) + len(value) for term, value in (*standing, *figures))
    )
    left = sum(_lines(f"{row.title} {row.demand} {row.now}", LEFT) for row in criteria)
    right = sum(_lines(value, RIGHT) for _term, value in figures)
    back = sum(len(row.text) + len(row.source) for row in priorities) + sum(len(row.question) for row in moves)
    has_method = report.edition == BRIEF and back <= WITH_METHOD
    return BriefPart(
        standing=standing,
        headline=sentences.say_headline(instrument, result),
        verdict=verdict,
        continuum=draw_continuum(continuum, "print", prefix="brief", is_rtl=is_rtl),
        criteria_title=criteria_title(instrument, result),
        criteria=criteria,
        figures=figures,
        priorities=priorities,
        total=report.recommended or len(report.recommendations),
        moves=moves,
        more=len(change.rows) - len(moves) if change else 0,
        is_crowded=front > FRONT,
        is_tight=back > BACK,
        has_method=has_method,
        terms=terms,
        has_terms_left=left < right,
        has_back=bool(priorities or change or has_method),
    )


def _lines(text: str, room: int) -> int:
    return -(-len(text) // room)


def _say_names(report: Report) -> tuple[str, ...]:
    """What the sheet must say of the country's name; what the words of the report mean is in the report."""
    disclaimer, _words, *others = build_terms(report)[0].texts
    return (disclaimer, *others)


def _standing(report: Report) -> Iterable[tuple[str, str]]:
    """The cover's lines without who did what: a name may be of any length, and the sheet is not."""
    digest = gettext("SHA-256")
    for term, lines in build_cover_facts(report):
        yield term, "".join(lines) if term == digest else lines[0]


def _asked(instrument: Instrument, row: CriterionRow) -> AskedRow:
    name = "" if row.level is None else instrument.level_name(row.level)
    now = gettext(", ").join(part for part in (name, row.value, row.note) if part)
    return AskedRow(row.state, row.title, row.demand, row.level, now)


def _figures(report: Report, instrument: Instrument, result: Result) -> Iterable[tuple[str, str]]:
    yield from build_figures(instrument, result, frozenset(report.left_out))
    if report.previous:
        yield gettext("Last time"), say_previous(report, instrument)
