"""Customs and police compared (design: Scoring); the two agencies' answers, whatever voice is scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from .instrument import AGENCIES, Instrument
from .responses import Voices
from .scoring import find_standings

LARGE = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """Two agencies' levels of one question; `implied` names the agencies of which it was not asked."""

    question: str
    customs: int
    police: int
    implied: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return abs(self.customs - self.police)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far customs and police agree over the questions that count in both voices.

    `pairs` holds every one of these questions, the largest difference first, then in question order.
    """

    compared: int
    equal: int
    within_one: int
    mean_difference: Fraction
    pairs: tuple[Difference, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The pairs that lie two levels or more apart."""
        return tuple(pair for pair in self.pairs if pair.size >= LARGE)


def find_agreement(instrument: Instrument, voices: Voices) -> Agreement | None:
    """Compare the customs and police voices; None where nothing can be compared."""
    if not all(agency in voices for agency in AGENCIES):
        return None
    standings = {agency: find_standings(instrument, agency, voices) for agency in AGENCIES}
    customs, police = (standings[agency] for agency in AGENCIES)
    return measure_agreement(
        Difference(
            question.code,
            mine,
            yours,
            tuple(agency for agency in AGENCIES if standings[agency][question.code].state == "implied"),
        )
        for question in instrument.scored
        if (mine := customs[question.code].level) is not None and (yours := police[question.code].level) is not None
    )


def measure_agreement(pairs: Iterable[Difference]) -> Agreement | None:
    """The figures of `pairs`, which come in question order; None without any."""
    ordered = tuple(sorted(pairs, key=lambda pair: -pair.size))
    if not ordered:
        return None
    return Agreement(
        compared=len(ordered),
        equal=sum(pair.size == 0 for pair in ordered),
        within_one=sum(pair.size <= 1 for pair in ordered),
        mean_difference=Fraction(sum(pair.size for pair in ordered), len(ordered)),
        pairs=ordered,
    )


def leave_out(agreement: Agreement | None, hidden: frozenset[str]) -> Agreement | None:
    """What `agreement` is without the `hidden` questions, so that no figure tells how they were answered."""
    if agreement is None:
        return None
    return measure_agreement(pair for pair in agreement.pairs if pair.question not in hidden)
