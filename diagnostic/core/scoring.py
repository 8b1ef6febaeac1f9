"""From responses to a place on the continuum, in exact fractions (design: Scoring); no findings, no advice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .instrument import Criterion, Instrument, Question
from .responses import BLANK, Response, Responses, Voices, holds_answer, is_asked

SCORING_VERSION = 1

ScoredState = Literal["answered", "implied", "not_applicable", "unknown", "blank"]
CriterionState = Literal["met", "unmet", "open"]
STATES: tuple[ScoredState, ...] = ("answered", "implied", "not_applicable", "unknown", "blank")

BANDS: tuple[tuple[int, Fraction], ...] = (
    (5, Fraction(9, 2)),
    (4, Fraction(7, 2)),
    (3, Fraction(5, 2)),
    (2, Fraction(3, 2)),
)
ENOUGH = Fraction(3, 4)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one scored question counts; `level` is None where it does not, `basis` only where it is answered."""

    state: ScoredState
    level: int | None = None
    basis: str = ""

    @property
    def is_counted(self) -> bool:
        return self.level is not None

    @property
    def is_open(self) -> bool:
        return self.state in ("unknown", "blank")


Standings = Mapping[str, Standing]


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """A theme's score, the mean of its counted questions, and the level of that score; None without any."""

    theme: str
    score: Fraction | None
    level: int | None
    counted: int


@dataclass(frozen=True, slots=True)
class CriterionStanding:
    criterion: Criterion
    state: CriterionState


@dataclass(frozen=True, slots=True)
class Place:
    """Where a set of standings puts a country, before asking whether enough is known to state it."""

    themes: tuple[ThemeScore, ...]
    index: Fraction | None
    index_level: int | None
    criteria: tuple[CriterionStanding, ...]
    working_level: int | None


@dataclass(frozen=True, slots=True)
class Range:
    """What is still open: the levels and indexes with every open question at level 1 and at level 5."""

    lowest_level: int
    highest_level: int
    index_low: Fraction
    index_high: Fraction

    @property
    def is_provisional(self) -> bool:
        return self.lowest_level != self.highest_level


def band_start(level: int) -> Fraction:
    """The score from which `level` is reached; 1 for the first."""
    return next((start for held, start in BANDS if held == level), Fraction(1))


def level_of(score: Fraction) -> int:
    """The level whose band holds `score` (Scores, rule 3)."""
    return next((level for level, start in BANDS if score >= start), 1)


def shown(score: Fraction) -> str:
    """`score` rounded down to one decimal, so that it never reads as a higher band than it is in."""
    tenths = math.floor(score * 10)
    return f"{tenths // 10}.{tenths % 10}"


def exact(score: Fraction) -> str:
    """`score` in lowest terms; whole numbers without a denominator."""
    return str(score)


def find_standings(instrument: Instrument, voice: str, voices: Voices) -> dict[str, Standing]:
    """How each scored question counts for `voice` (design: Which answers count), in instrument order."""
    responses = voices.get(voice, {})
    standings: dict[str, Standing] = {}
    for question in instrument.scored:
        _stand(instrument, question, responses, standings)
    return {question.code: standings[question.code] for question in instrument.scored}


def _stand(
    instrument: Instrument, question: Question, responses: Responses, standings: dict[str, Standing]
) -> Standing:
    if question.code in standings:
        return standings[question.code]
    condition = question.asked_when
    parent = _stand(instrument, instrument.by_code[condition.question], responses, standings) if condition else None
    standings[question.code] = stand(question, responses.get(question.code, BLANK), parent)
    return standings[question.code]


def stand(question: Question, response: Response, parent: Standing | None) -> Standing:
    """How `question` counts with `response`, where the question that it follows, if any, counts as `parent`."""
    if question.asked_when and parent:
        if parent.is_open:
            return Standing("blank")
        if parent.level is not None and parent.level < (question.asked_when.at_least or 0):
            return Standing("implied", 1)
    return _own_standing(response)


def _own_standing(response: Response) -> Standing:
    if response.status != "answered":
        return Standing(response.status)
    if response.level is None:
        return Standing("blank")
    return Standing("answered", response.level, response.basis)


def find_place(instrument: Instrument, standings: Standings) -> Place:
    """Theme scores, index, criteria and working level of `standings` (Scores, rules 1 to 5)."""
    themes = tuple(_theme_score(instrument, theme.id, standings) for theme in instrument.themes)
    scores = [theme.score for theme in themes if theme.score is not None]
    index = sum(scores, Fraction(0)) / len(scores) if scores else None
    index_level = level_of(index) if index is not None else None
    criteria = tuple(
        CriterionStanding(criterion, criterion_state(criterion, standings[criterion.question]))
        for criterion in instrument.criteria
    )
    working_level = None if index_level is None else _working_level(index_level, criteria)
    return Place(themes, index, index_level, criteria, working_level)


def _theme_score(instrument: Instrument, theme: str, standings: Standings) -> ThemeScore:
    levels = [
        level
        for question in instrument.by_theme[theme]
        if question.is_scored and (level := standings[question.code].level) is not None
    ]
    if not levels:
        return ThemeScore(theme, None, None, 0)
    score = Fraction(sum(levels), len(levels))
    return ThemeScore(theme, score, level_of(score), len(levels))


def criterion_state(criterion: Criterion, standing: Standing) -> CriterionState:
    """Whether the question of `criterion`, counting as `standing`, meets it (Scores, rule 4)."""
    if standing.is_open:
        return "open"
    if standing.level is None or standing.level < criterion.at_least:
        return "unmet"
    if criterion.level >= 3 and standing.basis == "written":
        return "unmet"
    return "met"


def _working_level(index_level: int, criteria: tuple[CriterionStanding, ...]) -> int:
    missing = [item.criterion.level for item in criteria if item.state == "unmet"]
    return min([index_level, *(level - 1 for level in missing)])


def find_range(instrument: Instrument, standings: Standings) -> Range:
    """The bounds: every open question at level 1, and at level 5, follow-ups included (What is still open)."""

    def filled(level: int) -> Place:
        return find_place(
            instrument,
            {code: Standing("answered", level) if item.is_open else item for code, item in standings.items()},
        )

    low, high = filled(1), filled(5)
    return Range(
        low.working_level or 1,
        high.working_level or 5,
        low.index if low.index is not None else Fraction(1),
        high.index if high.index is not None else Fraction(5),
    )


def stated_level(standings: Standings, place: Place) -> int | None:
    """The level, or None while too little is known to state it (Scores, rule 6)."""
    if place.working_level is None:
        return None
    known = sum(not item.is_open for item in standings.values())
    if Fraction(known, len(standings)) < ENOUGH:
        return None
    if any(item.state == "open" and item.criterion.level <= place.working_level for item in place.criteria):
        return None
    return place.working_level


def find_not_counted(instrument: Instrument, voice: str, voices: Voices) -> tuple[str, ...]:
    """The questions of any kind that hold an answer in `voice` and are not asked, in question order."""
    responses = voices.get(voice, {})
    return tuple(
        question.code
        for question in instrument.questions
        if holds_answer(question, responses.get(question.code, BLANK))
        and not is_asked(instrument, question, voice, voices)
    )
