"""Why a result is what it is, as facts that a sentence can be made of; the sentences are made by the layers above."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from .instrument import LEVELS, Criterion
from .result import Result
from .scoring import BANDS, ENOUGH, CriterionState, shown


@dataclass(frozen=True, slots=True)
class CriterionFact:
    """One criterion and how its question stands; `level` is the question's own, None while it is open."""

    id: str
    of_level: int
    question: str
    at_least: int
    because: str
    state: CriterionState
    level: int | None
    basis: str

    @property
    def is_only_written(self) -> bool:
        """Whether the level would do and only the practice is missing."""
        return self.state == "unmet" and self.level is not None and self.level >= self.at_least


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decides the level.

    `missing` are the unmet criteria that hold the level below the index level. `next_level` is the one after the
    working level, None at 5 or where there is none; `next_index` the index it needs, `has_next_index` whether that is
    reached; `next_criteria` are all of that level. `known` of `scored` questions are not open and `enough` are needed;
    `unsettled` are the open criteria that must be answered before the level can be stated.
    """

    level: int | None
    working_level: int | None
    index: str
    index_level: int | None
    themes: int
    missing: tuple[CriterionFact, ...]
    next_level: int | None
    next_index: str
    has_next_index: bool
    next_criteria: tuple[CriterionFact, ...]
    known: int
    scored: int
    enough: int
    unsettled: tuple[CriterionFact, ...]

    @property
    def next_unmet(self) -> tuple[CriterionFact, ...]:
        return tuple(item for item in self.next_criteria if item.state == "unmet")


def explain(result: Result) -> Explanation:
    """The facts behind the level of `result` (design: Scores, rules 2 to 6)."""
    place = result.place
    facts = criterion_facts(result)
    working = place.working_level
    following = working + 1 if working is not None and working < LEVELS[-1] else None
    needed = dict(BANDS).get(following or 0)
    scored = len(result.standings)
    return Explanation(
        level=result.level,
        working_level=working,
        index="" if place.index is None else shown(place.index),
        index_level=place.index_level,
        themes=sum(theme.score is not None for theme in place.themes),
        missing=tuple(
            item
            for item in facts
            if item.state == "unmet" and working is not None and working < item.of_level <= (place.index_level or 0)
        ),
        next_level=following,
        next_index="" if needed is None else shown(needed),
        has_next_index=needed is not None and place.index is not None and place.index >= needed,
        next_criteria=tuple(item for item in facts if item.of_level == following),
        known=sum(not standing.is_open for standing in result.standings.values()),
        scored=scored,
        enough=ceil(ENOUGH * Fraction(scored)),
        unsettled=tuple(item for item in facts if item.state == "open" and item.of_level <= (working or 0)),
    )


def criterion_facts(result: Result) -> tuple[CriterionFact, ...]:
    """Every criterion with how its question stands, in instrument order."""
    return tuple(_fact(item.criterion, item.state, result) for item in result.place.criteria)


def _fact(criterion: Criterion, state: CriterionState, result: Result) -> CriterionFact:
    standing = result.standings[criterion.question]
    return CriterionFact(
        id=criterion.id,
        of_level=criterion.level,
        question=criterion.question,
        at_least=criterion.at_least,
        because=criterion.because,
        state=state,
        level=standing.level,
        basis=standing.basis,
    )
