"""Customs and police compared (design: Scoring); the two agencies' answers, whatever voice is scored."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .instrument import AGENCIES, Instrument
from .responses import Voices
from .scoring import find_standings

LARGE = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """Two agencies' levels of one question that lie two or more apart."""

    question: str
    customs: int
    police: int

    @property
    def size(self) -> int:
        return abs(self.customs - self.police)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far customs and police agree over the questions that count in both voices."""

    compared: int
    equal: int
    within_one: int
    mean_difference: Fraction
    differences: tuple[Difference, ...]


def find_agreement(instrument: Instrument, voices: Voices) -> Agreement | None:
    """Compare the customs and police voices; None where nothing can be compared."""
    if not all(agency in voices for agency in AGENCIES):
        return None
    customs, police = (find_standings(instrument, agency, voices) for agency in AGENCIES)
    pairs = [
        Difference(question.code, mine, yours)
        for question in instrument.scored
        if (mine := customs[question.code].level) is not None and (yours := police[question.code].level) is not None
    ]
    if not pairs:
        return None
    large = [pair for pair in pairs if pair.size >= LARGE]
    return Agreement(
        compared=len(pairs),
        equal=sum(pair.size == 0 for pair in pairs),
        within_one=sum(pair.size <= 1 for pair in pairs),
        mean_difference=Fraction(sum(pair.size for pair in pairs), len(pairs)),
        differences=tuple(sorted(large, key=lambda pair: -pair.size)),
    )
